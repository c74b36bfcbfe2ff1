package derived

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

// Each variable that follows from what a user writes names a field that says it.
func TestDerivedVariablesNameTheirField(t *testing.T) {
	for _, release := range []string{"2.0.0", "head"} {
		env := environment.Base()
		env.OpenWhisk = release
		v, err := New(&env)
		if err != nil {
			t.Fatal(err)
		}
		named := 0
		for component, c := range v.Catalog.Components {
			variables := maps.Clone(c.Env)
			if c.Shared {
				for _, shared := range v.Catalog.Shared.ConfigMaps {
					maps.Copy(variables, shared.Env)
				}
			}
			for variable, text := range variables {
				fields, ok := v.Derived(component, variable)
				switch {
				case !ok:
					t.Errorf("%s: %s is not derived", component, variable)
				case len(fields) > 0:
					named++
				case strings.Contains(text, "{{") && !strings.Contains(text, "SerdesOverhead") && !strings.Contains(text, ".Facts"):
					t.Errorf("%s: nothing says %s, which is %s", component, variable, text)
				}
			}
		}
		if named < 60 {
			t.Errorf("%s: only %d name a field", release, named)
		}
	}
}

func TestDerived(t *testing.T) {
	env := environment.Base()
	v, err := New(&env)
	if err != nil {
		t.Fatal(err)
	}
	for variable, want := range map[string][]string{
		"CONFIG_whisk_memory_max":                      {"limits.memory.max"},
		"CONFIG_whisk_kafka_replicationFactor":         {"kafka.replicationFactor"},
		"CONFIG_whisk_couchdb_host":                    {"couchdb.external"},
		"CONFIG_whisk_couchdb_password":                {"secrets.couchdb"},
		"CONFIG_akka_cluster_seedNodes_7":              {"controller.replicas"},
		"CONFIG_whisk_loadbalancer_managedFraction":    {"invoker.managedShare"},
		"CONFIG_whisk_spi_LoadBalancerProvider":        nil,
		"JAVA_OPTS":                                    {"controller.heap"},
		"RUNTIMES_MANIFEST":                            {"runtimes"},
		"POD_INDEX":                                    nil,
		"CONFIG_akka_remote_artery_canonical_hostname": {"controller.clustering"},
	} {
		got, ok := v.Derived("controller", variable)
		if !ok {
			t.Errorf("%s is not derived", variable)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", variable, diff)
		}
	}
	for _, free := range []string{"CONFIG_whisk_containerProxy_timeouts_idleContainer", "HOME", "CONFIG_akka_cluster_seedNodes_"} {
		if got, ok := v.Derived("controller", free); ok {
			t.Errorf("%s is derived from %v", free, got)
		}
	}
}
