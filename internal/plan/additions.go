package plan

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/generators/additions"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
	"github.com/whiskops/whiskops/internal/whiskenv"
)

// addVariables adds to a component's own variables what the environment says: values
// by their names and by OpenWhisk's keys, and the options of its JVM.
func (p *planner) addVariables(name string, env map[string]string) error {
	c, a := p.Catalog.Components[name], p.Additions(name)
	for key, text := range a.Config {
		variable, ok := whiskenv.Name(key)
		if !ok {
			return fmt.Errorf("no variable can set the configuration key %q", key)
		}
		env[variable] = text
	}
	for variable, v := range a.Env {
		if v.Value != "" {
			env[variable] = v.Value
		}
	}
	if len(a.JVMOptions) > 0 {
		env[c.JVM] = strings.TrimSpace(env[c.JVM] + " " + strings.Join(a.JVMOptions, " "))
	}
	if name == p.Catalog.Actions.By {
		return p.actionVariables(env)
	}
	return nil
}

var counted = regexp.MustCompile(`^(.*?)([0-9]+)$`)

// actionVariables tells the maker of action pods of the variables that all of them
// have: a list, whose first entries are the catalogue's.
func (p *planner) actionVariables(env map[string]string) error {
	parts := counted.FindStringSubmatch(p.Catalog.Actions.Variables)
	if parts == nil {
		return fmt.Errorf("catalogue: the variable %q has no number", p.Catalog.Actions.Variables)
	}
	first, _ := strconv.Atoi(parts[2])
	all := p.ActionVariables()
	for i, name := range slices.Sorted(maps.Keys(all)) {
		env[parts[1]+strconv.Itoa(first+i)] = name + "=" + all[name]
	}
	return nil
}

// additions plans what is added to the pods of a component, if anything is.
func (p *planner) additions(name string, own krm.Owner) (additions.Spec, bool) {
	a := p.Additions(name)
	s := additions.Spec{
		Owner: own, Annotations: a.Annotations, Labels: a.Labels, Account: a.ServiceAccount.Annotations,
		Pod: podAdditions(commonPod{a.PriorityClassName, a.NodeSelector, a.Tolerations, a.HostAliases, a.DNSConfig}), Main: krm.M{},
	}
	if a.RuntimeClassName != "" {
		s.Pod["runtimeClassName"] = a.RuntimeClassName
	}
	for _, volume := range slices.Sorted(maps.Keys(a.Volumes)) {
		v := fragment(a.Volumes[volume])
		v["name"] = volume
		s.Pod["volumes"] = appended(s.Pod["volumes"], v)
	}
	for _, variable := range slices.Sorted(maps.Keys(a.Env)) {
		if v := a.Env[variable]; v.Value == "" {
			s.Main["env"] = appended(s.Main["env"], entry(variable, v))
		}
	}
	for _, m := range fragments(a.VolumeMounts) {
		s.Main["volumeMounts"] = appended(s.Main["volumeMounts"], m)
	}
	for _, sidecar := range slices.Sorted(maps.Keys(a.Sidecars)) {
		c := p.container(sidecar, a.Sidecars[sidecar])
		c["restartPolicy"] = "Always"
		s.Sidecars = append(s.Sidecars, c)
	}
	for _, init := range slices.Sorted(maps.Keys(a.InitContainers)) {
		s.Init = append(s.Init, p.container(init, a.InitContainers[init]))
	}
	there := len(s.Annotations)+len(s.Labels)+len(s.Account)+len(s.Pod)+len(s.Main)+len(s.Sidecars)+len(s.Init) > 0
	return s, there
}

// commonPod is what is said of pods of components and of action pods alike.
type commonPod struct {
	priorityClass string
	nodeSelector  map[string]string
	tolerations   []environment.Toleration
	hostAliases   []environment.HostAlias
	dnsConfig     *environment.DNSConfig
}

