package environment

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

const examples = "../../examples/environments"

func TestLoadExamples(t *testing.T) {
	envs, fs, err := Load(os.DirFS(examples), examples)
	if err != nil || len(fs) > 0 {
		t.Fatal(err, fs)
	}
	var names []string
	for _, e := range envs {
		names = append(names, e.Name)
	}
	if diff := cmp.Diff([]string{"ci", "development", "production"}, names); diff != "" {
		t.Errorf("environments (-want +got):\n%s", diff)
	}
	production := envs[2]
	got := []any{
		production.Profile, production.Kafka.Volume.Size, production.Kafka.Heap, production.Kafka.Replicas,
		production.CouchDB.Volume.NFS.Server, production.Edge.TLS.CertManager.Issuer.Group, production.Edge.TLS.SelfSigned,
		production.Cluster.APIServer.Ports, production.Actions.Egress.CIDRs, len(production.Actions.Egress.Except),
		envs[1].Edge.TLS.SelfSigned != nil, envs[1].Kafka.Volume.None != nil,
	}
	want := []any{
		"production", "50Gi", "1Gi", 3,
		"10.0.0.4", "cert-manager.io", (*struct{})(nil),
		[]int{443, 6443}, []string{"0.0.0.0/0"}, 5,
		true, true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestBase(t *testing.T) {
	b := Base()
	if b.Edge.Host != "openwhisk.example.com" || b.Kafka.Replicas != 3 || b.Cluster.Nodes["invoker"].Count != 2 {
		t.Errorf("base is %+v", b)
	}
	if diff := cmp.Diff([]int{443, 6443}, b.Cluster.APIServer.Ports); diff != "" {
		t.Errorf("API server ports (-want +got):\n%s", diff)
	}
	if b.Source.Written("edge.host") || b.Source.Position("edge.host") != (finding.Position{}) {
		t.Error("the base has positions, but no user wrote it")
	}
}

// A shared default gives way to the environment's value, and neither clashes
// with the schema's default.
func TestSharedValues(t *testing.T) {
	envs := mustLoad(t, map[string]string{
		"shared.cue": `package environments

_shared: {
	edge: host: string
	kafka: replicas: *5 | int
	actions: egress: except: []
	cluster: nodes: [string]: zones: 3
}
_small: cpu: "2", _small: memory: "4Gi"
[string]: imagePullSecrets: ["registry"]
`,
		"envs.cue": `package environments

import "strings"

let domain = "example.com"
b: _shared & {edge: host: "b.\(domain)", kafka: replicas: 1}
a: _shared & {edge: host: strings.ToLower("A.") + domain, cluster: nodes: {for n in ["core", "invoker"] {(n): _small & {count: 2}}}}
`,
	})
	got := []any{len(envs), envs[0].Name, envs[0].Edge.Host, envs[0].Kafka.Replicas, envs[0].Cluster.Nodes["core"], envs[1].Kafka.Replicas, envs[1].Actions.Egress, envs[1].ImagePullSecrets}
	want := []any{2, "a", "a.example.com", 5, NodePool{Count: 2, CPU: "2", Memory: "4Gi", Zones: 3, SystemPods: 10, Labels: map[string]string{}, Taints: []Taint{}}, 1,
		Egress{CIDRs: []string{"0.0.0.0/0"}, Except: []string{}}, []string{"registry"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func mustLoad(t *testing.T, files map[string]string) []Environment {
	t.Helper()
	in := map[string][]byte{}
	for name, src := range files {
		in[name] = []byte(src)
	}
	envs, fs, err := LoadBytes(".", in)
	if err != nil || len(fs) > 0 {
		t.Fatal(err, text(t, fs, in))
	}
	return envs
}

func TestLoadDirectory(t *testing.T) {
	write := func(dir, name, src string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("what is read", func(t *testing.T) {
		dir := t.TempDir()
		write(dir, "a.cue", "production: edge: host: \"a\"\n")
		write(dir, "a_test.cue", "production: kafka: replicas: 5\n")
		write(dir, ".#a.cue", "}")
		write(dir, "_old.cue", "}")
		write(dir, "README.md", "}")
		if err := os.Mkdir(filepath.Join(dir, "more.cue"), 0o755); err != nil {
			t.Fatal(err)
		}
		// A cue.mod asks for a module that does not exist: nobody looks.
		if err := os.Mkdir(filepath.Join(dir, "cue.mod"), 0o755); err != nil {
			t.Fatal(err)
		}
		write(filepath.Join(dir, "cue.mod"), "module.cue", "module: \"a.example/b@v0\"\nlanguage: version: \"v99.0.0\"\n")
		envs, fs, err := Load(os.DirFS(dir), dir)
		if err != nil || len(fs) > 0 || len(envs) != 1 || envs[0].Kafka.Replicas != 5 {
			t.Errorf("Load = %v, %v, %v, want one environment with 5 brokers", envs, fs, err)
		}
		if got, want := envs[0].Source.Position("kafka.replicas").File, filepath.ToSlash(filepath.Join(dir, "a_test.cue")); got != want {
			t.Errorf("position in %s, want %s", got, want)
		}
	})
	t.Run("no directory", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "nowhere")
		if _, _, err := Load(os.DirFS(dir), dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("error %v, want one that names %s", err, dir)
		}
	})
	t.Run("link to nothing", func(t *testing.T) {
		dir := t.TempDir()
		write(dir, "b.cue", "production: edge: host: \"a\"\n")
		link := filepath.Join(dir, "a.cue")
		if err := os.Symlink("../gone", link); err != nil {
			t.Skip(err)
		}
		_, _, err := Load(os.DirFS(dir), dir)
		if want := "read environments: " + link + " is a symbolic link to ../gone, which does not exist"; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
		if errors.Is(err, fs.ErrNotExist) {
			t.Error("it is the error of a directory that is not there")
		}
	})
	t.Run("unreadable file", func(t *testing.T) {
		if os.Geteuid() == 0 || runtime.GOOS == "windows" {
			t.Skip("nothing is unreadable to root")
		}
		dir := t.TempDir()
		write(dir, "a.cue", "")
		if err := os.Chmod(filepath.Join(dir, "a.cue"), 0); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Load(os.DirFS(dir), dir); err == nil || !strings.Contains(err.Error(), "a.cue") {
			t.Errorf("error %v, want one that names a.cue", err)
		}
	})
	t.Run("ten megabytes", func(t *testing.T) {
		dir := t.TempDir()
		write(dir, "a.cue", "production: edge: host: \"a\"\n")
		write(dir, "b.cue", strings.Repeat("// nothing\n", 1<<20))
		_, fs, err := Load(os.DirFS(dir), dir)
		if err != nil || len(fs) != 1 || fs[0].Code != place.CodeSize || filepath.Base(fs[0].File) != "b.cue" {
			t.Errorf("findings %v, %v, want one %s in b.cue", fs, err, place.CodeSize)
		}
	})
}

// The evaluator's switches change nothing. They are read once in a process, so
// that this test is two processes.
func TestEnvironmentVariables(t *testing.T) {
	const child = "WHISKOPS_TEST_CHILD"
	load := func() string {
		envs, fs, err := LoadBytes(".", map[string][]byte{
			"a.cue": []byte("a: {edge: host: \"a\", kafka: replicsa: 3}\nb: edge: host: \"b\"\n"),
		})
		return fmt.Sprint(len(envs), fs, err, Base().Kafka)
	}
	if os.Getenv(child) != "" {
		fmt.Print(load())
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestEnvironmentVariables$")
	cmd.Env = append(os.Environ(), child+"=1", "CUE_DEBUG=opendef,sharing=0,sortfields,strict,logeval=1", "CUE_EXPERIMENT=nonsense,evalv3=0",
		"CUE_REGISTRY=%%%", "CUE_CACHE_DIR=/dev/null/x", "CUE_CONFIG_DIR=/dev/null/x", "LC_ALL=tr_TR.UTF-8", "TZ=Nowhere")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got, _, _ := bytes.Cut(out, []byte("PASS"))
	if diff := cmp.Diff(load(), string(got)); diff != "" {
		t.Errorf("with variables (-without +with):\n%s", diff)
	}
}

// The same files in another order of a map give the same findings.
func TestDeterministic(t *testing.T) {
	files := map[string][]byte{}
	for i := range 12 {
		files[fmt.Sprintf("f%02d.cue", i)] = fmt.Appendf(nil, "e%d: {edge: host: %d, kafka: {replicas: 0, topics: by: \"me\"}}\nshared: edge: port: %d\n", i, i, i)
	}
	_, want, err := LoadBytes(".", files)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, got, _ := LoadBytes(".", files); !cmp.Equal(want, got) {
			t.Fatalf("findings differ (-first +then):\n%s", cmp.Diff(want, got))
		}
	}
}
