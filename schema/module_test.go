package schema_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"
	"cuelang.org/go/mod/modfile"
	"cuelang.org/go/mod/module"
)

// A user's module imports this folder as CUE's own command would: the contract
// fills in defaults, and refuses a field that it does not know.
func TestImportedAsModule(t *testing.T) {
	for _, tt := range []struct{ name, fields, want string }{
		{"right", `kafka: replicas: 5`, ""},
		{"misspelt", `kafka: replicsa: 5`, "field not allowed"},
		{"out of bounds", `kafka: replicas: 500`, "production.kafka.replicas"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := buildUser(t, fmt.Sprintf(`package user

import "whiskops.github.io/schema"

production: schema.#Environment & {
	edge: host: "functions.example.com"
	%s
}
`, tt.fields))
			err := v.Validate(cue.Concrete(true))
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %v, want one with %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			heap, err := v.LookupPath(cue.ParsePath("production.kafka.heap")).String()
			if err != nil || heap != "1Gi" {
				t.Errorf("heap %q, %v, want the default 1Gi", heap, err)
			}
		})
	}
}

// buildUser makes a module that requires this one, and evaluates it.
func buildUser(t *testing.T, src string) cue.Value {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"cue.mod/module.cue": `module: "user.example/environments@v0"
language: version: "v0.15.0"
deps: "whiskops.github.io/schema@v0": v: "v0.1.0"
`,
		"user.cue": src,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return build(t, dir, ".")[0]
}

// The folder is a module by itself: all packages in it, the catalogue's too, can
// be loaded.
func TestModule(t *testing.T) {
	for _, v := range build(t, ".", "./...") {
		if err := v.Err(); err != nil {
			t.Error(err)
		}
	}
}

func build(t *testing.T, dir, pattern string) []cue.Value {
	t.Helper()
	var values []cue.Value
	for _, inst := range load.Instances([]string{pattern}, &load.Config{Dir: dir, Registry: thisFolder{}, Env: []string{}}) {
		if inst.Err != nil {
			t.Fatal(inst.Err)
		}
		values = append(values, cuecontext.New().BuildInstance(inst))
	}
	if len(values) == 0 {
		t.Fatalf("no package in %s", dir)
	}
	return values
}

// thisFolder is a registry that has this folder as its one module.
type thisFolder struct{}

func (thisFolder) ModFile(_ context.Context, m module.Version) (*modfile.File, error) {
	text, err := os.ReadFile("cue.mod/module.cue")
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(text, "module.cue")
	if err == nil && f.QualifiedModule() != m.Path() {
		return nil, fmt.Errorf("no module %s", m)
	}
	return f, err
}

func (thisFolder) Fetch(context.Context, module.Version) (module.SourceLoc, error) {
	dir, err := filepath.Abs(".")
	return module.SourceLoc{FS: module.OSDirFS(dir), Dir: "."}, err
}

func (thisFolder) ModuleVersions(context.Context, string) ([]string, error) {
	return []string{"v0.1.0"}, nil
}
