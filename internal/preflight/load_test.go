package preflight

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// TestKeyOfALoad: the key that a run under load reads is asked for, and once, of the
// Secret that has it.
func TestKeyOfALoad(t *testing.T) {
	v := *values(t)["plain"]
	env := *v.Env
	for subject, want := range map[string]string{"guest": "guest whisk.system", "team-a": "guest whisk.system team-a"} {
		env.Load = &environment.LoadTest{Subject: subject}
		v.Env = &env
		got := ""
		for _, i := range secrets(&v) {
			if strings.Contains(i.Type, "guest") {
				got = i.Type
			}
		}
		if got != want {
			t.Errorf("%s: keys %q, want %q", subject, got, want)
		}
	}
}

// TestKeyOfATenantsLoad: that of a tenant's namespace is in the tenant's Secret, and is
// not looked for among the installation's own.
func TestKeyOfATenantsLoad(t *testing.T) {
	v := *values(t)["plain"]
	env := *v.Env
	env.Tenants = map[string]environment.Tenant{
		"alice": {Secret: "team", Namespaces: map[string]environment.TenantNamespace{"alice.dev": {}}}, "bobby": {},
	}
	v.Env = &env
	for subject, in := range map[string]string{"alice.dev": "team", "bobby": env.Secrets.Tenants} {
		env.Load = &environment.LoadTest{Subject: subject}
		found := 0
		for _, i := range secrets(&v) {
			if n := strings.Count(" "+i.Type+" ", " "+subject+" "); n > 0 {
				found += n
				if i.Name != in {
					t.Errorf("%s: asked for in %s, and it is in %s", subject, i.Name, in)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: asked for %d times", subject, found)
		}
	}
}
