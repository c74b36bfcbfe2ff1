package delivery

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

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
