package servers

import (
	"context"
	"errors"
	"os"
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
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
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

func everywhere(t *testing.T, check func(*Run) error) {
	for _, env := range environments(t) {
		t.Run(env.Name, func(t *testing.T) {
			if err := try(t, env, check); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestNginx(t *testing.T) { everywhere(t, Nginx) }

func TestRedis(t *testing.T) { everywhere(t, Redis) }

func TestKafka(t *testing.T) { everywhere(t, Kafka) }

func TestCouchDB(t *testing.T) { everywhere(t, CouchDB) }

func TestWaits(t *testing.T) { everywhere(t, Waits) }

func TestProbes(t *testing.T) { everywhere(t, Probes) }

func TestDrain(t *testing.T) { everywhere(t, Drain) }

func TestSmoke(t *testing.T) { everywhere(t, Smoke) }
