package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

const configMap = "apiVersion: v1\ndata:\n  A: \"1\"\nkind: ConfigMap\nmetadata:\n  name: c-89g4tffbfk\n"

func TestRun(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"k/kustomization.yaml": "configMapGenerator: [{name: c, literals: [A=1]}]\n",
		"same/configmap.yaml":  configMap,
		"other/configmap.yaml": configMap + "  namespace: x\n",
	})
	k := filepath.Join(dir, "k")
	var out bytes.Buffer
	if err := run([]string{k}, &out); err != nil || out.String() != configMap {
		t.Errorf("printed %q, %v", out.String(), err)
	}
	if err := run([]string{"-golden", filepath.Join(dir, "same"), k}, &out); err != nil {
		t.Error(err)
	}
	var d *difference
	write(t, dir, map[string]string{"more/kustomization.yaml": "resources: [../k]\ncommonAnnotations: {example.com/tool: x}\n"})
	more := filepath.Join(dir, "more")
	if err := run([]string{"-golden", filepath.Join(dir, "same"), "-annotated", "example.com/", more}, &out); err != nil {
		t.Error(err)
	}
	if err := run([]string{"-golden", filepath.Join(dir, "same"), "-annotated", "example.org/", more}, &out); err == nil {
		t.Error("an annotation of nobody's passes")
	}
	if err := run([]string{"-golden", filepath.Join(dir, "other"), k}, &out); !errors.As(err, &d) || len(d.files) != 1 || len(d.objects) != 1 {
		t.Errorf("got %v, want one file and one object that differ", err)
	}
	if err := run([]string{"-golden", filepath.Join(dir, "none"), k}, &out); err == nil || errors.As(err, &d) {
		t.Errorf("got %v, want an error", err)
	}
}
