package verify

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// port tells what is wrong with a port of a Service. The address of a headless one
// is that of its pods, with all their ports.
func (j *judge) port(service kustomize.Object, port int) (wrong, help string) {
	spec := value.Map(service.Value, "spec")
	if spec["type"] == "ExternalName" || spec["selector"] == nil {
		return "", ""
	}
	var there []string
	for _, p := range list(spec["ports"]) {
		there = append(there, fmt.Sprint(p["port"]))
	}
	if spec["clusterIP"] == "None" {
		there = nil
		for _, p := range j.selected(service.Namespace, selectorOf(spec["selector"])) {
			for _, c := range p.containers {
				for _, q := range list(c.is["ports"]) {
					there = append(there, fmt.Sprint(q["containerPort"]))
				}
			}
		}
	}
	if len(there) == 0 || slices.Contains(there, strconv.Itoa(port)) {
		return "", ""
	}
	slices.Sort(there)
	return fmt.Sprintf("Service %s has no port %d", service.Name, port), "it has " + names(slices.Compact(there))
}

// serviceNames are fields that name a Service of the same namespace.
func (j *judge) serviceNames() {
	for _, o := range j.Objects {
		switch o.Kind {
		case "StatefulSet":
			if name := text(value.Map(o.Value, "spec")["serviceName"]); name != "" {
				j.named(o, []string{"spec", "serviceName"}, name, 0)
			}
		case "Ingress":
			j.ingress(o)
		}
	}
}

func (j *judge) ingress(o kustomize.Object) {
	j.backend(o, []string{"spec", "defaultBackend"}, value.Map(o.Value, "spec", "defaultBackend"))
	for i, rule := range list(value.Map(o.Value, "spec")["rules"]) {
		for k, p := range list(value.Map(rule, "http")["paths"]) {
			j.backend(o, []string{"spec", "rules", strconv.Itoa(i), "http", "paths", strconv.Itoa(k), "backend"}, value.Map(p, "backend"))
		}
	}
}

func (j *judge) backend(o kustomize.Object, path []string, backend map[string]any) {
	service := value.Map(backend, "service")
	if name := text(service["name"]); name != "" {
		port, _ := value.Map(service, "port")["number"].(int64)
		j.named(o, under(path, "service", "name"), name, int(port))
	}
}

// named holds the name of a Service in a field against the set.
func (j *judge) named(o kustomize.Object, path []string, name string, port int) {
	at := path[len(path)-1]
	service, ok := j.by[id{"Service", o.Namespace, name}]
	if !ok {
		j.fail(fault{
			code: codeHost, of: o, path: path, word: name, warning: !generated(o),
			message: fmt.Sprintf("%s names Service %s, and there is none in namespace %s", at, name, o.Namespace), help: j.nearService(o.Namespace, name),
		})
		return
	}
	if wrong, help := j.port(service, port); port > 0 && wrong != "" {
		j.fail(fault{code: codeHost, of: o, path: path, word: name, message: fmt.Sprintf("%s names Service %s: %s", at, name, wrong), help: help})
	}
}
