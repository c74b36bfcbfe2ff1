package derived

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

// Whom a run under load calls as decides which Secret has its key, and whose limits hold.
func TestLoadCaller(t *testing.T) {
	own, other := environment.TenantLimits{MaxActionMemory: "1Gi"}, environment.TenantLimits{MaxActionMemory: "2Gi"}
	v := withTenants(t, map[string]environment.Tenant{
		"alice": {Limits: own, State: Blocked},
		"bobby": {Limits: own, Secret: "team", Namespaces: map[string]environment.TenantNamespace{
			"bobby.dev": {State: "present", Limits: other}, "old": {State: Removed},
		}},
	})
	v.Env.Secrets.Subjects, v.Env.Secrets.Tenants = "installation", "all-tenants"
	dev, old := `tenants.bobby.namespaces."bobby.dev"`, "tenants.bobby.namespaces.old"
	for subject, want := range map[string]LoadCaller{
		"":          {Secret: "installation"},
		"guest":     {Secret: "installation"},
		"bobby":     {Secret: "installation"},
		"alice":     {Tenant: "alice", State: Blocked, At: "tenants.alice", In: "tenants.alice", Outer: own, Secret: "all-tenants"},
		"bobby.dev": {Tenant: "bobby", At: "tenants.bobby", In: dev, Outer: own, Inner: other, Secret: "team"},
		"old":       {Tenant: "bobby", State: Removed, At: "tenants.bobby", In: old, Outer: own, Secret: "team"},
	} {
		v.Env.Load = nil
		if subject != "" {
			v.Env.Load = &environment.LoadTest{Subject: subject}
		}
		if diff := cmp.Diff(want, v.LoadCaller()); diff != "" {
			t.Errorf("%q: -want +got:\n%s", subject, diff)
		}
		if got := v.LoadSecret(); got != want.Secret {
			t.Errorf("%q: the key is in %q, want %q", subject, got, want.Secret)
		}
	}
}
