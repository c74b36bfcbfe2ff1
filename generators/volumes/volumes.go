// Package volumes says where a component's one workload keeps its data: it
// mounts a volume in the main container, which is named after the component,
// and makes what the volume is bound to.
//
// A StatefulSet gets a claim for each replica, also when there is one: going
// from one replica to three must not change where the first one's data is.
// Volumes that exist already (NFS, CSI, local) become a PersistentVolume for
// each claim, which both name each other, so that no other claim takes it.
// What is added goes first in its list: a patch that replaces it for one
// environment leaves the rest in its order.
package volumes

import (
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Process changes the component's workload and adds its static volumes.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	n, err := target(rl, spec)
	if err != nil {
		return err
	}
	if err := krm.Change(n, func(o krm.M) error { return attach(o, spec) }); err != nil {
		return err
	}
	return krm.Add(rl, persistentVolumes(spec)...)
}

// target is the one workload of the component, of a kind that can have the
// volume.
func target(rl *krm.ResourceList, s Spec) (*yaml.RNode, error) {
	workloads := krm.Workloads(rl, s.Component)
	if len(workloads) != 1 {
		return nil, krm.Fail("the list has %d workloads of the component %q, wanted 1 with a volume", len(workloads), s.Component)
	}
	kind := workloads[0].GetKind()
	if s.claimed() && kind != "StatefulSet" {
		return nil, krm.Fail("%s %q cannot have a claim for each replica: make it a StatefulSet, or give existingClaim, hostPath or none", kind, s.Component)
	}
	if s.ExistingClaim != "" && kind == "DaemonSet" {
		return nil, krm.Fail("DaemonSet %q cannot share the claim %q between its nodes", s.Component, s.ExistingClaim)
	}
	return workloads[0], nil
}

// attach mounts the volume in the workload's main container.
func attach(o krm.M, s Spec) error {
	pod := value.PodSpec(o)
	main := container(pod, s.Component)
	if main == nil {
		return krm.Fail("the workload of %q has no container %q to mount its volume in", s.Component, s.Component)
	}
	if taken(pod["volumes"], "name", s.Name) || taken(main["volumeMounts"], "mountPath", s.MountPath) {
		return krm.Fail("the workload of %q has a volume %q or a mount at %q already", s.Component, s.Name, s.MountPath)
	}
	main["volumeMounts"] = first(krm.M{"name": s.Name, "mountPath": s.MountPath}, main["volumeMounts"])
	if !s.claimed() {
		pod["volumes"] = first(podVolume(s), pod["volumes"])
		return nil
	}
	spec := o["spec"].(krm.M)
	spec["volumeClaimTemplates"] = first(claimTemplate(s), spec["volumeClaimTemplates"])
	// Data outlives the StatefulSet and every scaling.
	spec["persistentVolumeClaimRetentionPolicy"] = krm.M{"whenDeleted": "Retain", "whenScaled": "Retain"}
	return nil
}

func container(pod krm.M, name string) krm.M {
	return entry(pod["containers"], "name", name)
}

// taken tells whether a list has an entry with a field's value.
func taken(list any, field, value string) bool { return entry(list, field, value) != nil }

func entry(list any, field, value string) krm.M {
	l, _ := list.(krm.L)
	for _, e := range l {
		if e, _ := e.(krm.M); e[field] == value {
			return e
		}
	}
	return nil
}

func first(e krm.M, list any) krm.L {
	l, _ := list.(krm.L)
	return append(krm.L{e}, l...)
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
// later, so it has the one label that never changes.
func claimTemplate(s Spec) krm.M {
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
	return krm.M{
		"apiVersion": "v1",
		"kind":       "PersistentVolumeClaim",
		"metadata":   krm.M{"name": s.Name, "labels": s.Selector()},
		"spec":       spec,
	}
}

// static volumes exist already.
func (s Spec) static() bool { return s.NFS != nil || s.CSI != nil || s.Local != nil }

// claimed volumes have a claim for each replica.
func (s Spec) claimed() bool { return s.ExistingClaim == "" && s.HostPath == nil && !s.None }
