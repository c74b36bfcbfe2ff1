// Package hardening makes pods of any workload pass the restricted Pod Security
// Standard, as far as they can: a container that needs more says so, and is named in
// the config.
package hardening

import (
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
	"github.com/whiskops/whiskops/internal/value"
)

// process changes the selected workloads.
func process(r *krm.Run, s Spec) error {
	workloads := r.Workloads("spec.selector", s.Selector)
	known(r, "spec.writableRoot", s.WritableRoot, workloads)
	known(r, "spec.except", s.Except, workloads)
	for _, w := range workloads {
		pod := krm.M{"securityContext": security(s)}
		for _, field := range []string{"initContainers", "containers"} {
			var all krm.L
			for _, c := range w.Containers(field) {
				if name, _ := c["name"].(string); !slices.Contains(s.Except, name) && hardenable(r, w, field, c) {
					all = append(all, krm.Into{"name": name, "securityContext": container(s, name)})
				}
			}
			if len(all) > 0 {
				pod[field] = all
			}
		}
		if err := r.Merge(w.Node, w.Fragment(pod)); err != nil {
			return err
		}
		r.Tell(w.Node, "asks for no more than the restricted standard allows")
	}
	return nil
}

// security of the pod. Where a container is an exception it runs as who it is.
func security(s Spec) krm.M {
	if s.User != 0 {
		return pods.RestrictedPod(s.User)
	}
	c := krm.M{"seccompProfile": krm.M{"type": "RuntimeDefault"}}
	if len(s.Except) == 0 {
		c["runAsNonRoot"] = true
	}
	return c
}

func container(s Spec, name string) krm.M {
	c := pods.Restricted()
	if slices.Contains(s.WritableRoot, name) {
		delete(c, "readOnlyRootFilesystem")
	}
	return c
}

// hardenable tells whether a container can do with less. The API server refuses one
// that is privileged and may gain no rights, and the kubelet one that is root and not.
func hardenable(r *krm.Run, w krm.Workload, field string, c krm.M) bool {
	why := ""
	switch own := value.Map(c, "securityContext"); {
	case own["privileged"] == true:
		why = "is privileged"
	case own["runAsUser"] == int64(0):
		why = "runs as root"
	case own["allowPrivilegeEscalation"] == true && slices.Contains(added(own), any("SYS_ADMIN")):
		why = "administers the node"
	default:
		return true
	}
	r.FailAt(w.Node, w.Field(field), "has the container %s, which %s: name it in spec.except, or change it", c["name"], why)
	return false
}

func added(security krm.M) krm.L {
	list, _ := value.Map(security, "capabilities")["add"].(krm.L)
	return list
}

// known wants names to be those of containers: a name that is none is a slip.
func known(r *krm.Run, field string, names []string, workloads []krm.Workload) {
	for _, name := range names {
		if len(workloads) > 0 && !slices.ContainsFunc(workloads, func(w krm.Workload) bool {
			return slices.ContainsFunc(append(w.Containers("containers"), w.Containers("initContainers")...), func(c krm.M) bool { return c["name"] == name })
		}) {
			r.Fail("%s names %q, which no selected object has as a container", field, name)
		}
	}
}
