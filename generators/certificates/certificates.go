// Package certificates gives pods their TLS certificate, as tls.crt and tls.key in
// one directory of a container. The functionConfig and the list come in, with the
// workloads in it; the workloads come out with the volume "certs". Where the
// certificate comes from is one of three:
//
//   - a Secret that exists,
//   - a Secret that cert-manager fills: a Certificate is added to the list,
//   - the pod itself, in an init container. Its key stays in memory.
package certificates

import (
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
)

// VolumeName of the certificate in the pod, and InitName of the container that makes
// it, where one does.
const (
	VolumeName = "certs"
	InitName   = "self-signed"
)

// process mounts the certificate, and makes a Certificate if cert-manager fills the
// Secret, in each namespace that has pods with it.
func process(r *krm.Run, s Spec) error {
	check(&r.Check, s)
	var namespaces []string
	for _, w := range r.Workloads("spec.selector", s.Selector) {
		container, ok := r.Container(w)
		if !ok || r.Err() != nil {
			continue
		}
		if err := r.Merge(w.Node, w.Fragment(mounted(s, container))); err != nil {
			return err
		}
		r.Tell(w.Node, "has its certificate at %s of container %s", s.MountPath, container)
		if s.CertManager != nil && !slices.Contains(namespaces, w.Namespace) {
			namespaces = append(namespaces, w.Namespace)
			r.Make(certificate(s, w.Namespace))
		}
	}
	return nil
}

// mounted puts volume and mount in front of the others, where a change of those
// does not move them.
func mounted(s Spec, container string) krm.M {
	pod := krm.M{
		"containers": krm.L{krm.Into{"name": container, "volumeMounts": krm.L{
			krm.M{"name": VolumeName, "mountPath": s.MountPath, "readOnly": true},
		}}},
		"volumes": krm.L{volume(s)},
	}
	if s.SelfSigned != nil {
		pod["initContainers"] = krm.L{selfSigned(s)}
	}
	return pod
}

func volume(s Spec) krm.M {
	if s.SelfSigned != nil {
		return krm.M{"name": VolumeName, "emptyDir": krm.M{"medium": "Memory", "sizeLimit": "1Mi"}}
	}
	// Read by the pod's group, which owns volumes, and by nobody else: 0440.
	return krm.M{"name": VolumeName, "secret": krm.M{"secretName": s.Secret, "defaultMode": 288}}
}
