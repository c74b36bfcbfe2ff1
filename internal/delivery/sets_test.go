package delivery

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// A set's file stands beside the kustomization that lists it: none has that name.
// Addresses of git are those that the large services give out.
func TestForms(t *testing.T) {
	for gitops, refused := range map[string]bool{
		`argocd: {git: url: "https://h.example.com/a", applicationSet: "kustomization"}`:        true,
		`argocd: {git: url: "https://h.example.com/a", applicationSet: "kustomizations"}`:       false,
		`flux: git: url: "https://dev.azure.com/org/My%20Project/_git/repo"`:                    false,
		`flux: git: url: "https://h.example.com/a%0Ab"`:                                         true,
		`flux: git: url: "https://h.example.com/a%2"`:                                           true,
		`flux: git: url: "ssh://APKAEXAMPLE@git-codecommit.eu-west-1.amazonaws.com/v1/repos/x"`: false,
		`flux: git: url: "ssh://git:secret@h.example.com/x"`:                                    true,
		`flux: git: url: "git@github.com:a/b.git"`:                                              true,
	} {
		src := fmt.Sprintf("package environments\ne: {edge: host: \"a.example.com\", gitops: %s}\n", gitops)
		envs, found, err := environment.LoadBytes("environments", map[string][]byte{"environments/e.cue": []byte(src)})
		if err != nil || (len(found) > 0) != refused {
			t.Errorf("%s: %v, %v", gitops, found, err)
			continue
		}
		if refused {
			continue
		}
		files, err := Sets(envs)
		if a := envs[0].GitOps.ArgoCD; err != nil || a != nil && len(files) != 2 {
			t.Errorf("%s: %d files, %v", gitops, len(files), err)
		}
	}
}

// A set takes down nothing, neither when it loses a member nor when it is deleted
// itself: Argo CD lets the Applications go first only by this finalizer.
func TestSetTakesNothingDown(t *testing.T) {
	set := applicationSet("all", "argocd", []any{krm.M{"name": "a"}})
	got := map[string]any{
		"finalizers": value.Map(set, "metadata")["finalizers"],
		"policy":     value.Map(set, "spec", "syncPolicy")["applicationsSync"],
	}
	want := map[string]any{"finalizers": []any{"resources-finalizer.argocd.argoproj.io"}, "policy": "create-update"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
