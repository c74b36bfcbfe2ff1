package servers

import (
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A fault made on purpose must be found by the real programs. Each has a whole
// installation, so they go one after the other.
func TestOpenWhiskMutations(t *testing.T) {
	if os.Getenv(OpenWhiskFolder) == "" {
		t.Skip(OpenWhiskFolder + " is not set")
	}
	for _, tt := range []struct {
		name, file, from, to string
		want                 []string
	}{
		{"right of the invoker", "role-invoker.yaml", "  - patch\n", "", []string{"rights: patch pods", "was refused with 403"}},
		{"field that the client drops", "configmap-action-pod.yaml", "      enableServiceLinks: false\n", "      enableServiceLinks: false\n      hostUsers: false\n",
			[]string{"action pods", ".spec.hostUsers is <nil>, not false"}},
		{"time for the log to begin", "configmap-openwhisk-env.yaml", "loggerStartupTimeout: 60 s", "loggerStartupTimeout: 1 ms", []string{"start: ", "controller-0", "startDefaultLoggers"}},
		{"drain of the invoker", "configmap-invoker-scripts.yaml", "    url=http", "    exit 0\n    url=http", []string{"drain: invoker", "after the drain"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env, err := load(t, "ci").Changed(tt.file, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			err = try(t, env, OpenWhisk)
			if err == nil {
				t.Fatal("the fault is not found")
			}
			t.Logf("found: %v", err)
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the message does not have %q", want)
				}
			}
		})
	}
}

func TestKebab(t *testing.T) {
	for name, want := range map[string]string{
		"whisk_loadbalancer_invokerBusyThreshold":                   "whisk.loadbalancer.invoker-busy-threshold",
		"whisk_spi_LogStoreProvider":                                "whisk.spi.LogStoreProvider",
		"whisk_couchdb_databases_WhiskAuth":                         "whisk.couchdb.databases.WhiskAuth",
		"whisk_containerFactory_containerArgs_extraEnvVars_0":       "whisk.container-factory.container-args.extra-env-vars.0",
		"akka_http_server_parsing_maxContentLength":                 "akka.http.server.parsing.max-content-length",
		"whisk_kafka_topics_cacheInvalidation_retentionMs":          "whisk.kafka.topics.cache-invalidation.retention-ms",
		"akka_coordinatedShutdown_phases_actorSystemTerminate_time": "akka.coordinated-shutdown.phases.actor-system-terminate.time",
	} {
		if got := strings.Join(kebab(name), "."); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestWritten(t *testing.T) {
	const log = "[1] [INFO] started {\n[2] [INFO] {\n    # system properties\n    \"whisk\" : {\n        # here\n        \"a\" : \"1 B\"\n    }\n}\n[3] [INFO] next {\n}\n"
	config, err := written(log)
	if err != nil {
		t.Fatal(err)
	}
	if got := at(config, []string{"whisk", "a"}); got != "1 B" {
		t.Errorf("whisk.a is %v", got)
	}
	if got := at(config, []string{"whisk", "a", "b"}); got != nil {
		t.Errorf("whisk.a.b is %v", got)
	}
	if _, err := written("[1] [INFO] {\n}\n"); err == nil {
		t.Error("a log without one has a configuration")
	}
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct{ want, got, message string }{
		{"{a: 1, b: [x]}", "{a: 1, b: [y, x], c: 2}", ""},
		{"{spec: {hostUsers: false}}", "{spec: {}}", ".spec.hostUsers is <nil>, not false"},
		{"{t: [{key: a, operator: Equal}]}", "{t: [{key: a, operator: Exists}]}", ".t has no map[key:a operator:Equal]"},
		{"{a: {b: 1}}", "{a: [1]}", ".a is [1]"},
	} {
		var want, got map[string]any
		for text, into := range map[string]*map[string]any{tt.want: &want, tt.got: &got} {
			if err := yaml.Unmarshal([]byte(text), into); err != nil {
				t.Fatal(err)
			}
		}
		message := ""
		if err := within(want, got, ""); err != nil {
			message = err.Error()
		}
		if message != tt.message {
			t.Errorf("%s in %s: %q, want %q", tt.want, tt.got, message, tt.message)
		}
	}
}
