package volumes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
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
		if got := nfsPath(NFS{Path: "/exports/kafka/", Numbered: tt.numbered}, tt.replicas, tt.ordinal); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

// Kinds that are one volume are for one replica, a directory of the node for each pod
// of a DaemonSet too.
func TestReplicasOfOneVolume(t *testing.T) {
	const config = "{apiVersion: fn.whiskops.github.io/v1alpha1, kind: AddVolume, metadata: {name: a}, spec: {selector: {}, name: data, mountPath: /data, %s}}"
	const object = "{apiVersion: apps/v1, kind: %s, metadata: {name: a}, spec: {replicas: %d, template: {spec: {containers: [{name: a}]}}}}"
	for _, kind := range []string{"existingClaim: kafka", "hostPath: {path: /kafka}"} {
		for replicas, refused := range []bool{false, false, true} {
			for _, of := range []string{"Deployment", "DaemonSet"} {
				rl, err := krmtest.Read([]byte(fmt.Sprintf(config, kind)), []byte(fmt.Sprintf(object, of, replicas)))
				if err != nil {
					t.Fatal(err)
				}
				err = Process(rl)
				if got := err != nil && strings.Contains(err.Error(), "replicas, which would write to one volume"); got != (refused && of == "Deployment") {
					t.Errorf("%s of %d replicas with %s: %v", of, replicas, kind, err)
				}
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
		spec := persistentVolume(krm.Workload{}, Spec{NFS: nfs}, 0)["spec"].(krm.M)
		if _, has := spec["mountOptions"]; has != (n > 0) {
			t.Errorf("%d mount options: %v", n, spec)
		}
	}
}
