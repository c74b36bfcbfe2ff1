package starter

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/explain"
	"github.com/whiskops/whiskops/internal/pipeline"
	"github.com/whiskops/whiskops/internal/plan"
	"github.com/whiskops/whiskops/internal/rules"
)

func TestFiles(t *testing.T) {
	want := []string{
		".gitattributes", "README.md",
		"cue.mod/module.cue", "cue.mod/pkg/whiskops.github.io/schema/schema.cue",
		"environments/contract.cue", "environments/development.cue", "environments/production.cue",
	}
	files := Files()
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(files))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	offers := Offers()
	if diff := cmp.Diff([]string{GitHub, GitLab, PreCommit}, slices.Sorted(maps.Keys(offers))); diff != "" {
		t.Errorf("offers (-want +got):\n%s", diff)
	}
	maps.Copy(files, offers)
	for name, content := range files {
		text := string(content)
		if !strings.HasSuffix(text, "\n") || strings.Contains(text, "\r") {
			t.Errorf("%s: lines must end with a line feed alone", name)
		}
	}
}

// TestPlatforms: who reads the template knows all kinds of clusters, and no others.
func TestPlatforms(t *testing.T) {
	f, _, err := explain.Find("cluster.platform")
	if err != nil {
		t.Fatal(err)
	}
	want := "// " + strings.ReplaceAll(strings.TrimPrefix(f.Holds, "one of "), `"`, "") + "."
	if text := string(Files()["environments/production.cue"]); !strings.Contains(text, want) {
		t.Errorf("the template has no line %q", want)
	}
}

// TestEnvironments: a new user's first run has nothing to complain about, not
// even a warning, and generates.
func TestEnvironments(t *testing.T) {
	repository := fstest.MapFS{}
	for name, content := range Files() {
		repository[name] = &fstest.MapFile{Data: content}
	}
	sources, err := repository.Sub("environments")
	if err != nil {
		t.Fatal(err)
	}
	envs, findings, err := environment.Repository{FS: repository, Dir: "."}.Load(sources, "environments")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var values []*derived.Values
	for i := range envs {
		names = append(names, envs[i].Name)
		v, err := derived.New(&envs[i])
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, &v)
		p, err := plan.Of(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pipeline.Run(p); err != nil {
			t.Errorf("environment %s does not generate: %v", envs[i].Name, err)
		}
		if envs[i].Secrets.Plain != nil {
			t.Errorf("environment %s has secrets, which everyone who starts here would share", envs[i].Name)
		}
	}
	findings = append(findings, rules.CheckAll(values)...)
	for _, f := range findings {
		t.Errorf("%s:%d: %s %s\n  help: %s", f.File, f.Line, f.Code, f.Message, f.Help)
	}
	if diff := cmp.Diff([]string{"development", "production"}, names); diff != "" {
		t.Errorf("environments (-want +got):\n%s", diff)
	}
}
