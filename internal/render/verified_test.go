package render

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kinds"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/kustomize/kustomizetest"
	"github.com/whiskops/whiskops/internal/verify"
)

var updateCases = flag.Bool("update", false, "rewrite what the cases of testdata/custom expect")

// What is generated is judged as a user's folder would be, and as any tree, and
// nothing is found, whatever the version of Kubernetes.
func TestPlainHasNoFinding(t *testing.T) {
	eachSaid(t, sound)
	env := secured()
	s, err := newSample(&env)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, &s)
}

// secured is an environment all of whose servers are outside, each with an authority
// and a login: the random ones seldom have all of it.
func secured() environment.Environment {
	env := environment.Base()
	env.Name = "secured"
	by := func(secret string) *environment.Authority {
		return &environment.Authority{Secret: secret, Key: "ca.crt"}
	}
	env.Kafka.External = &environment.KafkaExternal{
		Bootstrap: []string{"kafka.example.com:9093"}, Brokers: 3, MessageMaxBytes: 1054644,
		TLS: &environment.KafkaTLS{CA: by("kafka-ca"), VerifyHost: true}, SASL: &environment.KafkaSASL{Mechanism: "SCRAM-SHA-512"},
	}
	env.CouchDB.External = &environment.CouchDBExternal{Protocol: "https", Host: "couchdb.example.com", Port: 6984, CA: by("couchdb-ca")}
	env.Redis.External = &environment.RedisExternal{Host: "redis.example.com", Port: 6380, TLS: &environment.RedisTLS{CA: by("redis-ca")}}
	env.Redis.Password = true
	return env
}

// sound tells of each finding about what is generated.
func sound(t *testing.T, s *sample) {
	t.Helper()
	set := Judged(&s.values, s.objects)
	set.At = func(kustomize.Object, []string, ...string) finding.Position { return finding.Position{} }
	for _, minor := range []int{kinds.Oldest(), set.Minor, kinds.Newest()} {
		set.Minor = minor
		for _, f := range verify.Check(set) {
			t.Errorf("1.%d: %v", minor, f)
		}
	}
	for _, f := range verify.Custom(s.objects, set, verify.Own{}) {
		t.Error(f)
	}
	set.Open, set.Secrets, set.Made = true, nil, []verify.Made{{Labels: s.values.Catalog.Actions.Labels}, {Labels: s.values.Catalog.Actions.System.Labels}}
	for _, f := range verify.Check(set) {
		t.Errorf("open: %v", f)
	}
}

// Secrets of services outside, and files of the JVMs' variables, are known too: what is
// generated must not be refused as soon as somebody has a folder of their own.
func TestSecuredHasNoFinding(t *testing.T) {
	env := environment.Base()
	env.Name = "secured"
	env.Edge.Host = "openwhisk.example.com"
	env.Kafka.External = &environment.KafkaExternal{
		Bootstrap: []string{"kafka.example.com:9093"}, Brokers: 3, MessageMaxBytes: 2 << 20,
		TLS: &environment.KafkaTLS{
			CA:          &environment.Authority{Secret: "kafka-ca", Key: "ca.crt"},
			Certificate: &environment.ClientCertificate{Secret: "kafka-client", Certificate: "tls.crt", Key: "tls.key"},
			VerifyHost:  true,
		},
		SASL: &environment.KafkaSASL{Mechanism: "SCRAM-SHA-512"},
	}
	env.CouchDB.Backup = &environment.CouchDBBackup{
		Schedule: "43 2 * * *", Keep: 7, Resources: env.Redis.Resources,
		S3: &environment.CouchDBBackupS3{Bucket: "copies", Prefix: "couchdb/", Endpoint: "https://s3.example.com", Region: "us-east-1", Secret: "copies-s3"},
	}
	s, err := newSample(&env)
	if err != nil {
		t.Fatal(err)
	}
	set := Judged(&s.values, s.objects)
	set.At = func(kustomize.Object, []string, ...string) finding.Position { return finding.Position{} }
	for _, f := range verify.Check(set) {
		t.Error(f)
	}
}

