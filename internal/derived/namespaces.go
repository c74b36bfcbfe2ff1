package derived

import "slices"

// ActionPodSecurity is the level of the action pods' namespace. OpenWhisk's
// runtimes run as root, and an invoker adds no more to the pod than it drops:
// restricted would refuse them.
const ActionPodSecurity = "baseline"

// PodSecurity is the level of the installation's namespace: every pod passes the
// restricted one, but for those of development that have a hostPath volume, which
// baseline refuses too.
func (v *Values) PodSecurity() string {
	for _, name := range v.Components() {
		if volume, _ := v.Volume(name); volume != nil && volume.HostPath != nil {
			return "privileged"
		}
	}
	return "restricted"
}

// Protected tells whether an object of a kind must outlive what made it: no
// reconciler may prune or delete it.
func (v *Values) Protected(kind string) bool {
	p := v.Catalog.Protect
	return slices.Contains(p.Kinds, kind) && !p.Except.Holds(v.Env)
}
