package servers

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// actionPods holds the pods that invokers have made against the template, field by
// field, and against what the environment promises of them.
func (v *invokers) actionPods() error {
	env, err := v.pods[0].Environment("invoker")
	if err != nil {
		return err
	}
	file, ok := strings.CutPrefix(env["CONFIG_whisk_kubernetes_podTemplate"], "file:")
	if !ok {
		return fmt.Errorf("CONFIG_whisk_kubernetes_podTemplate is %q", env["CONFIG_whisk_kubernetes_podTemplate"])
	}
	text, err := os.ReadFile(v.pods[0].Path(file))
	if err != nil {
		return err
	}
	var template map[string]any
	if err := yaml.Unmarshal(text, &template); err != nil {
		return err
	}
	delete(template, "apiVersion") // of a list's items it is not said
	delete(template, "kind")
	n, err := v.held(template, "", env)
	if err != nil {
		return err
	}
	v.run.proved(invokerServer, "%d action pods have all that the template says, as the API server keeps them; they are in %s, on a node of the pool, without a token, without NET_RAW and NET_ADMIN, with their memory as request and limit, and have no seccomp profile", n, env["CONFIG_whisk_kubernetes_actionNamespace"])
	return nil
}

// held counts the action pods of an invoker, or of all, and fails if one has not
// all that is wanted.
func (v *invokers) held(want map[string]any, invoker string, env map[string]string) (int, error) {
	pods, err := v.cluster.pods(v.run, invoker)
	if err != nil {
		return 0, err
	}
	for _, p := range pods {
		raw, err := json.Marshal(p)
		if err != nil {
			return 0, err
		}
		var kept map[string]any
		if err := json.Unmarshal(raw, &kept); err != nil {
			return 0, err
		}
		if err := within(want, kept, ""); err != nil {
			return 0, fmt.Errorf("pod %s has not all of the template: %w", p.Name, err)
		}
		if err := asPromised(p, env); err != nil {
			return 0, fmt.Errorf("pod %s: %w", p.Name, err)
		}
	}
	if len(pods) == 0 {
		return 0, fmt.Errorf("there is no pod of an action")
	}
	return len(pods), nil
}

// within is an error if a value is not in another: maps by their keys, lists by
// their elements.
func within(want, got any, path string) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is %v", path, got)
		}
		for key, value := range w {
			if err := within(value, g[key], path+"."+key); err != nil {
				return err
			}
		}
	case []any:
		g, _ := got.([]any)
		for _, value := range w {
			if !slices.ContainsFunc(g, func(element any) bool { return within(value, element, path) == nil }) {
				return fmt.Errorf("%s has no %v", path, value)
			}
		}
	default:
		if fmt.Sprint(want) != fmt.Sprint(got) {
			return fmt.Errorf("%s is %v, not %v", path, got, want)
		}
	}
	return nil
}

// asPromised is what an invoker adds to the template.
func asPromised(p corev1.Pod, env map[string]string) error {
	c := p.Spec.Containers[0]
	memory := c.Resources.Limits.Memory()
	drops := func() []corev1.Capability {
		if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
			return nil
		}
		return c.SecurityContext.Capabilities.Drop
	}()
	variables := map[string]string{}
	for _, e := range c.Env {
		variables[e.Name] = e.Value
	}
	scheme := env["WHISK_API_HOST_PROTO"]
	api := scheme + "://" + env["WHISK_API_HOST_NAME"]
	if port := env["WHISK_API_HOST_PORT"]; port != map[string]string{"http": "80", "https": "443"}[scheme] {
		api += ":" + port
	}
	extra, value, _ := strings.Cut(env["CONFIG_whisk_containerFactory_containerArgs_extraEnvVars_0"], "=")
	switch {
	case p.Namespace != env["CONFIG_whisk_kubernetes_actionNamespace"]:
		return fmt.Errorf("it is in namespace %s", p.Namespace)
	case p.Labels["release"] != env["CONFIG_whisk_helm_release"] || !strings.HasPrefix(p.Labels["invoker"], "invoker"):
		return fmt.Errorf("its labels are %v", p.Labels)
	case memory.IsZero() || memory.Cmp(*c.Resources.Requests.Memory()) != 0:
		return fmt.Errorf("its resources are %v", c.Resources)
	case !slices.Contains(drops, "NET_RAW") || !slices.Contains(drops, "NET_ADMIN"):
		return fmt.Errorf("it drops only %v", drops)
	case p.Spec.SecurityContext.SeccompProfile != nil || c.SecurityContext.SeccompProfile != nil:
		return fmt.Errorf("it has a seccomp profile, which documents and rules say that it cannot have")
	case len(p.Spec.Volumes) != 0:
		return fmt.Errorf("it has volumes, a token perhaps: %v", p.Spec.Volumes)
	case variables[extra] != value || variables["__OW_API_HOST"] != api:
		return fmt.Errorf("its variables are %v", variables)
	case p.Spec.HostUsers != nil:
		return fmt.Errorf("it has hostUsers, which the catalogue says that it cannot have")
	case p.Spec.NodeName == "":
		return fmt.Errorf("it is on no node")
	}
	return nil
}
