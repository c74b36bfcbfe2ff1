package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// safety tells which of the settings that keep an installation safe are generated
// and are not there any more.
func (j *judge) safety() {
	j.pairs(func(was, is *pod) {
		j.podSafety(was, is)
		for _, c := range was.containers {
			if now, ok := is.same(c); ok {
				j.containerSafety(was, is, c, now)
			}
		}
	})
	j.objects()
}

func (j *judge) lost(o kustomize.Object, path []string, word, what, so string) {
	j.fail(fault{
		code: codeSafety, of: o, path: path, word: word, warning: true,
		message: what, help: "leave it as it is generated, unless you know better: " + so,
	})
}

func (j *judge) podSafety(was, is *pod) {
	spec := under(is.path, "spec")
	for _, field := range []string{"hostNetwork", "hostPID", "hostIPC", "automountServiceAccountToken"} {
		if was.spec[field] != true && (was.spec[field] == false || field != "automountServiceAccountToken") && is.spec[field] == true {
			j.lost(is.of, under(spec, field), field, field+" is true now", "what breaks into a pod has more than that pod then")
		}
	}
	for _, m := range j.plain.of("NetworkPolicy") {
		now, ok := j.by[idOf(m)]
		before := selectorOf(value.Map(m.Value, "spec")["podSelector"])
		if !ok || m.Namespace != is.of.Namespace || !before.selects(was.labels) || before.empty() {
			continue
		}
		if after := selectorOf(value.Map(now.Value, "spec")["podSelector"]); !after.selects(is.labels) {
			j.lost(is.of, under(is.path, "metadata", "labels"), "", fmt.Sprintf("NetworkPolicy %s does not mean its pods any more", m.Name), "without it they are reached by nobody, or by all")
		}
	}
}

// flags are settings of a container's security context, with the value that is safe.
var flags = []struct {
	name string
	safe any
}{{"readOnlyRootFilesystem", true}, {"allowPrivilegeEscalation", false}, {"runAsNonRoot", true}}

func (j *judge) containerSafety(was, is *pod, before, now container) {
	context := under(now.path, "securityContext")
	lost := func(path []string, what, so string) {
		j.lost(is.of, path, path[len(path)-1], fmt.Sprintf("container %s %s", now.name, what), so)
	}
	for _, f := range flags {
		if effective(was, before, f.name) == f.safe && effective(is, now, f.name) != f.safe {
			lost(under(context, f.name), fmt.Sprintf("has not %s: %v any more", f.name, f.safe), "what breaks into it has a longer way with it")
		}
	}
	drops := func(c container) bool {
		return slices.Contains(words(value.Map(c.is, "securityContext", "capabilities")["drop"]), "ALL")
	}
	if drops(before) && !drops(now) {
		lost(under(context, "capabilities", "drop"), "does not drop all capabilities any more", "no program of it needs one")
	}
	profile := func(p *pod, c container) any {
		of, _ := effective(p, c, "seccompProfile").(map[string]any)
		return of["type"]
	}
	if t := profile(is, now); profile(was, before) == "RuntimeDefault" && t != "RuntimeDefault" && t != "Localhost" {
		lost(under(context, "seccompProfile"), "has no seccomp profile any more", "what breaks into it may make any system call")
	}
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		if before.is[probe] != nil && now.is[probe] == nil {
			lost(under(now.path, probe), fmt.Sprintf("has no %s any more", probe), "a rollout goes on over pods that do not work")
		}
	}
	if value.Map(before.is, "lifecycle")["preStop"] != nil && value.Map(now.is, "lifecycle")["preStop"] == nil {
		lost(under(now.path, "lifecycle", "preStop"), "has no preStop any more", "each rollout cuts off what is in flight")
	}
	limit := func(c container) any { return value.Map(c.is, "resources", "limits")["memory"] }
	if limit(before) != nil && limit(now) == nil {
		lost(under(now.path, "resources", "limits", "memory"), "has no limit of memory any more", "it takes that of the others on its node")
	}
}

// protecting are kinds whose objects keep others safe.
var protecting = []string{"NetworkPolicy", "PodDisruptionBudget"}

// levels of Pod Security, the weakest first.
var levels = []string{"privileged", "baseline", "restricted"}

// objects that protect, and the level of namespaces.
func (j *judge) objects() {
	for _, was := range j.plain.Objects {
		now, ok := j.by[idOf(was)]
		switch {
		case slices.Contains(protecting, was.Kind) && !ok && !j.renamed(was):
			j.lost(was, nil, was.Name, "it is not there any more", map[string]string{
				"NetworkPolicy":       "its pods are open to all that the other policies do not close",
				"PodDisruptionBudget": "a drain of nodes may take all of its pods at once",
			}[was.Kind])
		case was.Kind == "NetworkPolicy" && ok:
			j.opened(was, now)
		case was.Kind == "Namespace" && ok:
			before, after := level(was), level(now)
			if slices.Index(levels, after) < slices.Index(levels, before) {
				j.lost(now, []string{"metadata", "labels", enforced}, enforced, fmt.Sprintf("its Pod Security level was %s and is %s", before, after), "it refuses what should not run there")
			}
		}
	}
}

// renamed tells whether an object goes on under a longer name.
func (j *judge) renamed(was kustomize.Object) bool {
	return slices.ContainsFunc(j.of(was.Kind), func(o kustomize.Object) bool {
		return generated(o) && (strings.HasSuffix(o.Name, was.Name) || strings.HasPrefix(o.Name, was.Name)) && j.plain.by[idOf(o)].Name == ""
	})
}

func level(o kustomize.Object) string {
	if l := text(value.Map(o.Value, "metadata", "labels")[enforced]); l != "" {
		return l
	}
	return levels[0]
}

// opened tells whether a policy lets everybody through where it did not.
func (j *judge) opened(was, now kustomize.Object) {
	for _, way := range []struct{ rules, peers, kind string }{{"ingress", "from", "Ingress"}, {"egress", "to", "Egress"}} {
		types := func(o kustomize.Object) bool {
			return slices.Contains(words(value.Map(o.Value, "spec")["policyTypes"]), way.kind)
		}
		if types(was) && !types(now) {
			j.lost(now, []string{"spec", "policyTypes"}, "policyTypes", fmt.Sprintf("it does not close %s any more", way.rules), "all pods and the world outside get through")
			continue
		}
		if open(now, way.rules, way.peers) && !open(was, way.rules, way.peers) {
			j.lost(now, []string{"spec", way.rules}, way.rules, fmt.Sprintf("one of its rules of %s lets everybody through on all ports", way.rules), "all pods and the world outside get through")
		}
	}
}

// open tells whether a rule has neither peers nor ports.
func open(o kustomize.Object, rules, peers string) bool {
	return slices.ContainsFunc(list(value.Map(o.Value, "spec")[rules]), func(r map[string]any) bool {
		return len(list(r[peers])) == 0 && len(list(r["ports"])) == 0
	})
}
