package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/environment"
)

// With an autoscaler there is what the most pods need, and what the fewest allow.
func TestAutoscale(t *testing.T) {
	p := changed(t, func(e *environment.Environment) {
		e.Controller.Clustering = "kubernetes"
		e.Controller.Autoscale = &environment.Autoscale{Min: 2, Max: 5, CPU: 60}
	})
	s := find[workload.Spec](t, p, workload.Kind, "controller")
	if diff := cmp.Diff(&workload.Autoscale{Min: 2, Max: 5, CPU: 60}, s.Autoscale); diff != "" || s.MaxUnavailable != "10%" {
		t.Errorf("maxUnavailable %s, autoscaler (-want +got):\n%s", s.MaxUnavailable, diff)
	}
	completed := 0
	for _, topic := range find[kafkatopics.Spec](t, p, kafkatopics.Kind, "kafka-topics").Topics {
		if len(topic.Name) == len("completed0") && topic.Name[:9] == "completed" {
			completed++
		}
	}
	if completed != 5 {
		t.Errorf("%d topics completed<number>, for 5 controllers", completed)
	}
	env := environment.Base()
	if s := find[workload.Spec](t, planOf(t, env), workload.Kind, "controller"); s.Autoscale != nil || s.MaxUnavailable != "1" {
		t.Errorf("without: %v, %s", s.Autoscale, s.MaxUnavailable)
	}
}
