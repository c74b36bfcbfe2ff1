// Package certificates gives a component's pods their TLS certificate, as
// tls.crt and tls.key in one directory of the main container. The
// functionConfig and the list come in, with the component's workload in it;
// the workload comes out with the volume "certs". Where the certificate comes
// from is one of three:
//
//   - a Secret that exists,
//   - a Secret that cert-manager fills: a Certificate is added to the list,
//   - the pod itself, in an init container. Its key stays in memory.
package certificates

import (
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// VolumeName of the certificate in the pod, and InitName of the container that makes
// it, where one does.
const (
	VolumeName = "certs"
	InitName   = "self-signed"
)

// Process mounts the certificate, and adds a Certificate if cert-manager
// makes it.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	servers := servers(rl, spec.Component)
	if len(servers) == 0 {
		return krm.Fail("no Deployment, StatefulSet or DaemonSet of component %q to mount the certificate in", spec.Component)
	}
	for _, n := range servers {
		if err := krm.Change(n, func(o krm.M) error { return mount(value.PodSpec(o), spec) }); err != nil {
			return err
		}
	}
	if spec.CertManager == nil {
		return nil
	}
	return krm.Add(rl, certificate(spec))
}

// servers are the workloads that listen: a Job does not.
func servers(rl *krm.ResourceList, component string) []*yaml.RNode {
	var found []*yaml.RNode
	for _, n := range krm.Workloads(rl, component) {
		if n.GetKind() != "Job" {
			found = append(found, n)
		}
	}
	return found
}

// mount puts volume and mount in front of the others, where a change of those
// does not move them.
func mount(pod krm.M, s Spec) error {
	main := mainContainer(pod, s.Component)
	if main == nil {
		return krm.Fail("the workload of component %q has no container of that name", s.Component)
	}
	for _, v := range list(pod["volumes"]) {
		if v, _ := v.(krm.M); v["name"] == VolumeName {
			return krm.Fail("the workload of component %q has a volume %q already", s.Component, VolumeName)
		}
	}
	prepend(main, "volumeMounts", krm.M{"name": VolumeName, "mountPath": s.MountPath, "readOnly": true})
	prepend(pod, "volumes", volume(s))
	if s.SelfSigned != nil {
		prepend(pod, "initContainers", selfSigned(s))
	}
	return nil
}

func mainContainer(pod krm.M, name string) krm.M {
	for _, c := range list(pod["containers"]) {
		if c, _ := c.(krm.M); c["name"] == name {
			return c
		}
	}
	return nil
}

func volume(s Spec) krm.M {
	if s.SelfSigned != nil {
		return krm.M{"name": VolumeName, "emptyDir": krm.M{"medium": "Memory", "sizeLimit": "1Mi"}}
	}
	// Read by the pod's group, which owns volumes, and by nobody else: 0440.
	return krm.M{"name": VolumeName, "secret": krm.M{"secretName": s.Secret, "defaultMode": 288}}
}

func list(v any) krm.L {
	l, _ := v.(krm.L)
	return l
}

func prepend(o krm.M, field string, value any) {
	o[field] = append(krm.L{value}, list(o[field])...)
}
