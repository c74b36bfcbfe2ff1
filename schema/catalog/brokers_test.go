package catalog

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	certificatePEM = "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"
	keyPEM         = "-----BEGIN PRIVATE KEY-----\nB\n-----END PRIVATE KEY-----\n"
)

// brokerPlace has the folders of a broker's pod.
type brokerPlace struct{ certs, memory, script string }

func newBrokerPlace(t *testing.T, file string) brokerPlace {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	text, err := Files.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := brokerPlace{certs: t.TempDir(), memory: t.TempDir()}
	p.script = strings.NewReplacer("/certs/", p.certs+"/", "/kafka-broker", p.memory, "exec /etc/kafka/docker/run", `echo "started, $(env | grep -c LOGIN_)"`).Replace(string(text))
	for name, text := range map[string]string{"tls.crt": certificatePEM, "tls.key": keyPEM, "ca.crt": certificatePEM} {
		p.write(t, name, text)
	}
	return p
}

func (p brokerPlace) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.certs, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p brokerPlace) run(args []string, env ...string) (string, error) {
	cmd := exec.Command("bash", append([]string{"-c", p.script, "x"}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	said, err := cmd.CombinedOutput()
	return string(said), err
}

// A broker has what it reads, and nothing else knows the password.
func TestBrokerStarts(t *testing.T) {
	for _, tt := range []struct{ password, jaas string }{
		{"secret", `"secret"`}, {`a"b\c`, `"a\"b\\c"`}, {`'$(x) %n;{}# `, `"'$(x) %n;{}# "`},
	} {
		p := newBrokerPlace(t, "kafka/broker.sh")
		said, err := p.run(nil, "LOGIN_USERNAME=a.b-c_1", "LOGIN_PASSWORD="+tt.password)
		if err != nil || said != "started, 0\n" {
			t.Fatalf("%q: %v: %s", tt.password, err, said)
		}
		for name, want := range map[string]string{
			"broker.pem": keyPEM + certificatePEM,
			"tls.crt":    certificatePEM,
			"ca.crt":     certificatePEM,
			"jaas.conf":  "KafkaServer {\norg.apache.kafka.common.security.plain.PlainLoginModule required user_a.b-c_1=" + tt.jaas + ";\n};\n",
			"peer.properties": "security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.location=" + p.memory + "/broker.pem\n" +
				"ssl.truststore.type=PEM\nssl.truststore.location=" + p.memory + "/ca.crt\n",
		} {
			if got := content(t, p.memory, name); got != want {
				t.Errorf("%q: %s is %q, want %q", tt.password, name, got, want)
			}
		}
	}
}

// Without a login there is none.
func TestBrokerWithoutLogin(t *testing.T) {
	p := newBrokerPlace(t, "kafka/broker.sh")
	if said, err := p.run(nil); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if _, err := os.Stat(filepath.Join(p.memory, "jaas.conf")); err == nil {
		t.Error("there is a login")
	}
}

// What no broker starts with is said, without the password.
func TestBrokerRefuses(t *testing.T) {
	for _, tt := range []struct{ file, text, user, password, want string }{
		{"tls.crt", "", "u", "p", "has no tls.crt in PEM that begins with BEGIN CERTIFICATE"},
		{"ca.crt", "", "u", "p", "has no ca.crt in PEM that begins with BEGIN CERTIFICATE"},
		{"tls.key", "-----BEGIN EC PRIVATE KEY-----\n", "u", "p", "has no tls.key in PEM that begins with BEGIN PRIVATE KEY"},
		{"", "", "", "hidden", "the username of the login at Kafka must be"},
		{"", "", "a b", "hidden", "the username of the login at Kafka must be"},
		{"", "", "u", "", "the password of the login at Kafka is empty"},
		{"", "", "u", "hidden\n", "perhaps a line feed at its end"},
		{"", "", "u", "hidden${b}", "a dollar before a brace"},
	} {
		p := newBrokerPlace(t, "kafka/broker.sh")
		if tt.file != "" {
			p.write(t, tt.file, tt.text)
		}
		said, err := p.run(nil, "LOGIN_USERNAME="+tt.user, "LOGIN_PASSWORD="+tt.password)
		if err == nil || !strings.Contains(said, tt.want) || strings.Contains(said, "hidden") {
			t.Errorf("%+v: %v: %s", tt, err, said)
		}
	}
}

// A broker goes on until its turn has come after a renewal: before it and after.
func TestBrokerAlive(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	for _, tt := range []struct {
		id      string
		age     time.Duration
		renewed bool
		alive   bool
	}{
		{"0", time.Hour, false, true}, {"0", 10*time.Minute - 20*time.Second, true, true}, {"0", 11 * time.Minute, true, false},
		{"2", 30*time.Minute - 20*time.Second, true, true}, {"2", 31 * time.Minute, true, false},
		{"101", 20*time.Minute - 20*time.Second, true, true}, {"101", 21 * time.Minute, true, false},
	} {
		p := newBrokerPlace(t, "kafka/alive.sh")
		used := certificatePEM
		if tt.renewed {
			used = "another"
		}
		if err := os.WriteFile(filepath.Join(p.memory, "tls.crt"), []byte(used), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-tt.age)
		if err := os.Chtimes(filepath.Join(p.certs, "tls.crt"), at, at); err != nil {
			t.Fatal(err)
		}
		if said, err := p.run([]string{port}, "KAFKA_NODE_ID="+tt.id); (err == nil) != tt.alive {
			t.Errorf("%+v: %v: %s", tt, err, said)
		}
	}
	listener.Close()
	p := newBrokerPlace(t, "kafka/alive.sh")
	if said, err := p.run([]string{port}, "KAFKA_NODE_ID=0"); err == nil || said != "this broker accepts no connection\n" {
		t.Errorf("a closed port: %v: %s", err, said)
	}
}
