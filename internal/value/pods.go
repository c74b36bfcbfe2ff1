package value

import "slices"

// templates are the kinds that run pods, and where in them the pod is: the
// mapping that has its metadata and its spec.
var templates = map[string][]string{
	"Pod":                   {},
	"PodTemplate":           {"template"},
	"Deployment":            {"spec", "template"},
	"StatefulSet":           {"spec", "template"},
	"DaemonSet":             {"spec", "template"},
	"ReplicaSet":            {"spec", "template"},
	"ReplicationController": {"spec", "template"},
	"Job":                   {"spec", "template"},
	"CronJob":               {"spec", "jobTemplate", "spec", "template"},
}

// RunsPods tells whether objects of a kind have a pod template, or are a pod.
func RunsPods(kind string) bool {
	_, ok := templates[kind]
	return ok
}

// PodSpec is the specification of an object's pods; nil if it runs none.
func PodSpec(o map[string]any) map[string]any {
	kind, _ := o["kind"].(string)
	if path, ok := templates[kind]; ok {
		return Map(o, append(slices.Clip(path), "spec")...)
	}
	return nil
}

// PodPath is where in objects of a kind the mapping is that has a pod's metadata
// and spec; ok is false if the kind runs no pods. Do not change it.
func PodPath(kind string) (path []string, ok bool) {
	path, ok = templates[kind]
	return path, ok
}
