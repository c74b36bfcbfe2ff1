package volumes

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

func check(c *krm.Check, s Spec) {
	c.Label("spec.name", s.Name)
	c.Path("spec.mountPath", s.MountPath)
	if s.Namespace != "" {
		c.Label("spec.namespace", s.Namespace)
	}
	checkOne(c, s)
	if s.claimed() {
		c.Given("spec.size", s.Size)
		c.OneOf("spec.accessMode", s.AccessMode, "ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany")
	}
	if s.static() {
		checkStatic(c, s)
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
		distinct(c, "spec.csi.handles", s.CSI.Handles)
	}
	if s.Local != nil {
		c.Path("spec.local.path", s.Local.Path)
		distinct(c, "spec.local.nodes", s.Local.Nodes)
	}
}

// distinct wants values that are each given once. The same node twice would
// be the same directory twice.
func distinct(c *krm.Check, field string, values []string) {
	seen := map[string]bool{}
	for i, v := range values {
		at := fmt.Sprintf("%s[%d]", field, i)
		if c.Given(at, v) {
			c.Unique(at, v, seen)
		}
	}
}
