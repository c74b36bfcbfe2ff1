package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/podsecurity"
	"github.com/whiskops/whiskops/internal/whiskenv"
)

// Labels that selectors go by, and those that Kubernetes' controllers set.
var (
	ownLabels        = []string{krm.NameLabel, krm.TierLabel, krm.PartOfLabel, krm.ManagedByLabel}
	controllerLabels = []string{"controller-revision-hash", "controller-uid", "job-name", "pod-template-hash", "pod-template-generation"}
	labelDomains     = []string{"apps.kubernetes.io/", "batch.kubernetes.io/", "statefulset.kubernetes.io/"}
)

// Annotations: those of whiskops' own, and those that Kubernetes does not read any
// more. Source: Kubernetes' changelog of 1.27.
const (
	ownAnnotations  = "whiskops.github.io/"
	deadAnnotations = "seccomp.security.alpha.kubernetes.io/"
	deadContainers  = "container.seccomp.security.alpha.kubernetes.io/"
)

// addedMeta refuses labels and annotations that are not free. owner is whose pods
// they are.
func (c *checker) addedMeta(at string, labels, annotations map[string]string, owner string, owned ...string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		path := at + "." + environment.JoinPath("labels", key)
		switch {
		case slices.Contains(ownLabels, key):
			c.fail("WO544", path, fmt.Sprintf("%s.labels has %q, which says whose the pods of %s are", at, key, owner), "choose another key")
		case slices.Contains(owned, key):
			c.fail("WO544", path, fmt.Sprintf("%s.labels has %q, which an invoker writes itself", at, key), "choose another key")
		case slices.Contains(controllerLabels, key) || slices.ContainsFunc(labelDomains, func(d string) bool { return strings.HasPrefix(key, d) }):
			c.fail("WO544", path, fmt.Sprintf("%s.labels has %q, which Kubernetes' controllers set", at, key), "choose another key")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		path := at + "." + environment.JoinPath("annotations", key)
		switch {
		case strings.HasPrefix(key, ownAnnotations):
			c.fail("WO544", path, fmt.Sprintf("%s.annotations has %q, which is whiskops' own", at, key), "choose another key")
		case strings.HasPrefix(key, deadAnnotations) || strings.HasPrefix(key, deadContainers):
			c.fail("WO542", path, fmt.Sprintf("%s.annotations has %q, which Kubernetes ignores since 1.27", at, key), "leave it out")
		default:
			c.plainText(path, annotations[key])
		}
	}
}

// addedPlace judges on which nodes pods may run besides.
func (c *checker) addedPlace(at, component string, selector map[string]string, tolerations []environment.Toleration) {
	rule := c.Placement(component)
	pool, described := c.Env.Cluster.Nodes[c.Pool(component)]
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		path := at + "." + environment.JoinPath("nodeSelector", key)
		what := fmt.Sprintf("%s.nodeSelector has %q", at, key)
		has, labelled := pool.Labels[key]
		switch {
		case rule.Pool != "" && key == c.Env.Placement.NodeLabel:
			c.saidElsewhere(path, what, []string{environment.JoinPath("placement", "rules", component, "pool")}, "")
		case rule.Arch != "" && key == "kubernetes.io/arch":
			c.saidElsewhere(path, what, nil, ": the image was built for "+rule.Arch)
		case rule.Pool == "" || !described || strings.Contains(key, "kubernetes.io/"):
		case !labelled || has != selector[key]:
			c.warn("WO551", path, fmt.Sprintf("%s, but %s does not say that nodes of pool %q have %q: if they have not, the pods stay Pending", what, poolField(rule.Pool, "labels"), rule.Pool, key+"="+selector[key]),
				"write "+cue(poolField(rule.Pool, "labels")+"."+environment.JoinPath(key), selector[key])+" if they have it")
		}
	}
	for i, t := range tolerations {
		path := fmt.Sprintf("%s.tolerations[%d]", at, i)
		switch {
		case t.Operator == "Exists" && t.Value != "":
			c.fail("WO548", path+".value", path+" has a value, and the operator Exists, which compares none: the API server refuses the pods", "leave out the value, or the operator")
		case t.Operator == "Equal" && t.Key == "":
			c.fail("WO548", path, path+` has no key: only with the operator "Exists" that means all`, "write the key")
		case t.TolerationSeconds > 0 && t.Effect != "NoExecute":
			c.fail("WO548", path+".tolerationSeconds", path+" has tolerationSeconds, which are for the effect NoExecute alone: the API server refuses the pods", `write effect: "NoExecute", or leave them out`)
		}
	}
}

