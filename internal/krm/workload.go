package krm

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Workload is an object that runs pods, or is one.
type Workload struct {
	Node *yaml.RNode
	// Kind, Name and Namespace as the object has them.
	Kind, Name, Namespace string
	path                  []string // where the pod's specification is
	selector              Selector
}

// podsOf are the kinds that run pods, by their group, and where the pod's
// specification is. The groups are those of Kubernetes, Argo Rollouts and OpenKruise.
var podsOf = map[string]map[string]string{
	"":               {"Pod": "spec", "PodTemplate": "template.spec", "ReplicationController": "spec.template.spec"},
	"apps":           {"Deployment": "spec.template.spec", "StatefulSet": "spec.template.spec", "DaemonSet": "spec.template.spec", "ReplicaSet": "spec.template.spec"},
	"batch":          {"Job": "spec.template.spec", "CronJob": "spec.jobTemplate.spec.template.spec"},
	"argoproj.io":    {"Rollout": "spec.template.spec"},
	"apps.kruise.io": {"CloneSet": "spec.template.spec", "StatefulSet": "spec.template.spec", "DaemonSet": "spec.template.spec"},
}

// workloadOf an object; ok is false if it has no pods.
func workloadOf(n *yaml.RNode, s Selector) (Workload, bool) {
	kind := n.GetKind()
	group, _ := groupVersion(n.GetApiVersion())
	at := podsOf[group][kind]
	if at == "" {
		at = s.PodSpecPath
	}
	if at == "" {
		return Workload{}, false
	}
	path := strings.Split(at, ".")
	found := nodeAt(n.YNode(), path)
	if found == nil {
		return Workload{}, false
	}
	return Workload{n, kind, n.GetName(), n.GetNamespace(), path, s}, isMapping(found)
}

// Pod is a copy of the pod's specification.
func (w Workload) Pod() M { return value.Map(w.At(w.path...)) }

// nodeAt follows fields; nil if one is not there.
func nodeAt(n *yaml.Node, path []string) *yaml.Node {
	if n == nil {
		return nil
	}
	for _, field := range path {
		n = target(n)
		if !isMapping(n) {
			return nil
		}
		var found *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == field {
				found = n.Content[i+1]
				break
			}
		}
		if found == nil {
			return nil
		}
		n = found
	}
	return target(n)
}

// Fragment is one of the object that has a fragment of the pod's specification.
func (w Workload) Fragment(pod M) M { return nest(pod, w.path) }

func nest(m M, path []string) M {
	for _, field := range slices.Backward(path) {
		m = M{field: m}
	}
	return m
}

// Field of the pod's specification as a path in the object.
func (w Workload) Field(field string) string { return strings.Join(w.path, ".") + "." + field }

// Path of a field of the pod's specification.
func (w Workload) Path(field string) []string { return append(slices.Clone(w.path), field) }

// At is a plain value of the object; nil if it has none there.
func (w Workload) At(path ...string) any {
	n := nodeAt(w.Node.YNode(), path)
	if n == nil {
		return nil
	}
	v, err := value.Read(n)
	if err != nil {
		return nil
	}
	return v
}

// Labels of the pods.
func (w Workload) Labels() M {
	return value.Map(w.At(append(slices.Clone(w.path[:len(w.path)-1]), "metadata", "labels")...))
}

// PodSelector selects the object's own pods, as its specification does, or else by all
// their labels; nil if they have none.
func (w Workload) PodSelector() M {
	selector := value.Map(w.At("spec", "selector"))
	switch {
	case selector["matchLabels"] != nil || selector["matchExpressions"] != nil:
		return selector
	case w.Kind == "ReplicationController" && len(selector) > 0:
		return M{"matchLabels": selector}
	}
	if labels := w.Labels(); len(labels) > 0 {
		return M{"matchLabels": labels}
	}
	return nil
}

// Replicas of the object, 1 if it does not say.
func (w Workload) Replicas() int {
	if n, ok := w.At("spec", "replicas").(int64); ok {
		return int(n)
	}
	return 1
}

// Replicated tells whether an object of the kind has replicas, each as good as any
// other.
func (w Workload) Replicated() bool {
	return !slices.Contains([]string{"Pod", "PodTemplate", "DaemonSet", "Job", "CronJob"}, w.Kind)
}

// Containers of the pod by their field, "containers" or "initContainers".
func (w Workload) Containers(field string) []M {
	var all []M
	list, _ := w.At(w.Path(field)...).(L)
	for _, c := range list {
		if c, ok := c.(M); ok {
			all = append(all, c)
		}
	}
	return all
}

// Container that is meant, by the selector or because there is no other.
func (r *Run) Container(w Workload) (name string, ok bool) {
	var names []string
	for _, c := range w.Containers("containers") {
		name, _ := c["name"].(string)
		names = append(names, name)
	}
	annotations := value.Map(w.At(append(slices.Clone(w.path[:len(w.path)-1]), "metadata", "annotations")...))
	marked, _ := annotations["kubectl.kubernetes.io/default-container"].(string)
	switch want := w.selector.Container; {
	case want != "" && slices.Contains(names, want):
		return want, true
	case want != "":
		r.FailAt(w.Node, w.Field("containers"), "has no container %q, it has %s", want, strings.Join(names, ", "))
	case len(names) == 1:
		return names[0], true
	case slices.Contains(names, marked):
		return marked, true
	case len(names) == 0:
		r.FailAt(w.Node, w.Field("containers"), "has no containers")
	default:
		r.FailAt(w.Node, w.Field("containers"), "has the containers %s: say which one by selector.container", strings.Join(names, ", "))
	}
	return "", false
}

// Count the objects of the list whose pods have labels that are wanted.
func (r *Run) Count(wanted func(labels M) bool) int {
	count := 0
	for _, n := range r.objects {
		if w, ok := workloadOf(n, Selector{}); ok && wanted(w.Labels()) {
			count++
		}
	}
	return count
}

// Pods of an object, if it is of a kind that runs some.
func (r *Run) Pods(n *yaml.RNode) (Workload, bool) { return workloadOf(n, Selector{}) }
