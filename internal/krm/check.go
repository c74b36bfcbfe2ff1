package krm

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var dataKey = regexp.MustCompile(`^[-._a-zA-Z0-9]+$`)

// Check collects what is wrong with a spec, so that one run says all of it.
// The zero value is ready. Fields are named as in the functionConfig.
type Check struct{ complaints Complaints }

// Err is nil, or all Complaints.
func (c *Check) Err() error {
	if len(c.complaints) == 0 {
		return nil
	}
	return c.complaints
}

// Complaints so far.
func (c *Check) Complaints() Complaints { return c.complaints }

// Fail complains.
func (c *Check) Fail(format string, args ...any) {
	c.complaints = append(c.complaints, complaint(format, args...))
}

// Owner wants a component and a tier that can be names and label values.
func (c *Check) Owner(o Owner) {
	c.Label("spec.component", o.Component)
	c.Label("spec.tier", o.Tier)
}

// Given wants a value.
func (c *Check) Given(field, value string) bool {
	if value == "" {
		c.Fail("%s is missing", field)
	}
	return value != ""
}

// Label wants a DNS label: the name of a Service, a container, a volume.
func (c *Check) Label(field, value string) {
	if c.Given(field, value) && (len(value) > Forms["label"].MaxLength || !label.MatchString(value)) {
		c.Fail("%s %q is no DNS label: at most 63 of a-z, 0-9 and '-', with a letter or digit at both ends", field, value)
	}
}

// Name wants what most objects can be named: DNS labels joined by dots.
func (c *Check) Name(field, value string) {
	if c.Given(field, value) && (len(value) > Forms["name"].MaxLength || !subdomain.MatchString(value)) {
		c.Fail("%s %q is no object name: at most 253 of a-z, 0-9, '-' and '.', with a letter or digit at both ends", field, value)
	}
}

// OneOf wants one of the allowed values.
func (c *Check) OneOf(field, value string, allowed ...string) {
	if c.Given(field, value) && !slices.Contains(allowed, value) {
		c.Fail("%s is %q, wanted %s", field, value, strings.Join(allowed, ", "))
	}
}

// listed wants each text whose field has the tag enum to be one of those named there, and
// each number to be within its bounds. One that is left out is no fault here.
func (c *Check) listed(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.listed(path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.listed(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.IsExported() {
				continue
			}
			at := path + "." + name
			if enum := f.Tag.Get("enum"); enum != "" && v.Field(i).String() != "" {
				c.OneOf(at, v.Field(i).String(), strings.Split(enum, ",")...)
			} else if least, most, ok := Bounds(f.Tag); ok {
				if !v.Field(i).IsZero() || !strings.HasSuffix(f.Tag.Get("json"), ",omitempty") {
					c.within(at, v.Field(i), least, most)
				}
			} else {
				c.listed(at, v.Field(i))
			}
		}
	}
}

// Bounds are those that a field's tags say of its number, or of the numbers in its list:
// min, and max where there is one. A field that is left out has none.
func Bounds(tag reflect.StructTag) (least, most int64, ok bool) {
	least, err := strconv.ParseInt(tag.Get("min"), 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if most, err = strconv.ParseInt(tag.Get("max"), 10, 64); err != nil {
		most = math.MaxInt64
	}
	return least, most, true
}

// within wants numbers within bounds.
func (c *Check) within(path string, v reflect.Value, least, most int64) {
	switch {
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			c.within(fmt.Sprintf("%s[%d]", path, i), v.Index(i), least, most)
		}
	case v.Int() >= least && v.Int() <= most:
	case most == math.MaxInt64:
		c.Fail("%s is %d, wanted at least %d", path, v.Int(), least)
	default:
		c.Fail("%s is %d, wanted %d to %d", path, v.Int(), least, most)
	}
}

// Path wants an absolute path without dot segments.
func (c *Check) Path(field, value string) {
	if !c.Given(field, value) {
		return
	}
	if !strings.HasPrefix(value, "/") || value == "/" || slices.ContainsFunc(strings.Split(value, "/"), isDots) {
		c.Fail("%s %q is no absolute path below the root", field, value)
	}
}

func isDots(segment string) bool { return segment == "." || segment == ".." }

// Data wants keys and values as a ConfigMap or a Secret can hold them, and at
// least one.
func (c *Check) Data(field string, data map[string]string) {
	if len(data) == 0 {
		c.Fail("%s is empty", field)
	}
	for _, k := range Keys(data) {
		// A key is the name of a file in a volume.
		if len(k) > 253 || !dataKey.MatchString(k) || k == "." || strings.HasPrefix(k, "..") {
			c.Fail("%s has the key %q: a key has letters, digits, '-', '_' and '.' alone, and does not begin with two dots", field, k)
		}
	}
}

// Unique wants a value that is not in seen yet, and adds it.
func (c *Check) Unique(field, value string, seen map[string]bool) {
	if seen[value] {
		c.Fail("%s %q is given twice", field, value)
	}
	seen[value] = true
}

// Port wants a TCP port.
func (c *Check) Port(field string, port int) {
	if port < 1 || port > 65535 {
		c.Fail("%s is %d, wanted 1 to 65535", field, port)
	}
}

// Keys of a map in order, for messages and lists that must not depend on the
// order of a map.
func Keys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
