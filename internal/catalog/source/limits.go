package source

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/whiskenv/keys"
)

// limits holds the chain against what it names: components, fields, keys, and its
// own links.
func (k *checker) limits() {
	seen := map[string]bool{}
	for _, l := range k.catalog.Limits {
		k.at = "limit " + l.Name
		if seen[l.Name] {
			k.fail("it is there twice")
		}
		seen[l.Name] = true
		k.exists(l.At)
		// The keys of OpenWhisk's own programs are configuration keys.
		if k.catalog.Components[l.At].Shared && !keys.Known(k.catalog.Release, l.Key) {
			k.fail("there is no configuration key %q", l.Key)
		}
		for _, path := range l.Fields {
			if is := k.path(path); is != nil && is.Kind() != reflect.Int && (is.Kind() != reflect.String || l.Unit != catalog.Seconds) {
				k.fail("field %q is a %s, and no number of %s", path, is, l.Unit)
			}
		}
		for _, path := range l.From {
			k.path(path)
		}
		if (l.Short == "") != (l.Idle == "") || l.Short != "" && len(l.Fields) != 1 {
			k.fail("a rule looks at it, and needs one field and what is so below and above")
		}
		if l.Source == "" || l.Why == "" {
			k.fail("it has no source, or no reason")
		}
	}
	k.at = "throttle"
	k.exists(k.catalog.Throttle.By)
}

// fronts holds those before the edge against the chain and the fields.
func (k *checker) fronts() {
	links := map[string]bool{}
	for _, l := range k.catalog.Limits {
		links[l.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(k.catalog.Fronts)) {
		f := k.catalog.Fronts[name]
		k.at = "front " + name
		if _, err := field.Type(environmentType, f.On); err != nil {
			k.fail("%w", err)
		}
		if f.Source == "" {
			k.fail("it has no source")
		}
		for _, s := range f.Settings {
			if !links[s.Limit] {
				k.fail("there is no limit %q", s.Limit)
			}
			k.setting(f, s)
		}
		if f.Pods != nil {
			k.pods(f)
		}
	}
}

// pods must be told by annotations that the front reads, and forgotten in time.
func (k *checker) pods(f catalog.Front) {
	for _, key := range append(slices.Sorted(maps.Keys(f.Pods.Marks)), f.Pods.Key) {
		if key != "" && !f.Has(key) {
			k.fail("%q has none of its prefixes", key)
		}
	}
	if (f.Pods.Key == "") != (f.Pods.Part == "") {
		k.fail("key and part of what its pods are told go together")
	}
	if p := f.Pods; p.Least < 1 || p.Default < p.Least || p.Most < p.Default {
		k.fail("its pods are forgotten after %d seconds, at least %d and at most %d", p.Default, p.Least, p.Most)
	}
}

// setting must have a key that the front reads.
func (k *checker) setting(f catalog.Front, s catalog.Setting) {
	if !f.Has(s.Key) {
		k.fail("%q has none of its prefixes", s.Key)
	}
	if !strings.Contains(s.Key, "{{") && !f.Knows(s.Key) {
		k.fail("%q is none of its keys", s.Key)
	}
}
