package catalog_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
	source "github.com/whiskops/whiskops/schema/catalog"
	"github.com/whiskops/whiskops/schema/catalog/again"
)

// programs are the files that run inside, of the catalogue and of the generators, by
// their paths from here.
func programs(t *testing.T, ext string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, root := range []string{".", "../../generators"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ext || strings.Contains(name, "testdata") {
				return err
			}
			text, err := os.ReadFile(name)
			all[filepath.ToSlash(name)] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 10 {
		t.Fatalf("there are only %d files *%s", len(all), ext)
	}
	return all
}

// Every script is a whole one: what is put together of parts when it is generated
// could be read by nobody before.
func TestScriptsAreScripts(t *testing.T) {
	for _, shell := range []string{"sh", "bash"} {
		if _, err := exec.LookPath(shell); err != nil {
			t.Skip(err)
		}
		for name := range programs(t, ".sh") {
			if out, err := exec.Command(shell, "-n", name).CombinedOutput(); err != nil {
				t.Errorf("%s does not read %s: %s", shell, name, out)
			}
		}
	}
}

// So is every program of Node, every action, and every function of a view, which is
// one without a name.
func TestProgramsAreJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	const check = `const fs = require("fs"), vm = require("vm");
for (const name of process.argv.slice(1)) {
  const text = fs.readFileSync(name, "utf8");
  try { new vm.Script(/^(function|\/\/[^\n]*\nfunction) \(/.test(text) ? "(" + text + "\n)" : text, { filename: name }); } catch (e) { console.log(name + ": " + e.stack); }
}`
	args := []string{"-e", check, "--"}
	for name := range programs(t, ".js") {
		args = append(args, name)
	}
	if out, err := exec.Command(node, args...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// Nothing in a program is a text that Flux or the catalogue replaces.
func TestProgramsAreLeftAlone(t *testing.T) {
	replaced := regexp.MustCompile(`\$\{|\{\{|@\{`)
	for name, text := range programs(t, ".js") {
		if found := replaced.FindString(text); found != "" {
			t.Errorf("%s has %q", name, found)
		}
	}
}

// file of the catalogue.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := source.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var requires = regexp.MustCompile(`require\("\./([^"]+)"\)`)

// A program has beside itself what it requires, and that is the same wherever it is:
// what looks again and again is again.js.
func TestProgramsHaveWhatTheyRequire(t *testing.T) {
	for _, release := range catalog.Releases() {
		c, err := catalog.Load(release)
		if err != nil {
			t.Fatal(err)
		}
		with := 0
		for name, component := range c.Components {
			for configMap, files := range component.Files.Value() {
				for file, text := range files {
					for _, required := range requires.FindAllStringSubmatch(text, -1) {
						if files[required[1]] == "" {
							t.Errorf("%s: %s requires %s, which ConfigMap %s has not", name, file, required[1], configMap)
						}
					}
				}
				if text, ok := files["again.js"]; ok {
					with++
					if text != again.Program {
						t.Errorf("%s: ConfigMap %s has an again.js of its own", name, configMap)
					}
				}
			}
		}
		if with != 3 {
			t.Errorf("%s: %d ConfigMaps of the catalogue have again.js, want those of couchdb-cluster, package-installer and tenants-sync", release, with)
		}
	}
}

// Nobody but again.js writes what the probes of such a program look at, or goes round
// without it.
func TestOneLoop(t *testing.T) {
	loop := regexp.MustCompile(`writeFileSync\([^)]*(alive|ready)|"/(alive|ready)"|process\.on\("SIGTERM", \(\) => process\.exit\(0\)\);\n  // A container`)
	users := 0
	for name, text := range programs(t, ".js") {
		if name == "again/again.js" {
			continue
		}
		if found := loop.FindString(text); found != "" {
			t.Errorf("%s has a loop of its own: %s", name, found)
		}
		if strings.Contains(text, `require("./again.js")`) {
			users++
		}
		if strings.Contains(text, `require("./again.js")`) != strings.Contains(text, "\nkeep(look, {") {
			t.Errorf("%s requires again.js and does not end with it, or the other way about", name)
		}
	}
	if users != 4 {
		t.Errorf("%d programs require again.js, want 4", users)
	}
}
