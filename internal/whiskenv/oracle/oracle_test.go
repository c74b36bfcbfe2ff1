package oracle

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/whiskenv"
)

//go:embed testdata/dead-2.0.0.tsv
var dead string

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name                string
		controller, invoker bool
	}{
		{"KAFKA_HOSTS", true, true},
		{"LIMITS_ACTIONS_INVOKES_PERMINUTE", true, false},
		{"WHISK_API_HOST_NAME", false, true},
		{"ZOOKEEPER_HOSTS", false, true},
		{"CONTROLLER_OPTS", true, false},
		{"CONFIG_whisk_memory_std", true, true},
		{"CONFIG_whisk_info_buildNo", true, false},
		{"CONFIG_whisk_helm_release", false, true},
		{"CONFIG_whisk_containerPool_userMemory", true, true}, // its reader is shared code
		{"CONFIG_whisk_kubernetes_podTemplate", false, true},
		{"CONFIG_whisk_loadbalancer_timeoutFactor", true, false},
		{"CONFIG_whisk_spi_LoadBalancerProvider", true, false},
		{"CONFIG_whisk_spi_InvokerProvider", false, true},
		{"CONFIG_whisk_couchdb_databases_WhiskAuth", true, true},
		{"CONFIG_whisk_couchdb_databases_whiskAuth", false, false},
		{"CONFIG_whisk_kafka_topics_completed_retentionMs", true, false},
		{"CONFIG_whisk_kafka_topics_invoker_retentionMs", false, true},
		{"CONFIG_whisk_kafka_common_saslJaasConfig", true, true},
		{"CONFIG_whisk_kafka_common_sasl_jaas_config", false, false}, // a nested object, which the reader rejects
		{"CONFIG_akka_cluster_seedNodes_0", true, true},
		{"CONFIG_akka_cluster_seedNodes_12", true, true},
		{"CONFIG_akka_cluster_seedNodes_00", false, false},
		{"CONFIG_akka_cluster_seedNodes_x", false, false},
		{"CONFIG_akka_cluster_seedNodes", false, false},
		{"CONFIG_akka_discovery_kubernetesApi_podLabelSelector", true, false},
		{"CONFIG_akka_discovery_kubernetesApi_podPortName", false, false},
		{"CONFIG_whisk_memory__std", true, true}, // the script drops empty parts
		{"CONFIG_whisk_Memory_std", false, false},
		{"CONFIG_pekko_cluster_seedNodes_0", false, false},
		{"CONFIG_", false, false},
		{"", false, false},
	} {
		if got := Read("controller", tt.name); got != tt.controller {
			t.Errorf("Read(controller, %q) = %v", tt.name, got)
		}
		if got := Read("invoker", tt.name); got != tt.invoker {
			t.Errorf("Read(invoker, %q) = %v", tt.name, got)
		}
	}
	if Read("nginx", "KAFKA_HOSTS") || Read("", "KAFKA_HOSTS") {
		t.Error("an unknown role reads something")
	}
}

// The table was made without the list of dead variables, so the two check
// each other.
func TestNothingDeadIsRead(t *testing.T) {
	count := 0
	for line := range strings.Lines(dead) {
		if name, role, found := strings.Cut(strings.TrimSpace(line), "\t"); found && !strings.HasPrefix(line, "#") {
			count++
			if Read(role, name) {
				t.Errorf("Read(%s, %q) = true, but it is dead", role, name)
			}
		}
	}
	if count != 44 {
		t.Errorf("%d dead variables, want 44", count)
	}
}

func TestRequired(t *testing.T) {
	shared := []string{
		"CONFIG_whisk_couchdb_databases_WhiskActivation", "CONFIG_whisk_couchdb_databases_WhiskAuth",
		"CONFIG_whisk_couchdb_databases_WhiskEntity", "CONFIG_whisk_couchdb_host", "CONFIG_whisk_couchdb_password",
		"CONFIG_whisk_couchdb_port", "CONFIG_whisk_couchdb_protocol", "CONFIG_whisk_couchdb_provider",
		"CONFIG_whisk_couchdb_username", "KAFKA_HOSTS", "RUNTIMES_MANIFEST",
	}
	for role, own := range map[string][]string{
		"controller": {
			"CONFIG_whisk_info_buildNo", "CONFIG_whisk_info_date", "CONFIG_whisk_spi_EntitlementSpiProvider",
			"CONFIG_whisk_spi_LoadBalancerProvider", "LIMITS_ACTIONS_INVOKES_CONCURRENT", "LIMITS_ACTIONS_INVOKES_PERMINUTE",
			"LIMITS_ACTIONS_SEQUENCE_MAXLENGTH", "LIMITS_TRIGGERS_FIRES_PERMINUTE",
		},
		"invoker": {
			"CONFIG_whisk_helm_release", "CONFIG_whisk_spi_ContainerFactoryProvider", "CONFIG_whisk_spi_InvokerProvider",
			"CONFIG_whisk_spi_InvokerServerProvider", "WHISK_API_HOST_NAME",
		},
	} {
		want := slices.Sorted(slices.Values(slices.Concat(shared, own)))
		if diff := cmp.Diff(want, Required(role)); diff != "" {
			t.Errorf("Required(%s) (-want +got):\n%s", role, diff)
		}
		for _, name := range Required(role) {
			if !Read(role, name) {
				t.Errorf("Required(%s) has %q, which it does not read", role, name)
			}
		}
	}
	if got := Required("nginx"); got != nil {
		t.Errorf("Required(nginx) = %q", got)
	}
}

// Each CONFIG_ line of the table must be the one spelling of some key.
func TestTableIsCanonical(t *testing.T) {
	previous := ""
	for _, v := range table {
		name := strings.Join(v.name, "_")
		if name <= previous {
			t.Errorf("%q does not sort after %q", name, previous)
		}
		previous = name
		if v.readBy == "" || strings.Trim(v.readBy, "ci") != "" || strings.Trim(v.neededBy, "ci-") != "" {
			t.Errorf("%q has the roles %q, needed by %q", name, v.readBy, v.neededBy)
		}
		concrete := strings.NewReplacer("<name>", "x", "<n>", "0").Replace(name)
		if key, ok := whiskenv.Key(concrete); ok {
			if back, ok := whiskenv.Name(key); back != concrete || !ok {
				t.Errorf("%q sets %q, whose variable is %q", concrete, key, back)
			}
		}
	}
	if len(table) != 653 {
		t.Errorf("%d lines, want 653", len(table))
	}
}