func podAdditions(c commonPod) krm.M {
	pod := krm.M{}
	if c.priorityClass != "" {
		pod["priorityClassName"] = c.priorityClass
	}
	if len(c.nodeSelector) > 0 {
		pod["nodeSelector"] = textMap(c.nodeSelector)
	}
	for _, t := range fragments(c.tolerations) {
		pod["tolerations"] = appended(pod["tolerations"], t)
	}
	for _, h := range fragments(c.hostAliases) {
		pod["hostAliases"] = appended(pod["hostAliases"], h)
	}
	if c.dnsConfig != nil {
		pod["dnsConfig"] = fragment(*c.dnsConfig)
	}
	return pod
}

// container that is added. Its values stand in the pod's template, where a dollar
// would begin a reference.
func (p *planner) container(name string, s environment.Sidecar) krm.M {
	c := krm.M{"name": name, "image": p.Pinned(s.Image), "resources": fragment(s.Resources), "securityContext": addedSecurity(s.SecurityContext)}
	for field, words := range map[string][]string{"command": s.Command, "args": s.Args} {
		for _, w := range words {
			c[field] = appended(c[field], w)
		}
	}
	for field, list := range map[string][]krm.M{"ports": fragments(s.Ports), "volumeMounts": fragments(s.VolumeMounts)} {
		for _, e := range list {
			if field == "ports" {
				e["protocol"] = "TCP"
			}
			c[field] = appended(c[field], e)
		}
	}
	env := map[string]environment.Variable{}
	for variable, text := range p.ProxyVariables() {
		env[variable] = environment.Variable{Value: text}
	}
	maps.Copy(env, s.Env)
	for _, variable := range slices.Sorted(maps.Keys(env)) {
		c["env"] = appended(c["env"], entry(variable, env[variable]))
	}
	return c
}

func addedSecurity(s environment.SidecarSecurityContext) krm.M {
	capabilities := krm.M{"drop": krm.L{"ALL"}}
	for _, add := range s.Capabilities.Add {
		capabilities["add"] = appended(capabilities["add"], add)
	}
	m := krm.M{"allowPrivilegeEscalation": s.AllowPrivilegeEscalation, "readOnlyRootFilesystem": s.ReadOnlyRootFilesystem, "capabilities": capabilities}
	if s.Privileged {
		m["privileged"] = true
	}
	if s.RunAsUser > 0 {
		m["runAsUser"] = s.RunAsUser
	}
	return m
}

// entry of a container's env.
func entry(name string, v environment.Variable) krm.M {
	switch {
	case v.SecretKeyRef != nil:
		return krm.M{"name": name, "valueFrom": krm.M{"secretKeyRef": reference(v.SecretKeyRef)}}
	case v.ConfigMapKeyRef != nil:
		return krm.M{"name": name, "valueFrom": krm.M{"configMapKeyRef": reference(v.ConfigMapKeyRef)}}
	}
	return krm.M{"name": name, "value": strings.ReplaceAll(v.Value, "$", "$$")}
}

func reference(r *environment.KeyRef) krm.M {
	m := krm.M{"name": r.Name, "key": r.Key}
	if r.Optional {
		m["optional"] = true
	}
	return m
}

// added rules of a component's policy: what the environment opens, and the way to
// the proxies for the containers that are added.
func (p *planner) added(name string) (ingress, egress []networkpolicies.Rule) {
	a := p.Additions(name)
	for _, r := range a.Egress {
		egress = append(egress, networkpolicies.Rule{Peers: []networkpolicies.Peer{{CIDR: r.CIDR}}, Ports: r.Ports})
	}
	if len(a.Sidecars)+len(a.InitContainers) > 0 {
		egress = append(egress, p.ProxyRules()...)
	}
	for _, r := range a.Ingress {
		ingress = append(ingress, networkpolicies.Rule{Peers: []networkpolicies.Peer{{Namespace: r.Namespace}}, Ports: r.Ports})
	}
	return ingress, egress
}

// fragment turns a value into the mapping that functionConfigs pass through.
func fragment[T any](v T) krm.M { return value.Map(fragments([]T{v})[0]) }

func appended(list, e any) krm.L {
	l, _ := list.(krm.L)
	return append(l, e)
}

func textMap(of map[string]string) krm.M {
	m := krm.M{}
	for k, v := range of {
		m[k] = v
	}
	return m
}
