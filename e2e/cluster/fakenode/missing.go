package fakenode

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// NoImage is the tag of images that no registry has.
const NoImage = "never-starts"

// source of values: the keys of a ConfigMap or a Secret.
type source struct {
	kind, name string
	// key is one that has to be there; empty if the whole is taken.
	key string
}

// missing is what a kubelet would not start the pod for, or never find ready.
func (k *kubelet) missing(ctx context.Context, p *corev1.Pod) ([]error, error) {
	var all []error
	known := map[source]map[string]bool{}
	for _, s := range sources(p) {
		whole := source{s.kind, s.name, ""}
		if _, ok := known[whole]; !ok {
			keys, err := k.keys(ctx, p.Namespace, whole)
			if err != nil {
				return nil, err
			}
			known[whole] = keys
		}
		switch keys := known[whole]; {
		case keys == nil:
			all = append(all, fmt.Errorf("%s %s is not there", s.kind, s.name))
		case s.key != "" && !keys[s.key]:
			all = append(all, fmt.Errorf("%s %s has no key %s", s.kind, s.name, s.key))
		}
	}
	for _, c := range append(p.Spec.InitContainers, p.Spec.Containers...) {
		all = append(all, ports(c)...)
		if strings.HasSuffix(c.Image, ":"+NoImage) {
			all = append(all, fmt.Errorf("image %s is in no registry", c.Image))
		}
		for _, e := range c.Env {
			if e.ValueFrom == nil || e.ValueFrom.FieldRef == nil {
				continue
			}
			key, found := strings.CutPrefix(e.ValueFrom.FieldRef.FieldPath, "metadata.labels['")
			key = strings.TrimSuffix(key, "']")
			if _, has := p.Labels[key]; found && !has {
				all = append(all, fmt.Errorf("variable %s of %s: the pod has no label %s", e.Name, c.Name, key))
			}
		}
	}
	return all, nil
}

// keys of a ConfigMap or Secret; nil if it is not there.
func (k *kubelet) keys(ctx context.Context, namespace string, s source) (map[string]bool, error) {
	keys := map[string]bool{}
	switch s.kind {
	case "ConfigMap":
		o, err := k.set.CoreV1().ConfigMaps(namespace).Get(ctx, s.name, metav1.GetOptions{})
		if err != nil {
			return nil, ignoreNotFound(err)
		}
		for key := range o.Data {
			keys[key] = true
		}
		for key := range o.BinaryData {
			keys[key] = true
		}
	case "Secret":
		o, err := k.set.CoreV1().Secrets(namespace).Get(ctx, s.name, metav1.GetOptions{})
		if err != nil {
			return nil, ignoreNotFound(err)
		}
		for key := range o.Data {
			keys[key] = true
		}
	}
	return keys, nil
}

func ignoreNotFound(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// sources that the pod cannot do without.
func sources(p *corev1.Pod) []source {
	var all []source
	add := func(kind, name, key string, optional *bool) {
		if optional == nil || !*optional {
			all = append(all, source{kind, name, key})
		}
	}
	for _, c := range append(p.Spec.InitContainers, p.Spec.Containers...) {
		for _, from := range c.EnvFrom {
			if r := from.ConfigMapRef; r != nil {
				add("ConfigMap", r.Name, "", r.Optional)
			}
			if r := from.SecretRef; r != nil {
				add("Secret", r.Name, "", r.Optional)
			}
		}
		for _, e := range c.Env {
			if e.ValueFrom == nil {
				continue
			}
			if r := e.ValueFrom.ConfigMapKeyRef; r != nil {
				add("ConfigMap", r.Name, r.Key, r.Optional)
			}
			if r := e.ValueFrom.SecretKeyRef; r != nil {
				add("Secret", r.Name, r.Key, r.Optional)
			}
		}
	}
	for _, v := range p.Spec.Volumes {
		if r := v.ConfigMap; r != nil {
			addItems(add, "ConfigMap", r.Name, r.Items, r.Optional)
		}
		if r := v.Secret; r != nil {
			addItems(add, "Secret", r.SecretName, r.Items, r.Optional)
		}
		if v.Projected == nil {
			continue
		}
		for _, s := range v.Projected.Sources {
			if r := s.ConfigMap; r != nil {
				addItems(add, "ConfigMap", r.Name, r.Items, r.Optional)
			}
			if r := s.Secret; r != nil {
				addItems(add, "Secret", r.Name, r.Items, r.Optional)
			}
		}
	}
	return all
}

func addItems(add func(kind, name, key string, optional *bool), kind, name string, items []corev1.KeyToPath, optional *bool) {
	if len(items) == 0 {
		add(kind, name, "", optional)
	}
	for _, i := range items {
		add(kind, name, i.Key, optional)
	}
}

// ports that the container's probes and hooks name and that it does not have.
func ports(c corev1.Container) []error {
	has := map[string]bool{}
	for _, p := range c.Ports {
		has[p.Name] = true
	}
	var all []error
	check := func(what string, port intstr.IntOrString) {
		if port.Type == intstr.String && !has[port.StrVal] {
			all = append(all, fmt.Errorf("%s of container %s: it has no port %s", what, c.Name, port.StrVal))
		}
	}
	for what, probe := range map[string]*corev1.Probe{"livenessProbe": c.LivenessProbe, "readinessProbe": c.ReadinessProbe, "startupProbe": c.StartupProbe} {
		if probe == nil {
			continue
		}
		if h := probe.HTTPGet; h != nil {
			check(what, h.Port)
		}
		if s := probe.TCPSocket; s != nil {
			check(what, s.Port)
		}
	}
	if l := c.Lifecycle; l != nil {
		for what, h := range map[string]*corev1.LifecycleHandler{"preStop": l.PreStop, "postStart": l.PostStart} {
			if h != nil && h.HTTPGet != nil {
				check(what, h.HTTPGet.Port)
			}
		}
	}
	return all
}
