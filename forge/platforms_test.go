package forge

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var pageBlock = regexp.MustCompile("(?ms)^```(sh|yaml)\n(.*?)^```$")

// pageBlocks are the blocks of the pages of docs/platforms in a language, by page.
func pageBlocks(t *testing.T, language string) map[string][]string {
	t.Helper()
	pages, err := filepath.Glob("../docs/platforms/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	all := map[string][]string{}
	for _, page := range pages {
		for _, m := range pageBlock.FindAllStringSubmatch(read(t, page), -1) {
			if m[1] == language {
				name := strings.TrimSuffix(filepath.Base(page), ".md")
				all[name] = append(all[name], m[2])
			}
		}
	}
	return all
}

// TestPlatformSchemas: the workflow and the job of each page are what the forges'
// schemas want.
func TestPlatformSchemas(t *testing.T) {
	needs(t, "check-jsonschema")
	for page, blocks := range pageBlocks(t, "yaml") {
		if len(blocks) != 2 {
			t.Fatalf("%s has %d blocks of YAML, not one of GitHub and one of GitLab", page, len(blocks))
		}
		for i, schema := range []string{"vendor.github-workflows", "vendor.gitlab-ci"} {
			file := filepath.Join(t.TempDir(), "ci.yml")
			if err := os.WriteFile(file, []byte(blocks[i]), 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("check-jsonschema", "--builtin-schema", schema, file).CombinedOutput(); err != nil {
				t.Errorf("%s: %s: %v\n%s", page, schema, err, out)
			}
		}
	}
}

// TestPlatformActionlint: actionlint has nothing to say of the workflows.
func TestPlatformActionlint(t *testing.T) {
	needs(t, "actionlint")
	for page, blocks := range pageBlocks(t, "yaml") {
		file := filepath.Join(t.TempDir(), page+".yaml")
		if err := os.WriteFile(file, []byte(blocks[0]), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("actionlint", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", page, err, out)
		}
	}
}

// TestPlatformScripts: shellcheck has no warning of the scripts.
func TestPlatformScripts(t *testing.T) {
	needs(t, "shellcheck")
	for page, blocks := range pageBlocks(t, "sh") {
		for _, script := range blocks {
			cmd := exec.Command("shellcheck", "--shell", "sh", "--severity", "warning", "-")
			cmd.Stdin = strings.NewReader(script)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s\n%s", page, err, out, script)
			}
		}
	}
}
