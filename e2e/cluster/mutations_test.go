package cluster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// mutation breaks one thing of an environment on purpose.
type mutation struct {
	name string
	// change does it. An object that it adds is given back.
	change func(all []*objects.Object) []*objects.Object
	// want are words of the problem that has to be found.
	want []string
}

// at changes one object.
func at(kind, name string, change func(o *objects.Object)) func([]*objects.Object) []*objects.Object {
	return func(all []*objects.Object) []*objects.Object {
		o := objects.Find(all, kind, name)
		if o == nil {
			panic(fmt.Sprintf("no %s %s to break", kind, name))
		}
		change(o)
		return all
	}
}

func set(path string, value any) func(*objects.Object) {
	return func(o *objects.Object) { objects.Set(o, path, value) }
}

func remove(path string) func(*objects.Object) {
	return func(o *objects.Object) { objects.Remove(o, path) }
}

// found tells whether a problem has all the words.
func found(problems, words []string) bool {
	return slices.ContainsFunc(problems, func(p string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(p, w) })
	})
}

const (
	pod       = "spec.template.spec."
	container = pod + "containers.0."
)

// judged are found by the API server as it takes the objects.
var judged = []mutation{
	{"wrong apiVersion", at("StatefulSet", "kafka", func(o *objects.Object) { o.SetAPIVersion("apps/v1beta1") }),
		[]string{"StatefulSet", "kafka", "rejected", "no matches for kind"}},
	{"unknown field", at("StatefulSet", "couchdb", set(container+"livenessprobe", map[string]any{"periodSeconds": int64(5)})),
		[]string{"StatefulSet", "couchdb", "rejected", "livenessprobe"}},
	{"unknown field of a custom resource", at("Certificate", "nginx-tls", set("spec.dnsName", "example.com")),
		[]string{"Certificate", "nginx-tls", "rejected", "spec.dnsName"}},
	{"wrong type", at("Deployment", "nginx", set("spec.replicas", "three")),
		[]string{"Deployment", "nginx", "rejected", "replicas"}},
	{"a variable twice", at("StatefulSet", "kafka", func(o *objects.Object) {
		env := objects.Get(o, container+"env").([]any)
		objects.Set(o, container+"env", append(env, env[0]))
	}), []string{"StatefulSet", "kafka", "rejected", "duplicate"}},
	{"selector of a workload", at("StatefulSet", "couchdb", set("spec.selector.matchLabels", map[string]any{claims.NameLabel: "cache"})),
		[]string{"StatefulSet", "couchdb", "rejected", "selector"}},
	{"privileged container", at("StatefulSet", "invoker", set(container+"securityContext", map[string]any{"privileged": true})),
		[]string{"StatefulSet", "invoker", "warning", "privileged (container"}},
	{"root", at("StatefulSet", "couchdb", remove(pod+"securityContext.runAsNonRoot")),
		[]string{"StatefulSet", "couchdb", "warning", "runAsNonRoot"}},
	{"capabilities", at("Deployment", "nginx", remove(container+"securityContext.capabilities")),
		[]string{"Deployment", "nginx", "warning", "unrestricted capabilities"}},
	{"a directory of the node", at("StatefulSet", "couchdb", func(o *objects.Object) {
		data := map[string]any{"name": "data", "hostPath": map[string]any{"path": "/data"}}
		objects.Set(o, pod+"volumes", append(objects.Get(o, pod+"volumes").([]any), data))
		objects.Remove(o, "spec.volumeClaimTemplates")
	}), []string{"StatefulSet", "couchdb", "warning", "hostPath"}},
	{"deprecated kind", func(all []*objects.Object) []*objects.Object {
		e := objects.Find(all, "ConfigMap", "runtimes").DeepCopy()
		e.Object = map[string]any{"apiVersion": "v1", "kind": "Endpoints", "metadata": e.Object["metadata"]}
		return append(all, e)
	}, []string{"Endpoints", "warning", "deprecated"}},
	{"volume that no one declares", at("StatefulSet", "kafka", func(o *objects.Object) {
		objects.Remove(o, "spec.volumeClaimTemplates")
	}), []string{"StatefulSet", "kafka", "rejected", "data"}},
}

// TestMutationsAreJudged breaks production, one thing at a time.
func TestMutationsAreJudged(t *testing.T) {
	e := environments(t)[0]
	g := newGround(t, releases()[0], e.classes)
	if err := g.installer.Before(g.ctx, g.set, e.objects, nil); err != nil {
		t.Fatal(err)
	}
	none(t, g.installer.Judge(g.ctx, e.objects).Problems)
	for _, m := range judged {
		holds(t, e.name, releases()[0], "mutation is found: "+m.name, func(t *testing.T) {
			problems := g.installer.Judge(g.ctx, m.change(objects.Copy(e.objects))).Problems
			if !found(problems, m.want) {
				t.Errorf("no problem has the words %q:\n%s", m.want, strings.Join(problems, "\n"))
			}
		})
	}
}

