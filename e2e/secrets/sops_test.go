package secrets

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	program "github.com/whiskops/whiskops/e2e/ground"
)

// ground is a repository, and a home in which the user has an age key.
type ground struct {
	*testing.T
	root, home, path string
	// record has the arguments and the environment of each run of sops.
	record string
	keys   map[string]string // recipients by the names of the keys' files
}

const sizes = `
	edge: host: "functions.example.com"
	gitops: flux: git: url: "https://git.example.com/a.git"
	couchdb: activations: keep: "168h"
	cluster: nodes: {
		core: {count: 6, cpu: "8", memory: "32Gi", zones: 3}
		invoker: {count: 6, cpu: "8", memory: "32Gi", pods: 250, zones: 3}
	}
`

func newGround(t *testing.T) *ground {
	real, err := Tools()
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{T: t, root: t.TempDir(), home: t.TempDir(), keys: map[string]string{}}
	g.record, g.path = filepath.Join(t.TempDir(), "record"), filepath.Join(t.TempDir(), "bin")
	// The real sops, behind a script that remembers how it was called.
	g.write(filepath.Join(g.path, "sops"), fmt.Sprintf("#!/bin/sh\n{ printf '%%s\\n' \"$@\"; /usr/bin/env; } >> %s\nexec %s/sops \"$@\"\n", g.record, real), 0o755)
	for _, name := range []string{"flux", "alice", "mallory"} {
		text, err := exec.Command(filepath.Join(real, "age-keygen")).Output()
		if err != nil {
			t.Fatal(err)
		}
		g.write(filepath.Join(g.home, name+".agekey"), string(text), 0o600)
		g.keys[name] = regexp.MustCompile(`age1[0-9a-z]+`).FindString(string(text))
	}
	g.recipients("flux", "alice")
	return g
}

func (g *ground) write(name, text string, mode os.FileMode) {
	g.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		g.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		g.Fatal(err)
	}
}

// recipients of the environment's.
func (g *ground) recipients(names ...string) {
	var keys []string
	for _, n := range names {
		keys = append(keys, fmt.Sprintf("%q", g.keys[n]))
	}
	g.write(filepath.Join(g.root, "environments", "a.cue"),
		"package environments\n\nproduction: {"+sizes+"\tsecrets: source: sops: recipients: ["+strings.Join(keys, ", ")+"]\n}\n", 0o644)
}

