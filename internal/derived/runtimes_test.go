package derived

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// TestKinds: what an environment says of kinds on top of its manifest.
func TestKinds(t *testing.T) {
	file := &runtimes.Manifest{Families: map[string][]runtimes.Kind{
		"nodejs": {{Kind: "nodejs:20", Default: true, Image: runtimes.Named("acme/node", "20")}},
		"go":     {{Kind: "go:1", Image: runtimes.Named("ghcr.io/acme/go", "1")}},
	}}
	own := func(kinds map[string]environment.OwnKind) func(*environment.Environment) {
		return func(e *environment.Environment) { e.Manifest, e.Runtimes.Kinds = file, kinds }
	}
	image := &environment.Image{Repository: "acme/own", Tag: "1", Digest: "sha256:0"}
	for name, tt := range map[string]struct {
		change func(*environment.Environment)
		want   string
	}{
		"a file": {own(nil), "go:1 ghcr.io/acme/go:1, nodejs:20! acme/node:20"},
		"families of a file": {func(e *environment.Environment) {
			own(nil)(e)
			e.Runtimes.Families = []string{"nodejs"}
		}, "nodejs:20! acme/node:20"},
		"one more": {own(map[string]environment.OwnKind{"nodejs:22": {Image: image}}), "go:1 ghcr.io/acme/go:1, nodejs:20! acme/node:20, nodejs:22 acme/own:1@sha256:0"},
		"another default": {own(map[string]environment.OwnKind{"nodejs:22": {Image: image, Default: true}}),
			"go:1 ghcr.io/acme/go:1, nodejs:20 acme/node:20, nodejs:22! acme/own:1@sha256:0"},
		"another tag":      {own(map[string]environment.OwnKind{"nodejs:20": {Image: &environment.Image{Tag: "21"}}}), "go:1 ghcr.io/acme/go:1, nodejs:20! acme/node:21"},
		"removed":          {own(map[string]environment.OwnKind{"go:1": {State: Removed}, "cobol:1": {State: Removed}}), "nodejs:20! acme/node:20"},
		"a family between": {own(map[string]environment.OwnKind{"java:8": {Image: image}}), "go:1 ghcr.io/acme/go:1, java:8 acme/own:1@sha256:0, nodejs:20! acme/node:20"},
		"a mirror": {func(e *environment.Environment) {
			own(nil)(e)
			e.Mirror = "mirror.example.com"
		}, "go:1 ghcr.io/acme/go:1, nodejs:20! mirror.example.com/acme/node:20"},
	} {
		v := of(t, tt.change)
		var got []string
		for _, k := range v.Kinds() {
			text := k.Kind.Kind
			if k.Default {
				text += "!"
			}
			got = append(got, text+" "+v.ImageOf(k.Image))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if len(file.Families["nodejs"]) != 1 || !file.Families["nodejs"][0].Default {
		t.Error("the manifest itself was changed")
	}
}

// TestPulls: nodes pull what can be run, each image once, by containers with a name
// of their own.
func TestPulls(t *testing.T) {
	v := of(t, func(e *environment.Environment) {
		e.Actions.PrePull = true
		e.Runtimes.Families = []string{"nodejs"}
		at := func(repository string) *environment.Image {
			return &environment.Image{Repository: repository, Tag: "1"}
		}
		e.Runtimes.Kinds = map[string]environment.OwnKind{
			"nodejs:18": {State: Deprecated, PrePull: true},
			"a:1.0":     {Image: at("acme/a"), PrePull: true, PrePullCommand: []string{"/bin/proxy", "{{.Env}}"}},
			"a:1-0":     {Image: at("acme/b"), PrePull: true, Default: true},
			"a:2":       {Image: at("acme/b"), PrePull: true},
			"a:3":       {Image: at("acme/c")},
		}
		e.Runtimes.Blackboxes = []environment.Blackbox{
			{Repository: "acme/" + strings.Repeat("x", 70), Tag: "1", PrePull: true},
			{Repository: "acme/" + strings.Repeat("x", 71), Tag: "1", PrePull: true},
			{Repository: "acme/none", Tag: "1"},
		}
	})
	w, err := v.Workload("pre-pull")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range w["init"].([]any) {
		m := entry.(map[string]any)
		name := m["name"].(string)
		if slices.Contains(names, name) || len(name) > 63 {
			t.Errorf("container %s", name)
		}
		names = append(names, name)
		command := m["command"].([]any)
		if own := command[0] == "/bin/proxy"; own != (name == "pull-a-1-0-2") {
			t.Errorf("%s runs %v", name, command)
		} else if own && command[1] != "{{.Env}}" {
			t.Errorf("a user's text was read as a template: %v", command)
		}
	}
	x := "pull-" + strings.Repeat("x", 54)
	want := []string{"pull-a-1-0", "pull-a-1-0-2", "pull-nodejs-20", "pull-dockerskeleton-1-15-0", x, x + "-2"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("containers (-want +got):\n%s", diff)
	}
}

func TestScalaDuration(t *testing.T) {
	for d, want := range map[string]string{"100ms": "100 milliseconds", "5s": "5 seconds", "2m": "2 minutes", "1h": "1 hours"} {
		if got := scalaDuration(d); got != want {
			t.Errorf("%s is %s", d, got)
		}
	}
}
