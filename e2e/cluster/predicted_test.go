package cluster_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	place "github.com/whiskops/whiskops/e2e/ground"
)

// effect is one of what `whiskops diff --output json` says; docs/changes.md has the contract.
type effect struct {
	Class     string
	Component string
	Message   string
	Object    struct{ Kind, Name string }
	Rollout   *struct{ Pods int }
}

// difference is what whiskops says of the change from the golden files in a directory
// to an environment.
func difference(t *testing.T, golden, cue string) []effect {
	t.Helper()
	binary, err := place.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(golden)
	if err := os.WriteFile(filepath.Join(dir, "environments", "all.cue"), []byte(cue), 0o644); err != nil {
		t.Fatal(err)
	}
	// Exit code 1 says that there are errors: they are in the output.
	out, err := exec.Command(binary, "diff", "--output", "json", "-C", dir).Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("whiskops diff: %v", err)
	}
	var said struct {
		Environments []struct{ Effects []effect }
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(said.Environments) != 1 {
		t.Fatalf("whiskops diff speaks of %d environments", len(said.Environments))
	}
	return said.Environments[0].Effects
}

// predicted holds what whiskops says of a change against what came of it: the pods
// that it says are replaced were, as many as it says, and all others are the same.
func predicted(t *testing.T, effects []effect, before, after *claims.State) {
	t.Helper()
	said := map[string]int{}
	for _, e := range effects {
		switch e.Class {
		case "restart":
			said[e.Object.Kind+" "+e.Component] = e.Rollout.Pods
		case "refused":
			t.Errorf("%s %s is not refused: %s", e.Object.Kind, e.Object.Name, e.Message)
		}
	}
	seen := map[string]bool{}
	for _, p := range before.Pods {
		kind, component := ownerOf(p), p.Labels[claims.NameLabel]
		if kind == "" || seen[kind+" "+component] {
			continue
		}
		seen[kind+" "+component] = true
		was, replaced := replacedPods(kind, component, before, after)
		if want := said[kind+" "+component]; want == 0 && replaced > 0 {
			t.Errorf("%s %s: %d of %d pods were replaced, and none was to be", kind, component, replaced, was)
		} else if want > 0 && replaced != want {
			t.Errorf("%s %s: %d of %d pods were replaced, and %d were to be", kind, component, replaced, was, want)
		}
	}
	for workload, pods := range said {
		if !seen[workload] {
			t.Errorf("%d pods of %s were to be replaced, and there were none", pods, workload)
		}
	}
}

// ownerOf is the kind of the workload that made a pod, if pods of it last.
func ownerOf(p corev1.Pod) string {
	for _, o := range p.OwnerReferences {
		switch o.Kind {
		case "StatefulSet":
			return o.Kind
		case "ReplicaSet":
			return "Deployment"
		}
	}
	return ""
}

// replacedPods counts a workload's pods, and those of them in whose place another is:
// of a StatefulSet by their names, of a Deployment those that had to go beyond what it
// shrank by.
func replacedPods(kind, component string, before, after *claims.State) (was, replaced int) {
	is := map[string]bool{}
	names := map[string]bool{}
	for _, p := range after.Pods {
		if ownerOf(p) == kind && p.Labels[claims.NameLabel] == component {
			is[string(p.UID)], names[p.Name] = true, true
		}
	}
	gone := 0
	for _, p := range before.Pods {
		if ownerOf(p) != kind || p.Labels[claims.NameLabel] != component {
			continue
		}
		was++
		if is[string(p.UID)] {
			continue
		}
		gone++
		if names[p.Name] {
			replaced++
		}
	}
	if kind == "StatefulSet" {
		return was, replaced
	}
	return was, gone - max(0, was-len(is))
}
