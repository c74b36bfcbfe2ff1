package volumes

import "testing"

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
