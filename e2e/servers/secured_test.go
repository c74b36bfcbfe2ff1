package servers

import (
	"os"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// securedEnvs are the environments of testdata/secured.cue.
func securedEnvs(t *testing.T) map[string]*golden.Env {
	t.Helper()
	source, err := os.ReadFile("testdata/secured.cue")
	if err != nil {
		t.Fatal(err)
	}
	return generated(t, string(source))
}

func securedEnv(t *testing.T, name string) *golden.Env {
	t.Helper()
	env, ok := securedEnvs(t)[name]
	if !ok {
		t.Fatalf("testdata/secured.cue has no environment %s", name)
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
	envs := securedEnvs(t)
	if err := try(t, envs["outside"], OpenWhiskOutside(envs["own"], envs["strimzi"])); err != nil {
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

func TestRedisSecured(t *testing.T) {
	t.Parallel()
	if err := try(t, securedEnv(t, "routes"), RedisSecured); err != nil {
		t.Fatal(err)
	}
}

// A fault made on purpose must be found.
func TestRedisSecuredMutations(t *testing.T) {
	for _, tt := range []struct{ name, file, from, to, want string }{
		{"plain text too", "statefulset-redis.yaml", "- --port\n        - \"0\"\n", "- --port\n        - \"6390\"\n", "in plain text"},
		{"a renewed certificate is not taken", "statefulset-redis.yaml", "CONFIG SET tls-cert-file", "CONFIG GET tls-cert-file", "the certificate of before"},
		{"an end is not looked at", "statefulset-redis.yaml", "-checkend 0", "-enddate", "has run out"},
		{"a name is not looked at", "statefulset-redis.yaml", "'does match'", ".", "is not for the host"},
		{"any certificate will do", "deployment-apigateway.yaml", "proxy_ssl_verify on;", "proxy_ssl_verify off;", "another authority: it answers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env, err := securedEnv(t, "routes").Changed(tt.file, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			if err = try(t, env, RedisSecured); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("wanted an error with %q, got %v", tt.want, err)
			}
			t.Logf("found: %v", err)
		})
	}
}

// A fault made on purpose must be found.
func TestKafkaOutsideMutations(t *testing.T) {
	for _, tt := range []struct {
		name, file, from, to string
		// want is what the error says: that a wrong password is refused is asked first,
		// and a client that cannot read its own login never comes to be refused.
		want []string
	}{
		{"no client configuration", "configmap-kafka-topics-env.yaml", "  COMMAND_CONFIG: /kafka-client/client.properties\n", "",
			[]string{"refused: ", "does not say SaslAuthenticationException", "the topics at kafka-0.example.com:9093 cannot be read"}},
		{"quotes are not escaped", "deployment-kafka-topics.yaml", `s/[\\"]/\\&/g; `, "",
			[]string{"refused: ", "does not say SaslAuthenticationException", "in JAAS config"}},
		{"backslashes of properties", "deployment-kafka-topics.yaml", `login | sed 's/\\/\\\\/g'`, "login",
			[]string{"refused: ", "does not say SaslAuthenticationException", "in JAAS config"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env, err := securedEnv(t, "outside").Changed(tt.file, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			err = try(t, env, KafkaOutside)
			if err == nil {
				t.Fatal("nothing was found")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Fatalf("wanted an error with %q, got %v", want, err)
				}
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