// addedContainers judges the containers themselves.
func (c *checker) addedContainers(a addition, taken derived.Taken) {
	volumes := unique(slices.Collect(maps.Keys(a.Volumes)), taken.Volumes)
	ports := maps.Clone(taken.Ports)
	named := map[string]bool{}
	for _, name := range taken.Ports {
		named[name] = true
	}
	for _, kind := range []struct {
		field string
		of    map[string]environment.Sidecar
	}{{"sidecars", a.Sidecars}, {"initContainers", a.InitContainers}} {
		for _, name := range slices.Sorted(maps.Keys(kind.of)) {
			s, path := kind.of[name], a.path(kind.field, name)
			c.mounts(path, s.VolumeMounts, nil, volumes)
			c.containerSizes(path, name, s.Resources)
			for _, variable := range slices.Sorted(maps.Keys(s.Env)) {
				at := path + "." + environment.JoinPath("env", variable)
				if c.oneKind(at, s.Env[variable]) {
					c.plainText(at+".value", s.Env[variable].Value, variable)
				}
			}
			c.words(path, "command", s.Command, s.Env)
			c.words(path, "args", s.Args, s.Env)
			for i, p := range s.Ports {
				at := fmt.Sprintf("%s.ports[%d].containerPort", path, i)
				if owner, is := ports[p.ContainerPort]; is && kind.field == "sidecars" {
					c.fail("WO543", at, fmt.Sprintf("%s is %d, where %q of the same pod listens: containers of a pod share their ports", at, p.ContainerPort, owner), "choose another port")
				}
				ports[p.ContainerPort] = name
				if kind.field == "sidecars" && named[p.Name] {
					at := fmt.Sprintf("%s.ports[%d].name", path, i)
					c.fail("WO543", at, fmt.Sprintf("%s is %q, and the pods of %s have a port of that name: who asks for it by name, as monitors and Services do, finds either", at, p.Name, a.component), "choose another name")
				}
				named[p.Name] = true
			}
			if c.PodSecurity() == "privileged" && s.SecurityContext.Privileged && !s.SecurityContext.AllowPrivilegeEscalation {
				c.fail("WO548", path+".securityContext.privileged", path+".securityContext has privileged without allowPrivilegeEscalation: the API server refuses the pods", "write allowPrivilegeEscalation: true, or better leave out privileged")
			}
		}
	}
}

// words of a command may name variables, which must be there.
func (c *checker) words(path, field string, words []string, env map[string]environment.Variable) {
	proxy := c.ProxyVariables()
	for i, word := range words {
		at := fmt.Sprintf("%s.%s[%d]", path, field, i)
		// --password, and then it in a word of its own.
		var option []string
		if i > 0 && strings.HasPrefix(words[i-1], "-") && !strings.HasPrefix(word, "-") {
			option = words[i-1 : i]
		}
		if c.plainText(at, word, option...) {
			continue
		}
		whiskenv.Expand(word, func(name string) (string, bool) {
			_, own := env[name]
			_, given := proxy[name]
			if !own && !given {
				c.warn("WO553", at, fmt.Sprintf("%s has $(%s), and no variable of the container is called so: it gets the text as it is written", at, name),
					fmt.Sprintf("write %s, or $$(%s) if the text is meant", cue(path+"."+environment.JoinPath("env", name)), name))
			}
			return "", false
		})
	}
}

func (c *checker) containerSizes(path, name string, r environment.ContainerResources) {
	field := path + ".resources"
	if size(r.Limits.Memory) < leastLimit {
		c.fail("WO240", field+".limits.memory",
			fmt.Sprintf("%s.limits.memory is %q, less than 12 MiB: container runtimes refuse the pod, or the kernel kills it as it starts", field, r.Limits.Memory), "write a real size")
		return
	}
	d := demand{environment.Resources{}, field}
	c.request(name, d, "memory", r.Requests.Memory, r.Limits.Memory, size(r.Requests.Memory) > size(r.Limits.Memory))
	if r.Limits.CPU != "" {
		c.request(name, d, "cpu", r.Requests.CPU, r.Limits.CPU, milli(r.Requests.CPU) > milli(r.Limits.CPU))
	}
}

// refusedPods finds what the namespace's level of Pod Security refuses of what is
// added: all that is generated passes it.
func (c *checker) refusedPods(a addition) {
	level := c.PodSecurity()
	judge := func(path string, meta, spec krm.M) {
		spec["securityContext"] = krm.M{"runAsNonRoot": true, "seccompProfile": krm.M{"type": "RuntimeDefault"}}
		c.refused(path, a.component, c.Env.Namespace, level, krm.M{"metadata": meta, "spec": spec})
	}
	for _, key := range slices.Sorted(maps.Keys(a.Annotations)) {
		judge(a.path("annotations", key), krm.M{"annotations": krm.M{key: a.Annotations[key]}}, krm.M{})
	}
	for _, name := range slices.Sorted(maps.Keys(a.Volumes)) {
		v := a.Volumes[name]
		if v.HostPath != nil {
			judge(a.path("volumes", name, "hostPath"), krm.M{}, krm.M{"volumes": krm.L{krm.M{"name": name, "hostPath": krm.M{"path": v.HostPath.Path}}}})
		}
	}
	for field, containers := range map[string]map[string]environment.Sidecar{"sidecars": a.Sidecars, "initContainers": a.InitContainers} {
		for _, name := range slices.Sorted(maps.Keys(containers)) {
			s := containers[name].SecurityContext
			add := krm.L{}
			for _, capability := range s.Capabilities.Add {
				add = append(add, capability)
			}
			judge(a.path(field, name, "securityContext"), krm.M{}, krm.M{"containers": krm.L{krm.M{"name": name, "securityContext": krm.M{
				"privileged": s.Privileged, "allowPrivilegeEscalation": s.AllowPrivilegeEscalation, "capabilities": krm.M{"drop": krm.L{"ALL"}, "add": add},
			}}}})
		}
	}
}

// refused by the level of a namespace, at the user's field.
func (c *checker) refused(path, owner, namespace, level string, pod krm.M) {
	var what []string
	at := path
	for _, r := range podsecurity.Refused(pod, nil, level) {
		what = append(what, r.What)
		if i := slices.Index(r.Path, "securityContext"); i >= 0 && at == path {
			at = path + "." + strings.Join(r.Path[i+1:], ".")
		}
	}
	if len(what) == 0 {
		return
	}
	c.fail("WO545", c.written(at, path), fmt.Sprintf("namespace %s has the Pod Security level %s, which refuses the pods of %s: %s", namespace, level, owner, strings.Join(what, "; ")),
		"leave it out, or run what needs it in a namespace of its own")
}
