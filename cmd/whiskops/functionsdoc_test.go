package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/manual"
	"github.com/whiskops/whiskops/internal/pipeline"
)

// TestFunctionsDocument holds the pages of docs/functions and the catalogue against the
// functions' types. -update writes them.
func TestFunctionsDocument(t *testing.T) {
	const dir = "../../docs/functions"
	want := map[string]string{}
	for _, d := range pipeline.Everybody() {
		page, err := manual.Page(d)
		if err != nil {
			t.Fatal(err)
		}
		want[d.Command+".md"] = page
	}
	catalogue, err := manual.Catalogue("# Written by `go test ./cmd/whiskops -run FunctionsDocument -update`.\n", pipeline.Everybody())
	if err != nil {
		t.Fatal(err)
	}
	want["catalogue.yaml"] = string(catalogue)
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(want) {
		t.Errorf("%s has %d files, wanted %d", dir, len(files), len(want))
	}
	for _, name := range krm.Keys(want) {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want[name], string(got)); diff != "" {
			t.Errorf("%s is not what the source says (-source +file):\n%s", name, diff)
		}
	}
}

// TestFunctionsExamples builds examples/functions: each has the config of its function's
// page, and what comes of it. -update writes that.
func TestFunctionsExamples(t *testing.T) {
	const dir = "../../examples/functions"
	for _, d := range pipeline.Everybody() {
		at := filepath.Join(dir, d.Command)
		build := exec.Command("whiskops", "build", at) // which TestMain has in PATH
		var out, errs strings.Builder
		build.Stdout, build.Stderr = &out, &errs
		if err := build.Run(); err != nil {
			t.Errorf("%s is not built: %v\n%s", at, err, errs.String())
			continue
		}
		path := filepath.Join(at, "built.txt")
		if *update {
			if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		config, err := os.ReadFile(filepath.Join(at, "function.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		_, spec, _ := strings.Cut(d.Example, "spec:")
		if !strings.HasSuffix(string(config), "spec:"+spec) {
			t.Errorf("%s/function.yaml is not the example of %s", at, d.Command)
		}
	}
}

// Each field that anybody may write has a sentence, and each example is a config that
// its function reads.
func TestFunctionsAreDescribed(t *testing.T) {
	for _, d := range pipeline.Everybody() {
		if missing, err := manual.Undescribed(d); err != nil || len(missing) > 0 {
			t.Errorf("%s: no comment on %v (%v)", d.Command, missing, err)
		}
		config, err := yaml.Parse(d.Example)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Process(&krm.ResourceList{FunctionConfig: config}); err != nil {
			t.Errorf("the example of %s: %v", d.Command, err)
		}
	}
}
