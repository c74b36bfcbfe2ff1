package plan

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// A template that would not arrive as it is written is a fault of the catalogue.
func TestTemplateThatIsLost(t *testing.T) {
	env := environment.Base()
	values, err := derived.New(&env)
	if err != nil {
		t.Fatal(err)
	}
	changed := *values.Catalog
	changed.Actions.Template = maps.Clone(changed.Actions.Template)
	changed.Actions.Template["spec"] = map[string]any{"hostUsers": false, "securityContext": map[string]any{"seccompProfile": map[string]any{"type": "RuntimeDefault"}}}
	values.Catalog = &changed
	_, err = Of(values)
	if err == nil || !strings.Contains(err.Error(), "spec.hostUsers, spec.securityContext.seccompProfile") {
		t.Errorf("error %v", err)
	}
}

// Autoscalers that read annotations are told that action pods may go.
func TestActionAnnotations(t *testing.T) {
	may := map[string]string{"cluster-autoscaler.kubernetes.io/safe-to-evict": "true"}
	for platform, want := range map[string]map[string]string{
		"generic": may, "eks": may, "gke": may, "aks": may, "openshift": may, "kind": nil, "k3s": nil, "microk8s": nil, "minikube": nil,
	} {
		env := environment.Base()
		env.Cluster.Platform = platform
		values, err := derived.New(&env)
		if err != nil {
			t.Fatal(err)
		}
		text, err := (&planner{Values: values}).actionPod()
		if err != nil {
			t.Fatal(err)
		}
		var pod struct {
			Metadata struct{ Annotations map[string]string }
		}
		if err := yaml.Unmarshal([]byte(text), &pod); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, pod.Metadata.Annotations); diff != "" {
			t.Errorf("%s (-want +got):\n%s", platform, diff)
		}
	}
}