// run are found once the installation should be up. All of them are installed
// into one cluster, each in a namespace of its own.
var run = []mutation{
	{"selector of a Service", at("Service", "couchdb", set("spec.selector", map[string]any{claims.NameLabel: "database"})),
		[]string{"Service couchdb leads to no pod"}},
	{"port of a Service", at("Service", "nginx-internal", set("spec.ports.0.targetPort", "plain")),
		[]string{"Service nginx-internal", "plain"}},
	{"port of a probe", at("StatefulSet", "controller", set(container+"readinessProbe.httpGet.port", "web")),
		[]string{"pod controller-0", "readinessProbe", "no port web"}},
	{"key of a Secret", at("Secret", "couchdb-admin", remove("stringData.invoker-username")),
		[]string{"pod invoker-0", "Secret couchdb-admin has no key invoker-username"}},
	{"name of a ConfigMap", at("StatefulSet", "kafka", set(container+"envFrom.0.configMapRef.name", "kafka-env")),
		[]string{"pod kafka-0", "ConfigMap kafka-env is not there"}},
	{"selector of a disruption budget", at("PodDisruptionBudget", "couchdb", set("spec.selector.matchLabels", map[string]any{claims.NameLabel: "cache"})),
		[]string{"PodDisruptionBudget couchdb is over no pod"}},
	{"disruption budget that allows nothing", at("PodDisruptionBudget", "couchdb", func(o *objects.Object) {
		objects.Remove(o, "spec.maxUnavailable")
		objects.Set(o, "spec.minAvailable", "100%")
	}), []string{"PodDisruptionBudget couchdb allows no eviction"}},
	{"request that no node has", at("StatefulSet", "controller", func(o *objects.Object) {
		objects.Set(o, container+"resources.requests.memory", "900Gi")
		objects.Set(o, container+"resources.limits.memory", "900Gi")
	}), []string{"pod controller-0", "Insufficient memory"}},
	{"pool that is not there", at("Deployment", "nginx", set(pod+"nodeSelector", map[string]any{fakenode.RoleLabel: "edge"})),
		[]string{"pod nginx", "node affinity/selector"}},
	{"service account", at("StatefulSet", "couchdb", set(pod+"serviceAccountName", "cache")),
		[]string{"StatefulSet couchdb: 0 of 1 pods ready"}},
	{"storage class", at("StatefulSet", "kafka", func(o *objects.Object) {
		objects.Set(o, "spec.volumeClaimTemplates", []any{map[string]any{
			"metadata": map[string]any{"name": "data"},
			"spec": map[string]any{
				"accessModes": []any{"ReadWriteOnce"}, "storageClassName": "fast",
				"resources": map[string]any{"requests": map[string]any{"storage": "1Gi"}},
			},
		}})
		volumes := objects.Get(o, pod+"volumes").([]any)
		objects.Set(o, pod+"volumes", slices.DeleteFunc(volumes, func(v any) bool { return v.(map[string]any)["name"] == "data" }))
	}), []string{"claim data-kafka-0 is Pending"}},
	{"pods that PodSecurity keeps out", at("StatefulSet", "couchdb", remove(pod+"securityContext.seccompProfile")),
		[]string{"StatefulSet couchdb: 0 of 1 pods ready"}},
}

// TestMutationsAreFound breaks development, one thing at a time.
func TestMutationsAreFound(t *testing.T) {
	all := environments(t)
	e := all[len(all)-1]
	g := newGround(t, releases()[0], e.classes, fakenode.Pool{Name: "node", Count: 1, CPU: "64", Memory: "256Gi"})
	at := func(i int) string { return fmt.Sprintf("-m%d", i) }
	for i, m := range run {
		broken := m.change(objects.Into(e.objects, at(i)))
		if err := g.installer.Before(g.ctx, g.set, broken, install.Issued(broken)); err != nil {
			t.Fatal(err)
		}
		g.installer.Apply(g.ctx, broken) // some are warned of here already
	}
	whole := objects.Into(e.objects, "-whole")
	none(t, g.installer.Apply(g.ctx, whole).Problems)
	g.up(t, objects.Namespace(whole))
	for i, m := range run {
		holds(t, e.name, releases()[0], "mutation is found: "+m.name, func(t *testing.T) {
			missing := g.settle(e.namespace()+at(i), time.Minute, func(s *claims.State) []string {
				problems := s.Up()
				if found(problems, m.want) {
					return nil
				}
				return append([]string{fmt.Sprintf("no problem has the words %q", m.want)}, problems...)
			})
			none(t, missing)
		})
	}
}
