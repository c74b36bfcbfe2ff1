package derived

import (
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// What no commit brings back is protected where someone depends on it.
func TestProtected(t *testing.T) {
	kinds := map[string]bool{
		"Namespace": true, "PersistentVolume": true, "PersistentVolumeClaim": true,
		// These come back as they were with the next apply.
		"StatefulSet": false, "ConfigMap": false, "Role": false, "Service": false,
	}
	for profile, protects := range map[string]bool{"production": true, "ci": true, "development": false} {
		v := of(t, func(e *environment.Environment) { e.Profile = profile })
		for kind, want := range kinds {
			if got := v.Protected(kind); got != (want && protects) {
				t.Errorf("%s in %s: %v", kind, profile, got)
			}
		}
	}
}

func TestPodSecurity(t *testing.T) {
	v := of(t, nil)
	if got := v.PodSecurity(); got != "restricted" {
		t.Error(got)
	}
	v = of(t, func(e *environment.Environment) {
		e.CouchDB.Volume = environment.Volume{HostPath: &environment.HostPath{Path: "/srv"}}
	})
	if got := v.PodSecurity(); got != "privileged" {
		t.Error(got)
	}
}
