package catalog

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shells that images have.
var shells = [][]string{{"sh"}, {"bash"}, {"busybox", "sh"}}

// client runs client.sh in a shell, with a folder of its own in the place of
// /kafka-client, and returns that folder and what it said.
func client(t *testing.T, shell []string, env ...string) (string, string, error) {
	t.Helper()
	if _, err := exec.LookPath(shell[0]); err != nil {
		t.Skipf("no %s", shell[0])
	}
	text, err := Files.ReadFile("kafka/client.sh")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	script := strings.ReplaceAll(string(text), "out=/kafka-client", "out="+out)
	cmd := exec.Command(shell[0], append(shell[1:], "-c", script)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "MECHANISM=", "CA=", "CERTIFICATE=", "VERIFY=true", "SECRET=kafka-user"}, env...)
	said, err := cmd.CombinedOutput()
	return out, string(said), err
}

func content(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A login is written as each of its readers has it.
func TestClientLogin(t *testing.T) {
	for _, shell := range shells {
		for _, tt := range []struct{ password, jaas, properties string }{
			{"secret", `"secret"`, `"secret"`},
			{`a"b`, `"a\"b"`, `"a\\"b"`},
			{`a\b`, `"a\\b"`, `"a\\\\b"`},
			{`'$(x) %n;{}#`, `"'$(x) %n;{}#"`, `"'$(x) %n;{}#"`},
			{" ", `" "`, `" "`},
		} {
			folder, said, err := client(t, shell, "PROTOCOL=SASL_PLAINTEXT", "MECHANISM=PLAIN", "MODULE=a.B", "EXPORTER_MECHANISM=plain", "KAFKA_USERNAME=u", "KAFKA_PASSWORD="+tt.password)
			if err != nil {
				t.Fatalf("%v: %q: %v: %s", shell, tt.password, err, said)
			}
			for name, want := range map[string]string{
				"jaas.conf":         "KafkaClient {\na.B required username=\"u\" password=" + tt.jaas + ";\n};\n",
				"client.properties": "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=a.B required username=\"u\" password=" + tt.properties + ";\n",
				"exporter.args":     "--sasl.enabled\n--sasl.username=u\n--sasl.password=" + tt.password + "\n--sasl.mechanism=plain\n",
			} {
				if got := content(t, folder, name); got != want {
					t.Errorf("%v: %s of %q is %q, want %q", shell, name, tt.password, got, want)
				}
			}
			if strings.Contains(said, tt.password) && len(tt.password) > 1 {
				t.Errorf("%v: the password is said: %s", shell, said)
			}
		}
	}
}

// What no reader gets as it is ends the pod's start with what to do.
func TestClientRefuses(t *testing.T) {
	for _, shell := range shells {
		for password, want := range map[string]string{
			"":         "the password of Secret kafka-user is empty",
			"secret\n": "perhaps a line feed at its end",
			"sécret":   "more than letters, digits and signs of ASCII",
			"a${b}":    "a dollar before a brace",
		} {
			_, said, err := client(t, shell, "PROTOCOL=SASL_SSL", "MECHANISM=PLAIN", "MODULE=a.B", "EXPORTER_MECHANISM=plain", "KAFKA_USERNAME=u", "KAFKA_PASSWORD="+password)
			if err == nil || !strings.Contains(said, want) {
				t.Errorf("%v: of %q it says %q, want %q", shell, password, said, want)
			}
		}
	}
}

// Without a login and a certificate nothing else is written.
func TestClientTLS(t *testing.T) {
	ca := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(ca, []byte("-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, shell := range shells {
		folder, said, err := client(t, shell, "PROTOCOL=SSL", "VERIFY=false", "CA="+ca, "CA_KEY=ca.crt of Secret a")
		if err != nil {
			t.Fatalf("%v: %v: %s", shell, err, said)
		}
		want := "security.protocol=SSL\nssl.endpoint.identification.algorithm=\nssl.truststore.type=PEM\nssl.truststore.location=" + folder + "/ca.crt\n"
		if got := content(t, folder, "client.properties"); got != want {
			t.Errorf("%v: client.properties is %q, want %q", shell, got, want)
		}
		want = "--tls.enabled\n--tls.insecure-skip-tls-verify\n--tls.ca-file=" + folder + "/ca.crt\n"
		if got := content(t, folder, "exporter.args"); got != want {
			t.Errorf("%v: exporter.args is %q, want %q", shell, got, want)
		}
	}
}
