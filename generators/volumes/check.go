package volumes

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

func check(s Spec) error {
	var c krm.Check
	c.Owner(s.Owner)
	c.Label("spec.name", s.Name)
	c.Path("spec.mountPath", s.MountPath)
	if s.Replicas < 1 {
		c.Fail("spec.replicas is %d, wanted at least 1", s.Replicas)
	}
	checkOne(&c, s)
	if s.claimed() {
		c.Given("spec.size", s.Size)
		c.OneOf("spec.accessMode", s.AccessMode, "ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany")
	}
	if s.static() {
		checkStatic(&c, s)
	}
	if s.None {
		c.Given("spec.size", s.Size)
	}
	if s.ExistingClaim != "" {
		c.Name("spec.existingClaim", s.ExistingClaim)
	}
	if s.HostPath != nil {
		c.Path("spec.hostPath.path", s.HostPath.Path)
	}
	if shared := s.ExistingClaim != "" || s.HostPath != nil; shared && s.Replicas > 1 {
		c.Fail("spec.replicas is %d: replicas would write to one volume, give each its own (class, nfs, csi or local)", s.Replicas)
	}
	return c.Err()
}

// checkOne wants at most one kind of volume.
func checkOne(c *krm.Check, s Spec) {
	var kinds []string
	for _, k := range []struct {
		name  string
		given bool
	}{
		{"existingClaim", s.ExistingClaim != ""}, {"nfs", s.NFS != nil}, {"csi", s.CSI != nil},
		{"local", s.Local != nil}, {"hostPath", s.HostPath != nil}, {"none", s.None},
	} {
		if k.given {
			kinds = append(kinds, k.name)
		}
	}
	if len(kinds) > 1 {
		c.Fail("spec has %s, wanted one of them", strings.Join(kinds, " and "))
	}
}

func checkStatic(c *krm.Check, s Spec) {
	c.Label("spec.namespace", s.Namespace)
	c.OneOf("spec.reclaimPolicy", s.ReclaimPolicy, "Retain", "Delete")
	if s.NFS != nil {
		c.Given("spec.nfs.server", s.NFS.Server)
		// With NFS version 4 the root is an export.
		if s.NFS.Path != "/" {
			c.Path("spec.nfs.path", s.NFS.Path)
		}
	}
	if s.CSI != nil {
		c.Given("spec.csi.driver", s.CSI.Driver)
		each(c, s, "spec.csi.handles", s.CSI.Handles)
	}
	if s.Local != nil {
		c.Path("spec.local.path", s.Local.Path)
		each(c, s, "spec.local.nodes", s.Local.Nodes)
	}
}

// each wants a value of its own for each replica. The same node twice would
// be the same directory twice.
func each(c *krm.Check, s Spec, field string, values []string) {
	if len(values) != s.Replicas {
		c.Fail("%s has %d values for %d replicas", field, len(values), s.Replicas)
	}
	seen := map[string]bool{}
	for i, v := range values {
		at := fmt.Sprintf("%s[%d]", field, i)
		if c.Given(at, v) {
			c.Unique(at, v, seen)
		}
	}
}
