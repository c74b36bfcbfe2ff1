package servers

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

const goldenFolder = "../../golden"

// environments loads all of golden.
func environments(t *testing.T) []*golden.Env {
	t.Helper()
	names, err := golden.Names(goldenFolder)
	if err != nil {
		t.Fatal(err)
	}
	var all []*golden.Env
	for _, name := range names {
		all = append(all, load(t, name))
	}
	if len(all) == 0 {
		t.Fatal("golden is empty")
	}
	return all
}

func load(t *testing.T, name string) *golden.Env {
	t.Helper()
	env, err := golden.Load(goldenFolder, name)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// try runs a check and returns its error.
func try(t *testing.T, env *golden.Env, check func(*Run) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	run, err := NewRun(ctx, env, func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	err = check(run)
	if closeErr := run.Close(); closeErr != nil {
		t.Error(closeErr)
	}
	if errors.Is(err, programs.ErrMissing) && os.Getenv("WHISKOPS_E2E_OPTIONAL") == "1" {
		t.Skip(err)
	}
	return err
}

// everywhere runs a check on each environment. Much of the time is waiting, so
// they run side by side: each has its own addresses.
func everywhere(t *testing.T, check func(*Run) error) {
	t.Parallel()
	each(t, environments(t), check)
}

// wherever runs a check on each environment that has a component.
func wherever(t *testing.T, component string, check func(*Run) error) {
	t.Parallel()
	all := slices.DeleteFunc(environments(t), func(env *golden.Env) bool {
		_, err := env.Workload(component)
		return err != nil
	})
	if len(all) == 0 {
		t.Fatalf("no environment has %s", component)
	}
	each(t, all, check)
}

func each(t *testing.T, environments []*golden.Env, check func(*Run) error) {
	t.Helper()
	for _, env := range environments {
		t.Run(env.Name, func(t *testing.T) {
			t.Parallel()
			if err := try(t, env, check); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestNginx(t *testing.T) { everywhere(t, Nginx) }

// Long, and the same in each environment.
func TestTraffic(t *testing.T) {
	t.Parallel()
	if err := try(t, load(t, "ci"), Traffic); err != nil {
		t.Fatal(err)
	}
}

func TestRedis(t *testing.T) { wherever(t, "redis", Redis) }

func TestKafka(t *testing.T) { everywhere(t, Kafka) }

func TestCouchDB(t *testing.T) { everywhere(t, CouchDB) }

func TestRecords(t *testing.T) { everywhere(t, Records) }

func TestWaits(t *testing.T) { everywhere(t, Waits) }

func TestProbes(t *testing.T) { everywhere(t, Probes) }

func TestDrain(t *testing.T) { everywhere(t, Drain) }

func TestOpenWhisk(t *testing.T) {
	t.Parallel()
	if err := try(t, load(t, "ci"), OpenWhisk); err != nil {
		t.Fatal(err)
	}
}

func TestSmoke(t *testing.T) { everywhere(t, Smoke) }

func TestCleanup(t *testing.T) { everywhere(t, Cleanup) }

func TestRunbookEdge(t *testing.T) { everywhere(t, RunbookEdge) }

func TestRunbookCouchDB(t *testing.T) { wherever(t, "couchdb", RunbookCouchDB) }

func TestRunbookKafka(t *testing.T) {
	t.Parallel()
	if err := try(t, load(t, "production"), RunbookKafka); err != nil {
		t.Fatal(err)
	}
}

func TestViews(t *testing.T) { everywhere(t, Views) }

// What the checks run must be all that golden has.
func TestEveryProbeWaitAndHookHasACheck(t *testing.T) {
	probed := map[string]string{
		"nginx": "Nginx", "kafka": "Kafka", "redis": "Redis", "couchdb": "CouchDB",
		"controller": "Probes", "invoker": "Probes", "apigateway": "Probes",
		"couchdb-init": "CouchDB", "tenants-sync": "Tenants", "kafka-topics": "Kafka", "kafka-exporter": "Probes",
	}
	prepared := map[string]string{
		"nginx/self-signed": "Nginx",
		// It copies files of the image, which is not here.
		"apigateway/prepare": "none",
	}
	// What clients of a server have, whichever they are.
	asked := map[string]string{"kafka-client": "KafkaOutside", "truststore": "OpenWhiskOutside", "redis-tls": "RedisOutside", "certificate": "RedisSecured"}
	for _, env := range environments(t) {
		for _, w := range env.Workloads {
			component := w.Metadata.Labels["app.kubernetes.io/name"]
			for _, c := range w.Spec.Template.Spec.Containers {
				if len(c.Probes()) > 0 && probed[component] == "" {
					t.Errorf("%s: no check runs the probes of %s", env.Name, component)
				}
				// What is beside a component must not take it out of its Service.
				probes := 3
				if c.Name != component {
					probes = 1
				}
				if w.Kind != "Job" && w.Kind != "CronJob" && len(c.Probes()) != probes {
					t.Errorf("%s: %s of %s has %d probes, not %d", env.Name, c.Name, component, len(c.Probes()), probes)
				}
			}
			for _, c := range w.Spec.Template.Spec.InitContainers {
				// The check Waits refuses a wait that it does not know.
				if !strings.HasPrefix(c.Name, "wait-for-") && prepared[component+"/"+c.Name] == "" && asked[c.Name] == "" {
					t.Errorf("%s: no check runs the init container %s of %s", env.Name, c.Name, component)
				}
			}
		}
	}
}
