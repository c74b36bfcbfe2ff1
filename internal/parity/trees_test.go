package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/api/types"
)

var (
	whiskops  = flag.String("whiskops", "", "the program whose build is compared; it is built if none is named")
	kustomize = flag.String("kustomize", "", "commands of kustomize to compare with besides, with commas between them")
)

// TestTrees: `whiskops build` prints of any tree what the kustomize command prints,
// byte for byte. The trees have each field that a kustomization has; this module's
// engine is compared, and each command that -kustomize names.
func TestTrees(t *testing.T) {
	program, engine := *whiskops, made(t, ".", ".")
	if program == "" {
		program = made(t, "../..", "./cmd/whiskops")
	}
	trees, err := filepath.Glob("testdata/trees/*.txtar")
	if err != nil || len(trees) < 40 {
		t.Fatalf("%d trees, %v", len(trees), err)
	}
	for _, file := range trees {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			lay(t, file, dir)
			ours := printed(t, program, "build", dir)
			if diff := cmp.Diff(printed(t, engine, dir), ours); diff != "" {
				t.Errorf("another build than this module's engine's (-its +ours):\n%s", diff)
			}
			for _, command := range strings.FieldsFunc(*kustomize, func(r rune) bool { return r == ',' }) {
				if diff := cmp.Diff(printed(t, command, "build", dir), ours); diff != "" {
					t.Errorf("another build than that of %s (-its +ours):\n%s", command, diff)
				}
			}
		})
	}
}

// TestTreesHaveAllFields of a kustomization, so that none is compared by chance.
func TestTreesHaveAllFields(t *testing.T) {
	trees, _ := filepath.Glob("testdata/trees/*.txtar")
	var all strings.Builder
	for _, file := range trees {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("\n")
		all.Write(text)
	}
	for _, field := range fields() {
		if !strings.Contains(all.String(), "\n"+field+":") {
			t.Errorf("no tree has %s", field)
		}
	}
}

// lay writes the files of an archive into a folder.
func lay(t *testing.T, archive, dir string) {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range a.Files {
		files[f.Name] = string(f.Data)
	}
	write(t, dir, files)
}

// made is a program of a module. What the engine knows of kinds is the process's, so
// that each tree has one of its own.
func made(t *testing.T, module, of string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-C", module, "-o", program, of).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func printed(t *testing.T, program string, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	c := exec.Command(program, args...)
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, said.String())
	}
	return out.String()
}

// unfit are fields of which nothing is built: Helm charts are inflated by a program, bases became
// resources, validators print nothing, and metadata says nothing.

var unfit = map[string]bool{"helmGlobals": true, "helmCharts": true, "helmChartInflationGenerator": true, "metadata": true, "bases": true, "validators": true,
	"apiVersion": true, "kind": true}

// fields of a kustomization, as the engine has them.
func fields() []string {
	var all []string
	k := reflect.TypeFor[types.Kustomization]()
	for i := range k.NumField() {
		name, _, _ := strings.Cut(k.Field(i).Tag.Get("yaml"), ",")
		if name != "" && !unfit[name] {
			all = append(all, name)
		}
	}
	return all
}
