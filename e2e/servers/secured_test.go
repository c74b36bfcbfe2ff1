package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// secured generates the environments of testdata/secured.cue.
var secured = sync.OnceValues(func() (string, error) {
	program, err := ground.Whiskops()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "whiskops-secured-")
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile("testdata/secured.cue")
	if err == nil {
		err = os.MkdirAll(filepath.Join(folder, "environments"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "environments", "secured.cue"), text, 0o644)
	}
	if err != nil {
		return "", err
	}
	command := exec.Command(program, "generate")
	command.Dir = folder
	if out, err := command.CombinedOutput(); err != nil {
		return "", &generateError{string(out)}
	}
	return filepath.Join(folder, "golden"), nil
})

type generateError struct{ said string }

func (e *generateError) Error() string { return "whiskops generate: " + e.said }

func securedEnv(t *testing.T, name string) *golden.Env {
	t.Helper()
	folder, err := secured()
	if err != nil {
		t.Fatal(err)
	}
	env, err := golden.Load(folder, name)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestKafkaOutside(t *testing.T) {
	t.Parallel()
	if err := try(t, securedEnv(t, "outside"), KafkaOutside); err != nil {
		t.Fatal(err)
	}
}

func TestOpenWhiskOutside(t *testing.T) {
	t.Parallel()
	if err := try(t, securedEnv(t, "outside"), OpenWhiskOutside(securedEnv(t, "own"), securedEnv(t, "strimzi"))); err != nil {
		t.Fatal(err)
	}
}

func TestRedisWithPassword(t *testing.T) {
	t.Parallel()
	if err := try(t, securedEnv(t, "own"), Redis); err != nil {
		t.Fatal(err)
	}
}

func TestRedisOutside(t *testing.T) {
	t.Parallel()
	if err := try(t, securedEnv(t, "outside"), RedisOutside); err != nil {
		t.Fatal(err)
	}
}

// A fault made on purpose must be found.
func TestKafkaOutsideMutations(t *testing.T) {
	for _, tt := range []struct {
		name, file, from, to, want string
	}{
		{"no client configuration", "configmap-kafka-topics-env.yaml", "  COMMAND_CONFIG: /kafka-client/client.properties\n", "", "refused: "},
		{"quotes are not escaped", "deployment-kafka-topics.yaml", `s/[\\"]/\\&/g; `, "", "topics: "},
		{"backslashes of properties", "deployment-kafka-topics.yaml", `login | sed 's/\\/\\\\/g'`, "login", "topics: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env, err := securedEnv(t, "outside").Changed(tt.file, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			err = try(t, env, KafkaOutside)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("wanted an error with %q, got %v", tt.want, err)
			}
			t.Logf("found: %v", err)
		})
	}
}

func TestBrokersSecured(t *testing.T) {
	t.Parallel()
	if err := try(t, securedEnv(t, "brokers"), BrokersSecured); err != nil {
		t.Fatal(err)
	}
}
