package main

import (
	"fmt"
	"testing"

	"github.com/whiskops/whiskops/internal/tree"
)

func TestSummary(t *testing.T) {
	overlays := func(n int) (paths []string) {
		for i := range n {
			paths = append(paths, fmt.Sprintf("overlays/e%d/kustomization.yaml", i), fmt.Sprintf("overlays/e%d/.whiskops", i))
		}
		return paths
	}
	for _, tt := range []struct {
		name    string
		changes tree.Changes
		want    string
	}{
		{"nothing", tree.Changes{}, "nothing to do: 7 environments as generated"},
		{"one file", tree.Changes{Updated: []string{"golden/a/.whiskops", "golden/a/README.md"}}, "a: 1 file updated"},
		{"of each", tree.Changes{Created: []string{"golden/a/1", "overlays/a/2"}, Updated: []string{"clusters/a/flux/3"}, Deleted: []string{"golden/a/4"}}, "a: 2 files created, 1 updated, 1 deleted"},
		{"what is shared", tree.Changes{Created: []string{"base/.version", "base/2.0.0/x/y.yaml", "clusters/_sets/argocd/argocd/all.yaml"}}, "base/.version: 1 file created\nbase/2.0.0: 1 file created\nclusters/_sets: 1 file created"},
		{"the first", tree.Changes{Created: []string{"base/2.0.0/.whiskops", "base/2.0.0/a.yaml", "golden/a/b.yaml"}}, "7 environments: 3 files created, 0 updated, 0 deleted"},
		{"a new environment", tree.Changes{Created: []string{"golden/a/.whiskops", "golden/a/b.yaml"}}, "a: 1 file created"},
		{"gone", tree.Changes{Deleted: []string{"golden/a/1", "overlays/b/2"}}, "a: 1 file deleted\nb: 1 file deleted"},
		{"lists alone", tree.Changes{Updated: []string{"golden/a/.whiskops"}}, "7 environments: 0 files created, 1 updated, 0 deleted"},
		{"three", tree.Changes{Updated: overlays(3)}, "e0: 1 file updated\ne1: 1 file updated\ne2: 1 file updated"},
		{"four", tree.Changes{Updated: overlays(4)}, "7 environments: 0 files created, 8 updated, 0 deleted"},
	} {
		if got := summary(7, tt.changes); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
