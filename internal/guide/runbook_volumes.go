package guide

import (
	"cmp"
	"fmt"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/quantity"
)

// Claimed tells whether anything has a claim.
func (v view) Claimed() bool {
	for _, vol := range v.Volumes() {
		if vol.Claims {
			return true
		}
	}
	return false
}

// OnNodes tells whether data are on the disks of nodes.
func (v view) OnNodes() bool {
	for _, name := range v.Components() {
		if s, _ := v.Volume(name); s != nil && (s.Local != nil || s.HostPath != nil) {
			return true
		}
	}
	return false
}

// Stored is what a component's volume is to the one who has to enlarge it: "class"
// for claims of a StorageClass, "nfs", "none", and "other"; empty for a component
// that does not run here.
func (v view) Stored(component string) string {
	if !v.Has(component) {
		return ""
	}
	s, _ := v.Volume(component)
	switch {
	case s == nil:
		return ""
	case s.None != nil:
		return "none"
	case s.NFS != nil:
		return "nfs"
	case v.volume(component, *s).dynamic:
		return "class"
	}
	return "other"
}

// ClassOf a component's claims; empty for the cluster's default one.
func (v view) ClassOf(component string) string {
	s, _ := v.Volume(component)
	return cmp.Or(s.Class, v.Env.Cluster.Storage.Class)
}

// Export of a component's NFS volume.
func (v view) Export(component string) string {
	s, _ := v.Volume(component)
	if s == nil || s.NFS == nil {
		return ""
	}
	return fmt.Sprintf("the NFS server %s, `%s`", s.NFS.Server, s.NFS.Path)
}

// Kept says where a component's data are that no claim of a StorageClass and no
// NFS server has.
func (v view) Kept(component string) string {
	s, _ := v.Volume(component)
	switch {
	case s.CSI != nil:
		return fmt.Sprintf("of the CSI driver %s: %s", s.CSI.Driver, list(code(s.CSI.Handles)))
	case s.Local != nil:
		return fmt.Sprintf("the directory `%s` of a node", s.Local.Path)
	case s.HostPath != nil:
		return fmt.Sprintf("the directory `%s` of a node", s.HostPath.Path)
	}
	return fmt.Sprintf("the claim `%s`", s.ExistingClaim)
}

// Twice the size of a component's volume, as a quantity.
func (v view) Twice(component string) string {
	s, _ := v.Volume(component)
	bytes := 2 * derived.Bytes(s.Size)
	if bytes%(1<<30) == 0 {
		return fmt.Sprintf("%dGi", bytes>>30)
	}
	return fmt.Sprintf("%dMi", (bytes+quantity.MiB-1)/quantity.MiB)
}

// Ordinals of a component's pods.
func (v view) Ordinals(component string) []int {
	all := make([]int, v.Replicas(component))
	for i := range all {
		all[i] = i
	}
	return all
}
