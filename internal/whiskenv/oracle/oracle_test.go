package oracle

import (
	"embed"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/whiskenv"
)

//go:embed testdata/dead-*.tsv
var dead embed.FS

var releases = []string{"2.0.0", "head"}

// of is the witness for a release that there is.
func of(t *testing.T, release string) Release {
	t.Helper()
	table, ok := For(release)
	if !ok {
		t.Fatalf("there is no table of %s", release)
	}
	return table
}

func TestFor(t *testing.T) {
	for _, release := range []string{"", "1.0.0", "names-head.tsv"} {
		if _, ok := For(release); ok {
			t.Errorf("For(%q) knows the release", release)
		}
	}
}

func TestRead(t *testing.T) {
	const both = "2.0.0 head"
	for _, tt := range []struct {
		name                string
		controller, invoker string // releases in which the role reads it
	}{
		{"KAFKA_HOSTS", both, both},
		{"LIMITS_ACTIONS_INVOKES_PERMINUTE", both, ""},
		{"WHISK_API_HOST_NAME", "", both},
		{"ZOOKEEPER_HOSTS", "", both},
		{"CONTROLLER_OPTS", both, ""},
		{"CONFIG_whisk_memory_std", both, both},
		{"CONFIG_whisk_info_buildNo", both, ""},
		{"CONFIG_whisk_helm_release", "", both},
		{"CONFIG_whisk_containerPool_userMemory", both, both}, // its reader is shared code
		{"CONFIG_whisk_kubernetes_podTemplate", "", both},
		{"CONFIG_whisk_loadbalancer_timeoutFactor", both, ""},
		{"CONFIG_whisk_spi_LoadBalancerProvider", both, ""},
		{"CONFIG_whisk_spi_InvokerProvider", "", both},
		{"CONFIG_whisk_couchdb_databases_WhiskAuth", both, both},
		{"CONFIG_whisk_couchdb_databases_whiskAuth", "", ""},
		{"CONFIG_whisk_kafka_topics_completed_retentionMs", both, ""},
		{"CONFIG_whisk_kafka_topics_invoker_retentionMs", "", both},
		{"CONFIG_whisk_kafka_common_saslJaasConfig", both, both},
		{"CONFIG_whisk_kafka_common_sasl_jaas_config", "", ""}, // a nested object, which the reader rejects
		{"CONFIG_akka_cluster_seedNodes_0", "2.0.0", "2.0.0"},
		{"CONFIG_akka_cluster_seedNodes_12", "2.0.0", "2.0.0"},
		{"CONFIG_akka_cluster_seedNodes_00", "", ""},
		{"CONFIG_akka_cluster_seedNodes_x", "", ""},
		{"CONFIG_akka_cluster_seedNodes", "", ""},
		{"CONFIG_akka_discovery_kubernetesApi_podLabelSelector", "2.0.0", ""},
		{"CONFIG_akka_discovery_kubernetesApi_podPortName", "", ""},
		{"CONFIG_whisk_memory__std", both, both}, // the script drops empty parts
		{"CONFIG_whisk_Memory_std", "", ""},
		{"CONFIG_akka_actor_kryo_idstrategy", "", ""}, // in a configuration file, but its section has another name
		{"CONFIG_pekko_actor_kryo_idstrategy", "", ""},
		{"CONFIG_pekko_cluster_seedNodes_0", "head", "head"},
		{"CONFIG_pekko_discovery_kubernetesApi_useRawIp", "head", ""},
		{"CONFIG_pekko_http_server_requestTimeout", "head", ""},
		{"CONFIG_pekko_remote_acceptProtocolNames_1", "head", "head"},
		{"CONFIG_pekko_http_server_bindHost", "", ""}, // likewise: the library has no such setting
		{"CONFIG_whisk_containerPool_akkaClient", "2.0.0", "2.0.0"},
		{"CONFIG_whisk_containerPool_pekkoClient", "head", "head"},
		{"CONFIG_whisk_s3_alpakka_buffer", "2.0.0", "2.0.0"},
		{"CONFIG_whisk_s3_pekkoConnectors_retrySettings_maxRetries", "head", "head"},
		{"CONFIG_", "", ""},
		{"", "", ""},
	} {
		for _, release := range releases {
			r := of(t, release)
			if got, want := r.Read("controller", tt.name), strings.Contains(tt.controller, release); got != want {
				t.Errorf("%s: Read(controller, %q) = %v", release, tt.name, got)
			}
			if got, want := r.Read("invoker", tt.name), strings.Contains(tt.invoker, release); got != want {
				t.Errorf("%s: Read(invoker, %q) = %v", release, tt.name, got)
			}
			if r.Read("nginx", tt.name) || r.Read("", tt.name) {
				t.Errorf("%s: an unknown role reads %q", release, tt.name)
			}
		}
	}
}

// The tables were made without the lists of dead variables, so the two check
// each other.
func TestNothingDeadIsRead(t *testing.T) {
	for release, want := range map[string]int{"2.0.0": 44, "head": 50} {
		text, err := dead.ReadFile("testdata/dead-" + release + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for line := range strings.Lines(string(text)) {
			if name, role, found := strings.Cut(strings.TrimSpace(line), "\t"); found && !strings.HasPrefix(line, "#") {
				count++
				if of(t, release).Read(role, name) {
					t.Errorf("%s: Read(%s, %q) = true, but it is dead", release, role, name)
				}
			}
		}
		if count != want {
			t.Errorf("%s: %d dead variables, want %d", release, count, want)
		}
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
		for _, release := range releases {
			r := of(t, release)
			if diff := cmp.Diff(want, r.Required(role)); diff != "" {
				t.Errorf("%s: Required(%s) (-want +got):\n%s", release, role, diff)
			}
			for _, name := range r.Required(role) {
				if !r.Read(role, name) {
					t.Errorf("%s: Required(%s) has %q, which it does not read", release, role, name)
				}
			}
			if got := r.Required("nginx"); got != nil {
				t.Errorf("%s: Required(nginx) = %q", release, got)
			}
		}
	}
}

// Each CONFIG_ line of a table must be the one spelling of some key.
func TestTablesAreCanonical(t *testing.T) {
	for release, want := range map[string]int{"2.0.0": 647, "head": 668} {
		table, previous := of(t, release), ""
		for _, v := range table {
			name := strings.Join(v.name, "_")
			if name <= previous {
				t.Errorf("%s: %q does not sort after %q", release, name, previous)
			}
			previous = name
			if v.readBy == "" || strings.Trim(v.readBy, "ci") != "" || strings.Trim(v.neededBy, "ci-") != "" {
				t.Errorf("%s: %q has the roles %q, needed by %q", release, name, v.readBy, v.neededBy)
			}
			if key, ok := whiskenv.Key(concrete(v)); ok {
				if back, ok := whiskenv.Name(key); back != concrete(v) || !ok {
					t.Errorf("%s: %q sets %q, whose variable is %q", release, name, key, back)
				}
			}
		}
		if len(table) != want {
			t.Errorf("%s: %d lines, want %d", release, len(table), want)
		}
	}
}

// concrete is a name with its open segments filled in.
func concrete(v variable) string {
	return strings.NewReplacer("<name>", "x", "<n>", "0").Replace(strings.Join(v.name, "_"))
}
