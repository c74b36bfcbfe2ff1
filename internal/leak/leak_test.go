package leak

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/secret"
	"github.com/whiskops/whiskops/internal/value"
)

func TestLooks(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                  false,
		"TcMDa81xQp0Zk2LmN4vB7yR":           false, // 23: too short to tell
		"TcMDa81xQp0Zk2LmN4vB7yRs":          true,
		"password=TcMDa81xQp0Zk2LmN4vB7yRs": true,
		"org.apache.openwhisk.core.database.CouchDbRestArtifactStore2":                         false,
		"CONFIG_whisk_containerPool_akkaClient_idleTimeout60s":                                 false,
		"IdentifiersHaveLongWordsMostly2WithDigits17":                                          false,
		"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08":              false,
		"5f0c1a52-9a01-4c55-8d7f-31c1b7a0c001":                                                 false,
		"5f0c1a52-9a01-4c55-8d7f-31c1b7a0c001:" + strings.Repeat("a", 64):                      true,
		"-----BEGIN RSA PRIVATE KEY-----":                                                      true,
		"-----BEGIN CERTIFICATE-----\nMIIB4kq7R3x9PzLm2Vw8Ty5Nc6Bd\n-----END CERTIFICATE-----": false,
		"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI0a3E3UjN4OVB6TG0yVnc4VHk1TmM2QmQ":          false,
		"{{ index . \"random-0\" }}":                                                           false,
	} {
		if got := Looks(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// A token says itself that it is one.
func TestLooksIssued(t *testing.T) {
	for _, mark := range []string{"ghp_", "github_pat_", "glpat-", "hvs.", "xoxb-"} {
		if token := "x=" + mark + strings.Repeat("a1", 18); !Looks(token) {
			t.Errorf("%s is none", token)
		}
		if short := mark + "a1"; Looks(short) {
			t.Errorf("%s is one", short)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        bool
	}{
		{"DB_PASSWORD", "hunter2", true},
		{"PASSWORD", "1234", true},
		{"AWS_SECRET_ACCESS_KEY", "abcd", true},
		{"API_TOKEN", "abcd", true},
		{"apiKey", "abcd", true},
		{"whisk.db.password", "abcd", true},
		{"DB_PASSWORD", "", false},
		{"DB_PASSWORD_FILE", "abcd", false},
		{"DB_PASSWORD", "/run/secrets/db", false},
		{"DB_PASSWORD", "file:/run/secrets/db", false},
		{"DB_PASSWORD", "$(FROM_A_SECRET)", false},
		{"DB_PASSWORD", "${FROM_A_SECRET}", false},
		{"REQUIRE_TOKEN", "true", false},
		{"MAX_TOKEN", "100", false},
		{"TOKEN_TTL", "3600s", false},
		{"SECRET_NAME", "abcd", false},
		{"PARTITION_KEY", "user", false},
		{"NOTOKEN", "abcd", false},
	} {
		if got := Named(tt.name, tt.value); got != tt.want {
			t.Errorf("%s=%s: %v", tt.name, tt.value, got)
		}
	}
	for word, want := range map[string]bool{
		"--password=hunter2": true, "-Dpassword=hunter2": true, "-Djavax.net.ssl.trustStorePassword=hunter2": true,
		"--password": false, "-Djavax.net.ssl.trustStorePassword=changeit": false, "--password-file=/x": false, "-Dtoken.file=a": false, "a=b": false, "-XX:+UseG1GC": false,
	} {
		if got := Assigned(word); got != want {
			t.Errorf("%s: %v", word, got)
		}
	}
}

// What whiskops itself makes is found: 1000 of each form.
func TestFindsWhatIsMade(t *testing.T) {
	for _, form := range []catalog.Value{{Length: 48}, {Length: 64, Subject: true}} {
		missed := 0
		source := rand.NewChaCha8([32]byte{1}) // the same texts each time
		for range 1000 {
			text, err := secret.Make(form, source)
			if err != nil {
				t.Fatal(err)
			}
			if !Looks(text) {
				missed++
			}
		}
		// Three in five, give or take: less than two in five is one in a thousand.
		if missed > 20 {
			t.Errorf("%+v: %d of 1000 are not found", form, missed)
		}
	}
}

func TestFields(t *testing.T) {
	const key = "TcMDa81xQp0Zk2LmN4vB7yRs"
	for _, tt := range []struct {
		name string
		o    krm.M
		want []string
	}{
		{"secret", krm.M{"kind": "Secret", "data": krm.M{"b": "eA==", "empty": ""}, "stringData": krm.M{"a": "x"}}, []string{"data.b", "stringData.a"}},
		{"token", krm.M{"kind": "Secret", "type": "kubernetes.io/service-account-token"}, nil},
		{"encrypted", krm.M{"kind": "Secret", "sops": krm.M{}, "data": krm.M{"b": "ENC[]"}}, nil},
		{"sealed", krm.M{"kind": "SealedSecret", "spec": krm.M{"encryptedData": krm.M{"a": key}}}, nil},
		{"variable", krm.M{"kind": "Deployment", "spec": krm.L{krm.M{"value": "fine"}, krm.M{"value": key}}}, []string{"spec[1].value"}},
	} {
		if diff := cmp.Diff(tt.want, Fields(tt.o)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestTheTree: nothing that is generated for the reference environments looks
// secret, but for the Secrets of development.
func TestTheTree(t *testing.T) {
	scanned := 0
	for _, dir := range []string{"base", "overlays", "golden"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(name string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(name) != ".yaml" {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			n, err := yaml.Parse(string(text))
			if err != nil {
				return err
			}
			o, err := value.Read(n.YNode())
			if err != nil {
				return err
			}
			m, _ := o.(map[string]any)
			if found := Fields(m); len(found) > 0 && !(m["kind"] == "Secret" && strings.Contains(name, "development")) {
				t.Errorf("%s: %v", name, found)
			}
			scanned++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if scanned < 150 {
		t.Errorf("only %d files", scanned)
	}
}
