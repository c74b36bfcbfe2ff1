// Package volumes says where workloads keep their data: it mounts a volume in a
// container, and makes what the volume is bound to. Names, replicas and namespaces are
// those of the objects.
//
// A StatefulSet gets a claim for each replica, also when there is one: going
// from one replica to three must not change where the first one's data is.
// Volumes that exist already (NFS, CSI, local) become a PersistentVolume for
// each claim, which both name each other, so that no other claim takes it.
// What is added goes first in its list: a patch that replaces it for one
// environment leaves the rest in its order.
package volumes

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// process changes the selected workloads and makes their static volumes.
func process(r *krm.Run, s Spec) error {
	check(&r.Check, s)
	workloads := r.Workloads("spec.selector", s.Selector)
	if shared := s.static() || s.ExistingClaim != "" || s.HostPath != nil; shared && len(workloads) > 1 {
		r.Fail("spec.selector matches %d objects, which would share what is there for one: %s", len(workloads), s.Selector)
		return nil
	}
	for _, w := range workloads {
		container, ok := r.Container(w)
		if !ok || !fits(r, w, s) || r.Err() != nil {
			continue
		}
		if err := r.Merge(w.Node, fragment(w, s, container)); err != nil {
			return err
		}
		if s.claimed() && has(w.At(w.Path("volumes")...), s.Name) {
			r.FailAt(w.Node, w.Field("volumes"), "has a volume %q already", s.Name)
		}
		r.Make(persistentVolumes(w, s)...)
		r.Tell(w.Node, "has the volume %s at %s of container %s", s.Name, s.MountPath, container)
	}
	return nil
}

// has tells whether a list has an entry of a name.
func has(list any, name string) bool {
	entries, _ := list.(krm.L)
	return slices.ContainsFunc(entries, func(e any) bool { return value.Map(e)["name"] == name })
}

// fits tells whether a workload can have the volume.
func fits(r *krm.Run, w krm.Workload, s Spec) bool {
	before := len(r.Complaints())
	if s.claimed() && w.Kind != "StatefulSet" {
		r.FailAt(w.Node, "kind", "cannot have a claim for each replica: make it a StatefulSet, or give existingClaim, hostPath or none")
	}
	if s.ExistingClaim != "" && w.Kind == "DaemonSet" {
		r.FailAt(w.Node, "kind", "cannot share the claim %q between its nodes", s.ExistingClaim)
	}
	replicas := w.Replicas()
	if shared := s.ExistingClaim != "" || s.HostPath != nil; shared && w.Replicated() && replicas > 1 {
		r.FailAt(w.Node, "spec.replicas", "has %d replicas, which would write to one volume: give each its own (class, nfs, csi or local)", replicas)
	}
	if s.static() && w.Namespace == "" && s.Namespace == "" {
		r.FailAt(w.Node, "metadata.namespace", "has no namespace, which volumes that exist are bound by: give spec.namespace")
	}
	if s.CSI != nil {
		each(r, w, "spec.csi.handles", len(s.CSI.Handles))
	}
	if s.Local != nil {
		each(r, w, "spec.local.nodes", len(s.Local.Nodes))
	}
	return len(r.Complaints()) == before
}

// each replica wants a value of its own.
func each(r *krm.Run, w krm.Workload, field string, values int) {
	if replicas := w.Replicas(); values != replicas {
		r.Fail("%s has %d values for the %d replicas of %s %s", field, values, replicas, w.Kind, w.Name)
	}
}

// fragment of the object that mounts the volume.
func fragment(w krm.Workload, s Spec, container string) krm.M {
	pod := krm.M{"containers": krm.L{krm.Into{
		"name": container, "volumeMounts": krm.L{krm.M{"name": s.Name, "mountPath": s.MountPath}},
	}}}
	if !s.claimed() {
		pod["volumes"] = krm.L{podVolume(s)}
		return w.Fragment(pod)
	}
	o := w.Fragment(pod)
	maps.Copy(o["spec"].(krm.M), krm.M{
		"volumeClaimTemplates": krm.L{claimTemplate(w, s)},
		// Data outlives the StatefulSet and every scaling.
		"persistentVolumeClaimRetentionPolicy": krm.M{"whenDeleted": "Retain", "whenScaled": "Retain"},
	})
	return o
}

// podVolume is a volume that the pod itself names.
func podVolume(s Spec) krm.M {
	switch {
	case s.ExistingClaim != "":
		return krm.M{"name": s.Name, "persistentVolumeClaim": krm.M{"claimName": s.ExistingClaim}}
	case s.HostPath != nil:
		// The kubelet would make a missing directory as root's, which the
		// pod cannot write to: better to say that it is missing.
		return krm.M{"name": s.Name, "hostPath": krm.M{"path": s.HostPath.Path, "type": "Directory"}}
	default:
		return krm.M{"name": s.Name, "emptyDir": krm.M{"sizeLimit": s.Size}}
	}
}

// claimTemplate carries apiVersion and kind, as the API server keeps it: Argo
// CD would see a difference for ever (argo-cd#11143). It cannot be changed
// later, so it has the labels that never change: those that select the pods.
func claimTemplate(w krm.Workload, s Spec) krm.M {
	spec := krm.M{
		"accessModes": krm.L{s.AccessMode},
		"resources":   krm.M{"requests": krm.M{"storage": s.Size}},
	}
	if s.static() {
		// An empty class, unlike none, keeps provisioners away.
		spec["storageClassName"] = ""
	} else if s.Class != "" {
		spec["storageClassName"] = s.Class
	}
	meta := krm.M{"name": s.Name}
	if labels := w.PodSelector()["matchLabels"]; labels != nil {
		meta["labels"] = labels
	}
	return krm.M{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}
}

// static volumes exist already.
func (s Spec) static() bool { return s.NFS != nil || s.CSI != nil || s.Local != nil }

// claimed volumes have a claim for each replica.
func (s Spec) claimed() bool { return s.ExistingClaim == "" && s.HostPath == nil && !s.None }
