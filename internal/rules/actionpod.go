package rules

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
	"github.com/whiskops/whiskops/internal/whiskenv"
)

// actionPodField is where a user says more of action pods.
const actionPodField = "actions.pod"

// actionPod judges what is said of action pods: an invoker makes them, and has its
// own idea of most fields.
func (c *checker) actionPod() {
	pod, by := c.Env.Actions.Pod, c.Catalog.Actions
	c.many(actionPodField, reflect.ValueOf(pod))
	for _, name := range slices.Sorted(maps.Keys(pod.Env)) {
		c.actionVariable(name, pod.Env[name])
	}
	c.addedMeta(actionPodField, pod.Labels, pod.Annotations, "actions", by.Owned...)
	c.addedPlace(actionPodField, by.By, pod.NodeSelector, pod.Tolerations)
	for _, key := range slices.Sorted(maps.Keys(pod.Annotations)) {
		c.refused(actionPodField+"."+environment.JoinPath("annotations", key), "actions", c.ActionNamespace, derived.ActionPodSecurity,
			krm.M{"metadata": krm.M{"annotations": krm.M{key: pod.Annotations[key]}}, "spec": krm.M{}})
	}
	for _, field := range slices.Sorted(maps.Keys(by.Overwritten)) {
		if path := actionPodField + "." + field; c.Env.Source.Written(path) {
			c.fail("WO546", path, fmt.Sprintf("%s does not arrive: %s", path, by.Overwritten[field].Because), by.Overwritten[field].Instead)
		}
	}
	for _, lost := range by.Lost(c.actionTemplate()) {
		path := actionPodField + "." + strings.TrimPrefix(lost, "spec.")
		help := "leave it out"
		if instead := by.Instead[lost]; instead != "" {
			help += ": " + instead
		}
		c.fail("WO546", path, fmt.Sprintf("%s does not arrive: the invoker reads the template with a Kubernetes client that does not know the field, and drops it without a word", path), help)
	}
	if s := pod.SecurityContext; s != nil && s.RunAsNonRoot != nil && *s.RunAsNonRoot && s.RunAsUser == 0 {
		c.fail("WO552", actionPodField+".securityContext.runAsNonRoot", actionPodField+".securityContext.runAsNonRoot is true, and OpenWhisk's runtimes run as root: the kubelet starts none of them",
			"write runAsUser too, with a user for which your runtimes were tried, or leave it out")
	}
}

// actionTemplate is the pod that a user describes, with the fields that are lost.
func (c *checker) actionTemplate() krm.M {
	spec := krm.M{}
	if plain, err := value.Of(c.Env.Actions.Pod); err == nil {
		spec = value.Map(plain)
	}
	for _, field := range []string{"annotations", "labels", "env", "resources"} {
		delete(spec, field)
	}
	return krm.M{"spec": spec}
}

func (c *checker) actionVariable(name, text string) {
	path := actionPodField + "." + environment.JoinPath("env", name)
	switch {
	case strings.HasPrefix(name, c.Catalog.Actions.Reserved):
		c.fail("WO541", path, fmt.Sprintf("%s.env has %s: names with %s are OpenWhisk's own, and say what it knows of an activation", actionPodField, name, c.Catalog.Actions.Reserved), "choose another name")
	case c.plainText(path, text, name):
	default:
		if wrong := whiskenv.CheckValue(name + "=" + text); wrong != "" {
			c.fail("WO275", path, fmt.Sprintf("%s goes through a variable of the %s, and %s", path, c.Catalog.Actions.By, wrong), "write it in another way, or leave it out")
		}
	}
}

// proxy judges whether those who should take it can reach it.
func (c *checker) proxy() {
	p := c.Env.Proxy
	if p.HTTP == "" && p.HTTPS == "" {
		c.idle([]string{"proxy.noProxy", "proxy.cidrs"}, "there is no proxy.http and no proxy.https")
		return
	}
	for _, of := range []struct{ path, url string }{{"proxy.http", p.HTTP}, {"proxy.https", p.HTTPS}} {
		u, err := url.Parse(of.url)
		if of.url == "" || err != nil || len(p.CIDRs) > 0 {
			continue
		}
		if _, err := netip.ParseAddr(u.Hostname()); err == nil {
			continue
		}
		c.warn("WO549", of.path, fmt.Sprintf("%s is a name, and network policies know addresses alone: action pods reach it only if it is in actions.egress", of.path),
			`write the ranges that it is in: proxy: cidrs: ["10.0.0.8/32"]`)
		return
	}
}
