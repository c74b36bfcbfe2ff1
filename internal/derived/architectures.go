package derived

import (
	"slices"
	"strings"
)

// ArchitectureLabel is what the kubelet says of its node.
const ArchitectureLabel = "kubernetes.io/arch"

// Architectures of the nodes on which a component's pods can start, in order;
// they are known if the images are locked, or the environment says of one of its own what it
// was built for, or the catalogue of one of its. What is known of some of the
// images counts for all.
func (v *Values) Architectures(component string) (all []string, known bool) {
	c := v.Catalog.Components[component]
	for _, name := range v.ImagesOf(component) {
		of, ok := v.built(v.Reference(name))
		switch own := v.Env.Images[name]; {
		case own.Arch != "":
			of, ok = []string{own.Arch}, true
		case ok || name != c.Image || c.Arch == "":
		case own.Repository == "":
			// Who names another repository has built it, for what the catalogue
			// cannot know. A mirror has copies.
			of, ok = []string{c.Arch}, true
		}
		all, known = common(all, known, of, ok)
	}
	return all, known
}

// KindArchitectures are the same of the nodes on which all kinds of actions run.
// A registry of their own may have images that were built anew.
func (v *Values) KindArchitectures() (all []string, known bool) {
	for _, k := range v.kinds {
		if k.Deprecated {
			continue
		}
		of, ok := v.built(v.ImageOf(k.Image))
		if k.Arch != "" && (!ok || v.saysArch(k)) {
			of, ok = []string{k.Arch}, true
		}
		all, known = common(all, known, of, ok)
	}
	return all, known
}

// saysArch tells whether the environment says what a kind's image was built for.
func (v *Values) saysArch(k Kind) bool {
	own := v.Env.Runtimes.Kinds[k.Kind.Kind].Image
	return own != nil && own.Arch != ""
}

// ActionArchitecture is the only architecture of nodes on which all kinds of actions
// run; empty if there are several, or none is known, or placement is off.
func (v *Values) ActionArchitecture() string {
	if all, known := v.KindArchitectures(); v.Env.Placement.Enabled && known && len(all) == 1 {
		return all[0]
	}
	return ""
}

// built are the architectures that an image was built for, on Linux, as the lock
// says.
func (v *Values) built(reference string) (all []string, known bool) {
	for _, platform := range v.Env.Lock[reference].Platforms {
		os, arch, _ := strings.Cut(platform, "/")
		arch, _, _ = strings.Cut(arch, "/")
		if os == "linux" && !slices.Contains(all, arch) {
			all = append(all, arch)
		}
		known = true
	}
	slices.Sort(all)
	return all, known
}

// common is what two sets have in common. One that is not known has all.
func common(a []string, aKnown bool, b []string, bKnown bool) ([]string, bool) {
	switch {
	case !bKnown:
		return a, aKnown
	case !aKnown:
		return b, true
	}
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) }), true
}

// arch is the only architecture of nodes on which a component starts; empty if
// there are several, or none is known.
func (v *Values) arch(component string) string {
	if all, known := v.Architectures(component); known && len(all) == 1 {
		return all[0]
	}
	return ""
}

// NodeArchitecture of the nodes that a component may be placed on, as their
// pool's labels say; empty if they say nothing, or not the same.
func (v *Values) NodeArchitecture(component string) (arch, pool string) {
	if v.Env.Placement.Enabled {
		pool = v.Pool(component)
		return v.Env.Cluster.Nodes[pool].Labels[ArchitectureLabel], pool
	}
	first := true
	for name, n := range v.Env.Cluster.Nodes {
		switch a := n.Labels[ArchitectureLabel]; {
		case first:
			arch, pool, first = a, name, false
		case a != arch:
			return "", ""
		default:
			pool = min(pool, name)
		}
	}
	return arch, pool
}
