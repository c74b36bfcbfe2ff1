package starter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/load"
	"github.com/google/go-cmp/cmp"
)

// CUE's own command and editors, which know nothing of whiskops, judge
// environments by the contract that is there, without a registry.
func TestCUE(t *testing.T) {
	for _, tt := range []struct{ name, more, want string }{
		{"as written", "", ""},
		{"misspelt", `production: kafka: replicsa: 5`, "production.kafka.replicsa: field not allowed"},
		{"out of bounds", `production: edge: replicas: 5000`, "production.edge.replicas"},
		{"of a package", `production: admin: shared.admin`, ""},
		{"misspelt in a package", `production: admin: shared.adnim`, "adnim"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if _, _, err := Write(dir); err != nil {
				t.Fatal(err)
			}
			add(t, dir, "shared/shared.cue", "package shared\n\nadmin: smokeTest: false\n")
			text := "package environments\n\n" + tt.more + "\n"
			if strings.Contains(tt.more, "shared") {
				text = "package environments\n\nimport \"openwhisk.example/shared\"\n\n" + tt.more + "\n"
			}
			add(t, dir, "environments/more.cue", text)
			err := vet(dir)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func add(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// vet is `cue vet -c ./environments`: without -c a field that must be written may
// be missing.
func vet(dir string) error {
	inst := load.Instances([]string{"./environments"}, &load.Config{Dir: dir, Env: []string{"CUE_REGISTRY=none"}})[0]
	if inst.Err != nil {
		return inst.Err
	}
	v := cuecontext.New().BuildInstance(inst)
	if v.Err() != nil {
		return v.Err()
	}
	return v.Validate(cue.Concrete(true))
}

// What a new user reads is formatted as `cue fmt` does, and the examples are.
func TestFormat(t *testing.T) {
	files := Files()
	examples, err := filepath.Glob("../../examples/environments/*.cue")
	if err != nil || len(examples) == 0 {
		t.Fatal("no examples", err)
	}
	for _, name := range examples {
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		if !strings.HasSuffix(name, ".cue") {
			continue
		}
		formatted, err := format.Source(content)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(string(formatted), string(content)); diff != "" {
			t.Errorf("%s is not as cue fmt writes it (-want +got):\n%s", name, diff)
		}
	}
}
