package workload

import (
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

// writableRoot is the annotation with the reason why a root filesystem is not
// read-only.
const writableRoot = "whiskops.github.io/writable-root"

// template of the pods.
func template(s Spec) krm.M {
	annotations := krm.M{}
	for key, value := range s.Annotations {
		annotations[key] = value
	}
	if s.WritableRoot != "" {
		annotations[writableRoot] = s.WritableRoot
	}
	if hash := secretsHash(s); hash != "" {
		annotations[secretsAnnotation] = hash
	}
	meta := krm.M{"labels": s.Labels()}
	if len(annotations) > 0 {
		meta["annotations"] = annotations
	}
	return krm.M{"metadata": meta, "spec": pod(s)}
}

func pod(s Spec) krm.M {
	p := krm.M{
		"serviceAccountName":           s.Component,
		"automountServiceAccountToken": s.Token && !s.LastingToken,
		// Variables of other Services, KAFKA_PORT for one, would be taken
		// for configuration by some images.
		"enableServiceLinks": false,
		"securityContext":    pods.RestrictedPod(s.UID),
		"containers":         containers(s),
	}
	if passes(s.Kind) {
		// A failed pod stays, with its logs, and the next try is a new one.
		p["restartPolicy"] = "Never"
	}
	if s.GracePeriod > 0 {
		p["terminationGracePeriodSeconds"] = s.GracePeriod
	}
	if len(s.PullSecrets) > 0 {
		var secrets krm.L
		for _, name := range s.PullSecrets {
			secrets = append(secrets, krm.M{"name": name})
		}
		p["imagePullSecrets"] = secrets
	}
	if init := initContainers(s); len(init) > 0 {
		p["initContainers"] = init
	}
	if all := volumes(s); len(all) > 0 {
		p["volumes"] = all
	}
	return p
}

// volumes are those of the functionConfig, then one for each directory that a
// container writes to.
func volumes(s Spec) krm.L {
	var all krm.L
	for _, v := range s.Volumes {
		all = append(all, v)
	}
	if s.LastingToken {
		all = append(all, tokenFiles(s))
	}
	for _, c := range slices.Concat(s.Init, s.Sidecars) {
		all = append(all, scratch(c.Name, c.Writable)...)
	}
	return append(all, scratch("", s.Main.Writable)...)
}

func scratch(container string, dirs []Directory) krm.L {
	var all krm.L
	for _, d := range dirs {
		all = append(all, krm.M{
			"name":     scratchName(container, d.Path),
			"emptyDir": krm.M{"sizeLimit": d.Size},
		})
	}
	return all
}

// Pod is the spec of the pods that Process makes: what others may not take.
func Pod(s Spec) krm.M { return pod(s) }
