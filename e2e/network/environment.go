package network

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Environment is what an environment's objects say of the network.
type Environment struct {
	Name string
	// Policies as the API server would keep them, with its defaults.
	Policies []networkingv1.NetworkPolicy
	// Namespaces are the labels of each namespace, of the environment and of
	// the cluster round it.
	Namespaces map[string]map[string]string
	// Home is the namespace of the components, Actions that of action pods.
	Home, Actions string
	// Read tells that somebody reads the metrics, from the namespace monitoring.
	Read bool
	// Fronted tells that somebody else ends TLS, and comes to nginx without.
	Fronted bool
	// Places are where packets start and end.
	Places []Place
}

// Load reads folder/name.
func Load(folder, name string) (*Environment, error) {
	files, err := Files(folder, name)
	if err != nil {
		return nil, err
	}
	return Parse(name, files)
}

// Files are the texts of folder/name/*.yaml, by file name.
func Files(folder, name string) (map[string]string, error) {
	paths, err := filepath.Glob(filepath.Join(folder, name, "*.yaml"))
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files[filepath.Base(path)] = string(text)
	}
	return files, nil
}

// Names of the environments in folder, sorted.
func Names(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// workload is a Deployment, StatefulSet, DaemonSet or Job, or a CronJob with the
// Spec of its Jobs.
type workload struct {
	Metadata metav1.ObjectMeta
	Spec     struct{ Template corev1.PodTemplateSpec }
}

// Parse reads objects from files by their names. Several may stand in one.
func Parse(name string, files map[string]string) (*Environment, error) {
	env := &Environment{Name: name, Namespaces: map[string]map[string]string{}}
	var workloads []workload
	var actionPod *corev1.Pod
	for _, file := range slices.Sorted(maps.Keys(files)) {
		for text := range strings.SplitSeq("\n"+files[file], "\n---\n") {
			if err := env.add([]byte(text), &workloads, &actionPod); err != nil {
				return nil, fmt.Errorf("%s/%s: %w", name, file, err)
			}
		}
	}
	switch {
	case len(workloads) == 0:
		return nil, fmt.Errorf("environment %q has no workloads", name)
	case actionPod == nil:
		return nil, fmt.Errorf("environment %q has no template of action pods", name)
	case env.Actions == "":
		return nil, fmt.Errorf("environment %q has no namespace of action pods", name)
	}
	env.Home = workloads[0].Metadata.Namespace
	for _, name := range []string{env.Home, env.Actions} {
		if env.Namespaces[name] == nil { // somebody else makes it
			env.namespace(name, nil)
		}
	}
	for _, w := range workloads {
		if w.Metadata.Namespace != env.Home {
			return nil, fmt.Errorf("%s is in namespace %q, not in %q", w.Metadata.Name, w.Metadata.Namespace, env.Home)
		}
	}
	return env, env.settle(workloads, actionPod)
}

func (e *Environment) add(text []byte, workloads *[]workload, actionPod **corev1.Pod) error {
	var head metav1.TypeMeta
	if err := yaml.Unmarshal(text, &head); err != nil {
		return err
	}
	switch head.Kind {
	case "PodMonitor":
		e.Read = true
	case "Ingress", "HTTPRoute":
		e.Fronted = true
	case "NetworkPolicy":
		var p networkingv1.NetworkPolicy
		if err := strictly(text, &p); err != nil {
			return err
		}
		fill(&p)
		e.Policies = append(e.Policies, p)
	case "Namespace":
		var n corev1.Namespace
		if err := yaml.Unmarshal(text, &n); err != nil {
			return err
		}
		e.namespace(n.Name, n.Labels)
	case "Deployment", "StatefulSet", "DaemonSet", "Job":
		var w workload
		if err := yaml.Unmarshal(text, &w); err != nil {
			return err
		}
		*workloads = append(*workloads, w)
		e.Read = e.Read || w.Spec.Template.Annotations["prometheus.io/scrape"] == "true"
	case "CronJob":
		var c struct {
			Metadata metav1.ObjectMeta
			Spec     struct{ JobTemplate workload }
		}
		if err := yaml.Unmarshal(text, &c); err != nil {
			return err
		}
		*workloads = append(*workloads, workload{c.Metadata, c.Spec.JobTemplate.Spec})
	case "ConfigMap":
		var c corev1.ConfigMap
		if err := yaml.Unmarshal(text, &c); err != nil {
			return err
		}
		// Where an invoker makes action pods is what it is told.
		if at := c.Data["CONFIG_whisk_kubernetes_actionNamespace"]; at != "" {
			e.Actions = at
		}
		if strings.HasPrefix(c.Name, "action-pod-") {
			*actionPod = &corev1.Pod{}
			return yaml.Unmarshal([]byte(c.Data["pod.yaml"]), *actionPod)
		}
	}
	return nil
}

// strictly reads YAML as the API server does with strict validation: a misspelt
// field would open or close what nobody meant, and case counts.
func strictly(text []byte, into any) error {
	raw, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return err
	}
	unknown, err := kjson.UnmarshalStrict(raw, into)
	return errors.Join(append(unknown, err)...)
}

// namespace with the label that the API server gives to each.
func (e *Environment) namespace(name string, own map[string]string) {
	all := map[string]string{}
	maps.Copy(all, own)
	all[corev1.LabelMetadataName] = name
	e.Namespaces[name] = all
}

// fill sets what the API server sets where a policy leaves it out: the types by
// what it has rules for, and TCP. Source: pkg/apis/networking/v1/defaults.go.
func fill(p *networkingv1.NetworkPolicy) {
	if len(p.Spec.PolicyTypes) == 0 {
		p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
		if len(p.Spec.Egress) > 0 {
			p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
		}
	}
	tcp := corev1.ProtocolTCP
	set := func(ports []networkingv1.NetworkPolicyPort) {
		for i := range ports {
			if ports[i].Protocol == nil {
				ports[i].Protocol = &tcp
			}
		}
	}
	for _, r := range p.Spec.Ingress {
		set(r.Ports)
	}
	for _, r := range p.Spec.Egress {
		set(r.Ports)
	}
}

// public are the ends that anyone may come to.
func (e *Environment) public() []string {
	if e.Fronted {
		return []string{"nginx 8080/TCP", "nginx 8081/TCP", "nginx 8443/TCP"}
	}
	return []string{"nginx 8080/TCP", "nginx 8443/TCP"}
}

// unsound lists policies that hold nothing: what they say is said to no one.
func (e *Environment) unsound() []string {
	var all []string
	for _, p := range e.Policies {
		selects := slices.ContainsFunc(e.Places, func(at Place) bool { return at.Genuine && holds(p, at) })
		if !selects {
			all = append(all, fmt.Sprintf("policy %s holds no pod", nameOf(p)))
		}
	}
	return all
}
