package podproc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// systemPath is what the images' own PATH stands for.
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// ofImage is the number of variables that come from the image and the runtime.
// The kubelet does not expand them.
const ofImage = 3

// environment is the variables of a container in the order in which Kubernetes
// takes them: envFrom first, then env, each able to name those before it.
func (p *Pod) environment(c golden.Container) ([]string, error) {
	var names []string
	values := map[string]string{}
	set := func(name, value string) {
		if _, ok := values[name]; !ok {
			names = append(names, name)
		}
		values[name] = value
	}
	for _, from := range c.EnvFrom {
		var source map[string]string
		var err error
		switch {
		case from.ConfigMapRef != nil:
			source, err = p.configMap(from.ConfigMapRef.Name)
		case from.SecretRef != nil:
			source, err = p.secret(from.SecretRef.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("container %s: %w", c.Name, err)
		}
		for _, name := range sortedKeys(source) {
			set(name, p.rules.apply(c.Name, "env "+name, source[name]))
		}
	}
	for _, v := range c.Env {
		value, err := p.value(c, v, values)
		if err != nil {
			return nil, fmt.Errorf("container %s: variable %s: %w", c.Name, v.Name, err)
		}
		set(v.Name, value)
	}
	env := []string{"PATH=" + strings.Join(append(slices.Clone(p.options.Path), systemPath), ":"), "HOME=/", "HOSTNAME=" + p.name}
	for _, name := range names {
		env = append(env, name+"="+values[name])
	}
	return env, nil
}

func (p *Pod) value(c golden.Container, v golden.Var, known map[string]string) (string, error) {
	if v.ValueFrom == nil {
		return expand(p.rules.apply(c.Name, "env "+v.Name, v.Value), known), nil
	}
	key := func(source map[string]string, err error, key string) (string, error) {
		if err != nil {
			return "", err
		}
		value, ok := source[key]
		if !ok {
			return "", fmt.Errorf("no key %q", key)
		}
		return value, nil
	}
	switch from := v.ValueFrom; {
	case from.SecretKeyRef != nil:
		source, err := p.secret(from.SecretKeyRef.Name)
		return key(source, err, from.SecretKeyRef.Key)
	case from.ConfigMapKeyRef != nil:
		source, err := p.configMap(from.ConfigMapKeyRef.Name)
		return key(source, err, from.ConfigMapKeyRef.Key)
	case from.FieldRef != nil:
		return p.field(from.FieldRef.FieldPath)
	}
	return "", fmt.Errorf("valueFrom of a kind that is not known here")
}

func (p *Pod) field(path string) (string, error) {
	switch path {
	case "metadata.name":
		return p.name, nil
	case "metadata.namespace":
		return p.workload.Metadata.Namespace, nil
	case "metadata.labels['apps.kubernetes.io/pod-index']":
		if p.workload.Kind != "StatefulSet" {
			return "", fmt.Errorf("a pod of a %s has no label apps.kubernetes.io/pod-index", p.workload.Kind)
		}
		return strconv.Itoa(p.options.Index), nil
	case "metadata.labels['batch.kubernetes.io/job-name']":
		if p.workload.Kind != "Job" && p.workload.Kind != "CronJob" {
			return "", fmt.Errorf("a pod of a %s has no label batch.kubernetes.io/job-name", p.workload.Kind)
		}
		return p.name, nil
	case "status.podIP":
		return p.options.IP, nil
	case "spec.nodeName":
		return "node-" + strconv.Itoa(p.options.Index), nil
	}
	return "", fmt.Errorf("field %s is not known here", path)
}

// expand replaces $(NAME) as the kubelet does: an unknown name is left as it is,
// and $$ is one $.
func expand(text string, known map[string]string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '$' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		switch text[i+1] {
		case '$':
			out.WriteByte('$')
			i++
		case '(':
			end := strings.IndexByte(text[i:], ')')
			if end == -1 {
				out.WriteByte('$')
				continue
			}
			if value, ok := known[text[i+2:i+end]]; ok {
				out.WriteString(value)
			} else {
				out.WriteString(text[i : i+end+1])
			}
			i += end
		default:
			out.WriteByte('$')
		}
	}
	return out.String()
}

func pathOf(env []string) []string {
	for _, v := range env {
		if list, ok := strings.CutPrefix(v, "PATH="); ok {
			return strings.Split(list, ":")
		}
	}
	return nil
}