// run runs whiskops with somebody's key, and gives what it says.
func (g *ground) run(key string, args ...string) (string, error) {
	g.Helper()
	binary, err := program.Whiskops()
	if err != nil {
		g.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Dir = g.root
	// As somebody's shell may have it, with other recipients in it.
	cmd.Env = []string{"PATH=" + g.path + ":/usr/bin:/bin", "HOME=" + g.home, "SOPS_AGE_RECIPIENTS=" + g.keys["mallory"]}
	if key != "" {
		cmd.Env = append(cmd.Env, "SOPS_AGE_KEY_FILE="+filepath.Join(g.home, key+".agekey"))
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (g *ground) must(key string, args ...string) string {
	g.Helper()
	out, err := g.run(key, args...)
	if err != nil {
		g.Fatalf("whiskops %v: %v\n%s", args, err, out)
	}
	return out
}

// refused wants a finding.
func (g *ground) refused(want, key string, args ...string) {
	g.Helper()
	if out, err := g.run(key, args...); err == nil || !strings.Contains(out, want) {
		g.Errorf("whiskops %v: %v, want %q:\n%s", args, err, want, out)
	}
}

func (g *ground) file(name string) string {
	return filepath.Join(g.root, "clusters", "production", "secrets", name+".yaml")
}

// opened decrypts as Flux does: the object as JSON, with an annotation that the
// wrapper added, and without a look at the sum.
func (g *ground) opened(key, name string) (map[string]string, error) {
	g.Helper()
	text, err := os.ReadFile(g.file(name))
	if err != nil {
		g.Fatal(err)
	}
	var o map[string]any
	if err := yaml.Unmarshal(text, &o); err != nil {
		g.Fatal(err)
	}
	o["metadata"].(map[string]any)["annotations"] = map[string]string{"a": "b"}
	built, err := json.Marshal(o)
	if err != nil {
		g.Fatal(err)
	}
	real, _ := Tools()
	cmd := exec.Command(filepath.Join(real, "sops"), "decrypt", "--ignore-mac", "--input-type", "json", "--output-type", "json", "--filename-override", "a.json")
	cmd.Stdin = strings.NewReader(string(built))
	cmd.Env = []string{"SOPS_AGE_KEY_FILE=" + filepath.Join(g.home, key+".agekey"), "HOME=" + g.home}
	out, err := cmd.Output()
	var secret struct{ StringData map[string]string }
	if err == nil {
		err = json.Unmarshal(out, &secret)
	}
	return secret.StringData, err
}

// plain fails for each place in which one of the values stands: a file of the
// repository or of the home, an argument or a variable of sops, a text.
func (g *ground) plain(values []string, texts ...string) {
	g.Helper()
	record, err := os.ReadFile(g.record)
	if err != nil {
		g.Fatal(err)
	}
	all := strings.Join(texts, "\n") + string(record)
	for _, dir := range []string{g.root, g.home} {
		err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(name)
			all += string(text)
			return err
		})
		if err != nil {
			g.Fatal(err)
		}
	}
	for _, v := range values {
		for _, form := range []string{v, base64.StdEncoding.EncodeToString([]byte(v))} {
			if strings.Contains(all, form) {
				g.Errorf("a value is in plain text somewhere")
			}
		}
	}
}

var forms = map[string]*regexp.Regexp{
	"couchdb-admin":      regexp.MustCompile(`^([A-Za-z0-9]{48}|admin|controller(-[a-z0-9]{6})?|invoker)$`),
	"openwhisk-admin":    regexp.MustCompile(`^([A-Za-z0-9]{48}|controller|invoker)$`),
	"openwhisk-subjects": regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}:[A-Za-z0-9]{64}$`),
}

// TestSOPS takes an environment through the life of its Secrets.
func TestSOPS(t *testing.T) {
	g := newGround(t)
	said := g.must("", "secrets", "create", "production") + g.must("", "generate") + g.must("", "generate", "--check") + g.must("alice", "secrets", "check", "--open")
	var values []string
	before := map[string]map[string]string{}
	for name, form := range forms {
		for _, key := range []string{"flux", "alice"} {
			data, err := g.opened(key, name)
			if err != nil {
				t.Fatalf("%s with the key of %s: %v", name, key, err)
			}
			before[name] = data
			for k, v := range data {
				if !form.MatchString(v) {
					t.Errorf("%s/%s has not its form", name, k)
				}
				if !strings.HasSuffix(k, "username") {
					values = append(values, v)
				}
			}
		}
		if _, err := g.opened("mallory", name); err == nil {
			t.Errorf("%s opens with the key of somebody else", name)
		}
	}

	// One value, with its user's name; the others stay.
	said += g.must("alice", "secrets", "rotate", "production", "couchdb/controller-password")
	after, err := g.opened("flux", "couchdb-admin")
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range before["couchdb-admin"] {
		if changed := after[k] != v; changed != strings.HasPrefix(k, "controller-") {
			t.Errorf("%s changed: %v", k, changed)
		}
	}
	g.plain(append(values, after["controller-password"]), said)
	g.refused("WO666: none of your keys opens the file", "mallory", "secrets", "rotate", "production", "subjects/guest")
	g.refused("WO666: none of your keys opens the file", "", "secrets", "check", "production", "--open")

	// Somebody leaves: the files still open for both, until they are made anew.
	g.recipients("flux")
	g.refused("opens the file too, and is no recipient", "", "generate")
	for _, k := range []string{"couchdb/password", "openwhisk/invoker-password", "subjects/guest"} {
		said += g.must("alice", "secrets", "rotate", "production", k)
	}
	said += g.must("flux", "secrets", "check", "--open") + g.must("", "generate", "--check")
	if _, err := g.opened("alice", "couchdb-admin"); err == nil {
		t.Error("who left can open what was encrypted since")
	}
	g.plain(values, said)

	// A value that was put into the place of another: only who has a key sees it.
	text, err := os.ReadFile(g.file("openwhisk-admin"))
	if err != nil {
		t.Fatal(err)
	}
	swapped := strings.NewReplacer("controller-password:", "invoker-password:", "invoker-password:", "controller-password:").Replace(string(text))
	g.write(g.file("openwhisk-admin"), swapped, 0o644)
	g.must("", "generate", "--check")
	g.refused("WO666: the file was changed after it was encrypted", "flux", "secrets", "check", "--open")
	g.refused("WO666: the file was changed after it was encrypted", "flux", "secrets", "rotate", "production", "openwhisk/invoker-password")
	if now, _ := os.ReadFile(g.file("openwhisk-admin")); string(now) != swapped {
		t.Error("what could not be opened was overwritten")
	}
}