// A case of testdata/custom/<subject>.txtar is NAME.yaml, the kustomization of a
// custom folder of the environment "production" of examples/environments, other
// files of that folder as NAME/<file>, files of the repository as NAME//<path>, and
// the findings about it, NAME.txt. With -short those of a subject are left out that show
// no finding which those before them do not show.
func TestCustomCases(t *testing.T) {
	files, err := filepath.Glob("testdata/custom/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var kept []txtar.File
		for _, f := range archive.Files {
			if name, ok := strings.CutSuffix(f.Name, ".txt"); ok && !strings.Contains(name, "/") {
				continue
			}
			kept = append(kept, f)
		}
		var out []txtar.File
		shown := map[string]bool{}
		for i, f := range kept {
			out = append(out, f)
			name, _, _ := strings.Cut(strings.TrimSuffix(f.Name, ".yaml"), "/")
			if i+1 < len(kept) {
				if next, _, _ := strings.Cut(strings.TrimSuffix(kept[i+1].Name, ".yaml"), "/"); next == name {
					continue
				}
			}
			want := content(archive, name+".txt")
			if testing.Short() && !*updateCases && !shows(shown, want) {
				continue
			}
			got := customFindings(t, archive, name, seen)
			if *updateCases {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s: (-want +got):\n%s", file, name, diff)
			}
			out = append(out, txtar.File{Name: name + ".txt", Data: []byte(got)})
		}
		if *updateCases {
			archive.Files = out
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, code := range []string{"WO701", "WO702", "WO703", "WO704", "WO705", "WO706", "WO707", "WO708", "WO709", "WO710", "WO711", "WO712"} {
		if !seen[code] {
			t.Errorf("no case for %s", code)
		}
	}
}

var codeInText = regexp.MustCompile(`WO[0-9]+|^$`)

// shows tells whether a text has a code that was not shown before, or is the first
// that is empty.
func shows(shown map[string]bool, text string) bool {
	before := len(shown)
	for _, code := range codeInText.FindAllString(text, -1) {
		shown[code] = true
	}
	return len(shown) > before
}

func content(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// customFindings are those of a case, as a user reads them.
func customFindings(t *testing.T, a *txtar.Archive, name string, seen map[string]bool) string {
	t.Helper()
	at := path.Join(OverlayFolder, "production", CustomFolder)
	root := fstest.MapFS{}
	for _, f := range a.Files {
		switch {
		case f.Name == name+".yaml":
			root[path.Join(at, "kustomization.yaml")] = &fstest.MapFile{Data: f.Data}
		case strings.HasPrefix(f.Name, name+"//"):
			root[strings.TrimPrefix(f.Name, name+"//")] = &fstest.MapFile{Data: f.Data}
		case strings.HasPrefix(f.Name, name+"/"):
			root[path.Join(at, strings.TrimPrefix(f.Name, name+"/"))] = &fstest.MapFile{Data: f.Data}
		}
	}
	var env environment.Environment
	for _, e := range exampleEnvironments(t) {
		if e.Name == "production" {
			env = e
			env.GitOps.Flux, env.GitOps.ArgoCD = nil, nil // it is applied by hand
		}
	}
	found, err := ownFindings([]environment.Environment{env}, root, Options{Memory: &plainParts})
	if err != nil {
		t.Fatal(name, err)
	}
	// Said of each component of an environment that is applied by hand: one case
	// shows it.
	if name != "tiers" {
		found = slices.DeleteFunc(found, func(f finding.Finding) bool { return f.Code == "WO707" })
	}
	for _, f := range found {
		seen[f.Code] = true
	}
	var b bytes.Buffer
	read := func(name string) ([]byte, error) { return root.ReadFile(filepath.ToSlash(name)) }
	if err := finding.WriteText(&b, found, finding.Options{Read: read}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// plainParts is what cases have in common: the parts of an overlay without its custom
// folder.
var plainParts kustomizetest.Memory

// ownFindings are those about the environments' own folders.
func ownFindings(envs []environment.Environment, root fs.ReadLinkFS, o Options) ([]finding.Finding, error) {
	var found []finding.Finding
	o.Warn = func(f finding.Finding) { found = append(found, f) }
	_, err := Tree(envs, root, o)
	mistakes := Mistakes(err)
	if err != nil && len(mistakes) == 0 {
		return nil, err
	}
	return finding.Sort(append(found, mistakes...)), nil
}
