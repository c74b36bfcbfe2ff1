// Package golden reads an environment of the golden folder as the objects a
// cluster would be given.
//
// Files come in by Load, as they are on disk, or by Parse, as text that a test
// has changed on purpose. Objects go out by kind and name, with no more of their
// shape than what running a container needs.
package golden

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Env is the objects of one environment.
type Env struct {
	Name  string
	Files map[string]string
	// Readme is the environment's; empty for one that was parsed.
	Readme string

	Workloads  []Workload
	Services   []Service
	ConfigMaps map[string]map[string]string
	// Secrets are those that the environment brings itself; the rest are made
	// by people.
	Secrets map[string]map[string]string
}

// Workload is a Deployment, StatefulSet, DaemonSet or Job, or a CronJob with the
// Spec of its Jobs.
type Workload struct {
	Kind     string
	Metadata Metadata
	Spec     struct {
		Replicas    *int
		ServiceName string
		Template    struct {
			Metadata Metadata
			Spec     PodSpec
		}
		VolumeClaimTemplates []struct{ Metadata Metadata }
	}
}

// Metadata is the part of an object's metadata that matters here.
type Metadata struct {
	Name      string
	Namespace string
	Labels    map[string]string
}

// Service is a Service's selector and ports.
type Service struct {
	Metadata Metadata
	Spec     struct {
		Selector map[string]string
		Ports    []struct {
			Name string
			Port int
			// TargetPort is a number or the name of a container's port.
			TargetPort any
		}
	}
}

// Load reads every object of folder/name.
func Load(folder, name string) (*Env, error) {
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
	readme, err := os.ReadFile(filepath.Join(folder, name, "README.md"))
	if err != nil {
		return nil, err
	}
	env, err := Parse(name, files)
	if err != nil {
		return nil, err
	}
	env.Readme = string(readme)
	return env, nil
}

// Names lists the environments in folder, sorted.
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

// Parse reads objects from files, by their names. Several may stand in one file.
func Parse(name string, files map[string]string) (*Env, error) {
	env := &Env{Name: name, Files: files, ConfigMaps: map[string]map[string]string{}, Secrets: map[string]map[string]string{}}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		for text := range strings.SplitSeq("\n"+files[file], "\n---\n") {
			if err := env.add([]byte(text)); err != nil {
				return nil, fmt.Errorf("%s/%s: %w", name, file, err)
			}
		}
	}
	if len(env.Workloads) == 0 {
		return nil, fmt.Errorf("environment %q has no workloads", name)
	}
	return env, nil
}

func (e *Env) add(text []byte) error {
	var head struct{ Kind string }
	if err := yaml.Unmarshal(text, &head); err != nil {
		return err
	}
	switch head.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "Job":
		var w Workload
		if err := yaml.Unmarshal(text, &w); err != nil {
			return err
		}
		e.Workloads = append(e.Workloads, w)
	case "CronJob":
		var c struct {
			Kind     string
			Metadata Metadata
			Spec     struct{ JobTemplate Workload }
		}
		if err := yaml.Unmarshal(text, &c); err != nil {
			return err
		}
		w := c.Spec.JobTemplate
		w.Kind, w.Metadata = c.Kind, c.Metadata
		e.Workloads = append(e.Workloads, w)
	case "Service":
		var s Service
		if err := yaml.Unmarshal(text, &s); err != nil {
			return err
		}
		e.Services = append(e.Services, s)
	case "ConfigMap", "Secret":
		var c struct {
			Metadata   Metadata
			Data       map[string]string
			StringData map[string]string
		}
		if err := yaml.Unmarshal(text, &c); err != nil {
			return err
		}
		if head.Kind == "Secret" {
			e.Secrets[c.Metadata.Name] = c.StringData
		} else {
			e.ConfigMaps[c.Metadata.Name] = c.Data
		}
	}
	return nil
}

// Workload finds the workload of a component by its label
// app.kubernetes.io/name. A Job's own name ends in a hash.
func (e *Env) Workload(component string) (Workload, error) {
	for _, w := range e.Workloads {
		if w.Metadata.Labels["app.kubernetes.io/name"] == component {
			return w, nil
		}
	}
	return Workload{}, fmt.Errorf("environment %s has no workload of component %q", e.Name, component)
}

// Replicas is the declared number of pods.
func (w Workload) Replicas() int {
	if w.Spec.Replicas == nil {
		return 1
	}
	return *w.Spec.Replicas
}

// Container finds a container, also among the init containers.
func (w Workload) Container(name string) (Container, error) {
	spec := w.Spec.Template.Spec
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		if c.Name == name {
			return c, nil
		}
	}
	return Container{}, fmt.Errorf("%s %s has no container %q", w.Kind, w.Metadata.Name, name)
}

// Target says where a connection to a port of a Service ends: the component it
// selects and the number of the port of its container.
func (e *Env) Target(service string, port int) (component string, number int, err error) {
	for _, s := range e.Services {
		if s.Metadata.Name != service {
			continue
		}
		w, err := e.selected(s)
		if err != nil {
			return "", 0, err
		}
		for _, p := range s.Spec.Ports {
			if p.Port == port {
				number, err := w.port(p.TargetPort)
				return w.Metadata.Labels["app.kubernetes.io/name"], number, err
			}
		}
		return "", 0, fmt.Errorf("service %s has no port %d", service, port)
	}
	return "", 0, fmt.Errorf("environment %s has no service %q", e.Name, service)
}

func (e *Env) selected(s Service) (Workload, error) {
	for _, w := range e.Workloads {
		labels, all := w.Spec.Template.Metadata.Labels, len(s.Spec.Selector) > 0
		for key, value := range s.Spec.Selector {
			all = all && labels[key] == value
		}
		if all {
			return w, nil
		}
	}
	return Workload{}, fmt.Errorf("service %s selects no workload", s.Metadata.Name)
}

func (w Workload) port(target any) (int, error) {
	for _, c := range w.Spec.Template.Spec.Containers {
		if number, err := c.Port(target); err == nil {
			return number, nil
		}
	}
	return 0, fmt.Errorf("%s %s has no container port %v", w.Kind, w.Metadata.Name, target)
}

// Changed is the environment with a text of one file replaced, once and for
// all: a fault made on purpose. The file's name may end in "*".
func (e *Env) Changed(file, from, to string) (*Env, error) {
	files := maps.Clone(e.Files)
	changed := 0
	for name, text := range files {
		prefix, open := strings.CutSuffix(file, "*")
		if name != file && (!open || !strings.HasPrefix(name, prefix)) {
			continue
		}
		if strings.Contains(text, from) {
			files[name] = strings.ReplaceAll(text, from, to)
			changed++
		}
	}
	if changed == 0 {
		return nil, fmt.Errorf("no file %s of environment %s contains %q", file, e.Name, from)
	}
	return Parse(e.Name, files)
}
