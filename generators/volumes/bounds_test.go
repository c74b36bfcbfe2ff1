package volumes

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

// A single replica has the directory itself, unless another may follow: who has
// data in it must find them there.
func TestDirectoryOfAReplica(t *testing.T) {
	for _, tt := range []struct {
		replicas int
		numbered bool
		ordinal  int
		want     string
	}{
		{1, false, 0, "/exports/kafka/"},
		{1, true, 0, "/exports/kafka/0"},
		{2, false, 0, "/exports/kafka/0"},
		{2, false, 1, "/exports/kafka/1"},
		{2, true, 1, "/exports/kafka/1"},
	} {
		s := Spec{Replicas: tt.replicas, NFS: &NFS{Path: "/exports/kafka/", Numbered: tt.numbered}}
		if got := nfsPath(s, tt.ordinal); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

// Kinds that are one volume are for one replica.
func TestReplicasOfOneVolume(t *testing.T) {
	for _, s := range []Spec{{ExistingClaim: "kafka"}, {HostPath: &HostPath{Path: "/kafka"}}} {
		for replicas, want := range []bool{true, false, true} {
			s.Owner, s.Name, s.MountPath, s.Replicas = krm.Owner{Component: "kafka", Tier: "data"}, "data", "/kafka", replicas
			err := check(s)
			if refused := err != nil && strings.Contains(err.Error(), "spec.replicas"); refused != want || refused != (err != nil) {
				t.Errorf("%d replicas: %v", replicas, err)
			}
		}
	}
}

// What is empty is left out, and one is not empty.
func TestWhatIsLeftOut(t *testing.T) {
	for n := range 3 {
		c := CSI{Driver: "d", Handles: []string{"h"}, Attributes: map[string]string{}}
		nfs := &NFS{Server: "s", Path: "/p"}
		want := krm.M{"driver": "d", "volumeHandle": "h"}
		for _, key := range []string{"a", "b"}[:n] {
			c.Attributes[key], nfs.MountOptions = "x", append(nfs.MountOptions, key)
			want["volumeAttributes"] = c.Attributes
		}
		if diff := cmp.Diff(want, csi(c, 0)); diff != "" {
			t.Errorf("%d attributes (-want +got):\n%s", n, diff)
		}
		spec := persistentVolume(Spec{Replicas: 1, NFS: nfs}, 0)["spec"].(krm.M)
		if _, has := spec["mountOptions"]; has != (n > 0) {
			t.Errorf("%d mount options: %v", n, spec)
		}
	}
}
