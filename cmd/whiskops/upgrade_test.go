package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestUpgrade tells what a newer whiskops makes otherwise from what people changed
// in the same branch.
func TestUpgrade(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not there")
	}
	r := newRepository(t)
	r.generate(nil, by("v0.1.0"))
	// What the older one wrote: another image, and one file less.
	r.edit("golden/ci/deployment-nginx.yaml", func(text string) string {
		older := strings.Replace(text, "image: nginx:", "image: nginx:0", 1)
		if older == text {
			t.Fatal("nginx has no image")
		}
		return older
	})
	r.git("init", "-q", "-b", "main")
	r.commit("what the older one wrote")

	r.edit("environments/ci.cue", func(text string) string {
		return strings.Replace(text, "\n}", "\n\tlimits: time: max: \"10m\"\n}", 1)
	})
	said := r.generate(nil, by("v0.2.0"), func(g *generation) { g.only, g.against = true, "main" })
	if said.since != "0.1.0" && said.since != "v0.1.0" {
		t.Errorf("since %q", said.since)
	}
	var tool, people string
	for _, e := range said.judged["ci"].Tool {
		tool += string(e.Class) + " " + e.Object.String() + " " + e.Field + "\n"
	}
	for _, e := range said.judged["ci"].Effects {
		people += string(e.Class) + " " + e.Object.String() + " " + e.Field + "\n"
	}
	if !strings.Contains(tool, "restart Deployment openwhisk/nginx") || strings.Contains(tool, "controller") {
		t.Errorf("the tool's own:\n%s", tool)
	}
	if strings.Contains(people, "nginx") || !strings.Contains(people, "CONFIG_whisk_timeLimit_max") {
		t.Errorf("what people changed:\n%s", people)
	}

	// By the same version all is people's.
	said = r.generate(nil, by("v0.1.0"), func(g *generation) { g.only, g.against = true, "main" })
	if len(said.judged["ci"].Tool) > 0 || said.since != "" {
		t.Errorf("by the same version: %v", said.judged["ci"].Tool)
	}
}
