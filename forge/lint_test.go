package forge

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/starter"
)

// `make forge` gets the programs that these tests need, and runs them.

// TestSchemas: the forges' own schemas, as check-jsonschema has them, take the files.
func TestSchemas(t *testing.T) {
	needs(t, "check-jsonschema")
	component, err := os.ReadFile("../templates/diff.yml")
	if err != nil {
		t.Fatal(err)
	}
	action, err := os.ReadFile("github/action.yml")
	if err != nil {
		t.Fatal(err)
	}
	head, job, _ := strings.Cut(string(component), "\n---\n")
	for schema, texts := range map[string][]string{
		"vendor.github-actions":   {string(action)},
		"vendor.gitlab-ci":        {head, job, string(starter.Offers()[starter.GitLab])},
		"vendor.github-workflows": {string(starter.Offers()[starter.GitHub])},
	} {
		for i, text := range texts {
			file := filepath.Join(t.TempDir(), fmt.Sprintf("%d.yml", i))
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("check-jsonschema", "--builtin-schema", schema, file).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", schema, err, out)
			}
		}
	}
}

// TestScripts: shellcheck has no warning.
func TestScripts(t *testing.T) {
	needs(t, "shellcheck")
	scripts := map[string]string{}
	for _, step := range readAction(t).Runs.Steps {
		if step.Run != "" {
			scripts[step.Name] = step.Run
		}
	}
	_, text := component(t)
	var jobs map[string]job
	if err := yaml.Unmarshal([]byte(text), &jobs); err != nil {
		t.Fatal(err)
	}
	for name, j := range jobs {
		_, script, _ := strings.Cut(strings.Join(j.Script, "\n"), "<<'WHISKOPS'\n")
		scripts[name], _, _ = strings.Cut(script, "\nWHISKOPS\n")
	}
	if len(scripts) != 5 {
		t.Errorf("%d scripts", len(scripts))
	}
	for name, script := range scripts {
		cmd := exec.Command("shellcheck", "--shell=bash", "--severity=warning", "-")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestActionlint: what init writes for GitHub is a workflow that uses the action as it is.
func TestActionlint(t *testing.T) {
	needs(t, "actionlint", "git")
	dir := t.TempDir()
	workflow := strings.ReplaceAll(string(starter.Offers()[starter.GitHub]), "whiskops/whiskops/forge/github@main", "./action")
	for name, text := range map[string]string{starter.GitHub: workflow, "action/action.yml": read(t, "github/action.yml")} {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command("actionlint")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
