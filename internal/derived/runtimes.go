package derived

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// Kind of actions that an environment has.
type Kind struct {
	runtimes.Kind
	Family string
	// Field of the environment that says it; "" if the manifest alone does.
	Field string
	// Added: the manifest does not have it.
	Added bool
	// Arch that its image was built for, if that is said; of the manifest's own images
	// the catalogue knows.
	Arch string
	pull
}

// pull says how nodes pull an image ahead.
type pull struct {
	ahead   bool
	command []string
}

// Blackbox is an image that users name themselves.
type Blackbox struct {
	runtimes.Image
	// Field of the environment that says it; "" if the manifest does.
	Field string
	pull
}

// States of what an environment lists: kinds; tenants that are refused; tenants, and
// their namespaces, that go.
const (
	Deprecated = "deprecated"
	Blocked    = "blocked"
	Removed    = "removed"
)

// Source is the manifest that an environment starts from: the catalogue's, or that
// of its file.
func (v *Values) Source() runtimes.Manifest {
	if v.Env.Manifest != nil {
		return *v.Env.Manifest
	}
	return runtimes.Manifest{Families: v.Catalog.Runtimes, Blackboxes: v.Catalog.Blackboxes}
}

// languages works out the kinds and the images of users.
func (v *Values) languages() {
	source, chosen := v.Source(), v.Env.Runtimes.Families
	own := maps.Clone(v.Env.Runtimes.Kinds)
	var kinds []Kind
	for _, family := range slices.Sorted(maps.Keys(source.Families)) {
		for _, k := range source.Families[family] {
			said, ok := own[k.Kind]
			delete(own, k.Kind)
			if !ok && len(chosen) > 0 && !slices.Contains(chosen, family) || said.State == Removed {
				continue
			}
			kind := Kind{Kind: k, Family: family, pull: pull{ahead: true}}
			if v.Env.Manifest == nil && v.Env.Runtimes.Registry == "" {
				// A registry of their own may have images that were built anew.
				kind.Arch = v.Catalog.Actions.Arch
			}
			if ok {
				kind.say(said)
			}
			kinds = append(kinds, kind)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if own[name].State == Removed {
			continue // rules say that it was not there
		}
		family, _, _ := strings.Cut(name, ":")
		kind := Kind{Kind: runtimes.Kind{Kind: name}, Family: family, Added: true}
		kind.Attached = &v.Catalog.Attached
		kind.say(own[name])
		kinds = append(kinds, kind)
	}
	slices.SortStableFunc(kinds, func(a, b Kind) int { return cmp.Compare(a.Family, b.Family) })
	v.kinds = kinds
	v.takeDefaults()
	v.blackboxes = v.named(source.Blackboxes)
	v.stemCells()
}

// say takes over what the environment says of a kind.
func (k *Kind) say(own environment.OwnKind) {
	k.Field = environment.JoinPath("runtimes", "kinds", k.Kind.Kind)
	if own.State != "" {
		k.Deprecated = own.State == Deprecated
	}
	if own.Main != "" {
		k.RequireMain = own.Main == "required"
	}
	if own.Logs != "" {
		sentinelled := own.Logs == "sentinelled"
		k.SentinelledLogs = &sentinelled
	}
	if own.Code == "inline" {
		k.Attached = nil
	}
	if own.Image != nil {
		k.sayImage(*own.Image)
	}
	k.pull = pull{own.PrePull, own.PrePullCommand}
}

func (k *Kind) sayImage(own environment.Image) {
	tag, _, _ := strings.Cut(k.Image.Tag, "@")
	if own.Tag != "" {
		tag = own.Tag
	}
	if own.Digest != "" {
		tag += "@" + own.Digest
	}
	k.Image.Tag = tag
	if own.Repository != "" {
		k.Image = runtimes.Named(own.Repository, tag)
		k.Arch = ""
	}
	k.Arch = cmp.Or(own.Arch, k.Arch)
}

// takeDefaults gives <family>:default to the kinds for which the environment asks
// it, and takes it from those that the manifest has.
func (v *Values) takeDefaults() {
	taken := map[string]bool{}
	for _, k := range v.kinds {
		if v.Env.Runtimes.Kinds[k.Kind.Kind].Default {
			taken[k.Family] = true
		}
	}
	for i, k := range v.kinds {
		if taken[k.Family] {
			v.kinds[i].Default = v.Env.Runtimes.Kinds[k.Kind.Kind].Default
		}
	}
}

// named are the images of users: the manifest's, and the environment's, which may say of
// one of those how it is pulled.
func (v *Values) named(manifest []runtimes.Image) []Blackbox {
	var all []Blackbox
	for _, i := range manifest {
		all = append(all, Blackbox{Image: i, pull: pull{ahead: true}})
	}
	for n, own := range v.Env.Runtimes.Blackboxes {
		b := Blackbox{runtimes.Named(own.Repository, own.Tag), fmt.Sprintf("runtimes.blackboxes[%d]", n), pull{own.PrePull, own.PrePullCommand}}
		same := slices.IndexFunc(all, func(a Blackbox) bool { return a.Reference("") == b.Reference("") })
		if same < 0 {
			all = append(all, b)
			continue
		}
		all[same].pull = b.pull
	}
	return all
}

// stemCells are those of the environment in place of the manifest's.
func (v *Values) stemCells() {
	for i, k := range v.kinds {
		cell, ok := v.Env.Runtimes.StemCells[k.Kind.Kind]
		if !ok {
			continue
		}
		s := runtimes.StemCell{Count: cell.Count, Memory: fmt.Sprintf("%dm", Bytes(cell.Memory)/quantity.MiB)}
		if r := cell.Reactive; r != nil {
			s.Reactive = ReactiveOf(*r)
		}
		v.kinds[i].StemCells = []runtimes.StemCell{s}
	}
}

// ReactiveOf is what an environment says of stem cells as the manifest has it.
func ReactiveOf(r environment.Reactive) *runtimes.Reactive {
	return &runtimes.Reactive{Increment: r.Increment, Max: r.Max, Min: r.Min, Threshold: r.Threshold, TTL: scalaDuration(r.TTL)}
}

// scalaDuration is a duration in words that Scala knows: to it "m" is no unit.
func scalaDuration(d string) string {
	number := strings.TrimRight(d, "hms")
	return number + " " + map[string]string{"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours"}[d[len(number):]]
}

// Kinds of actions that the environment has, by family.
func (v *Values) Kinds() []Kind { return v.kinds }

// Blackboxes are the images that users name themselves.
func (v *Values) Blackboxes() []Blackbox { return v.blackboxes }

// Families of languages that are offered, in order.
func (v *Values) Families() []string {
	var all []string
	for _, k := range v.kinds {
		all = append(all, k.Family)
	}
	return slices.Compact(all)
}

// RuntimesRegistry is where invokers pull the languages' images from; empty is
// Docker Hub.
func (v *Values) RuntimesRegistry() string { return cmp.Or(v.Env.Runtimes.Registry, v.Env.Mirror) }

// ImageOf a kind or of a user as invokers ask for it, before anything is pinned.
func (v *Values) ImageOf(i runtimes.Image) string { return i.Reference(v.RuntimesRegistry()) }

// Manifest is what invokers and controllers are told. OpenWhisk has no field for a digest, and
// needs none: it puts a reference together of an image's texts and reads no tag of
// a manifest again (ExecManifest.scala, resolveImageName, at both releases), so what stands
// behind the tag ends up behind the tag. Images of users' own are not pinned: OpenWhisk
// compares what users name with what stands there.
func (v *Values) Manifest() runtimes.Manifest {
	m := runtimes.Manifest{Families: map[string][]runtimes.Kind{}, Blackboxes: []runtimes.Image{}}
	for _, k := range v.kinds {
		if !strings.Contains(k.Image.Tag, "@") {
			k.Image.Tag += v.pin(v.ImageOf(k.Image))
		}
		m.Families[k.Family] = append(m.Families[k.Family], k.Kind)
	}
	for _, b := range v.blackboxes {
		m.Blackboxes = append(m.Blackboxes, b.Image)
	}
	return m
}
