package cluster_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
)

// faults that are made, seen by the page's command, and mended by its remedy; of
// one environment, or of all.
var faults = []struct {
	about, of string
	mend      func(t *testing.T, p *page)
}{
	{"pod-pending: a node of the invokers is missing, the events say so, a node that is labelled and tainted as the page says takes the pod", "production", pendingPod},
	{"pod-init: the pod and its wait are named", "", waitingPod},
	{"pod-crashloop: a missing Secret and a kill for memory are named, the Secret that is made again mends it", "ci", brokenPod},
	{"status-502: without controllers there is no address, with them there are as many as there are pods", "", noController},
	{"token-age: lost rights and a lost token are seen, what is delivered again mends both, and the invokers roll", "", lostToken},
	{"database-disk-full: the clean-up runs at once", "production", cleanNow},
	{"broker-disk-full: the claims of all brokers grow", "production", growingClaims},
	{"certificate: a new one is put in place of the old", "ci", newCertificate},
	{"node-lost: it is seen with what was on it, and once it is known to be gone all comes up elsewhere", "production", lostNode},
	{"zone-lost: pods and volumes of the zone are seen, and a broker whose zone never comes back comes up in another", "production", lostZone},
	{"a tool is paused and goes on", "", paused},
}

// labels of a pool, as the page's first part says.
var labelling = regexp.MustCompile("(?m)^- invoker, .*: `(kubectl label node [^`]+)`$")

func pendingPod(t *testing.T, p *page) {
	victim := look(t, p.ground, p.env).Of("invoker")[0]
	p.must(t, fmt.Sprintf("kubectl delete node %s; kubectl -n %s delete pod %s --force --grace-period=0", victim.Spec.NodeName, victim.Namespace, victim.Name))
	p.eventually(t, func() string { return p.look(t, "pod-pending", "FailedScheduling") }, victim.Name, "anti-affinity")
	for _, n := range p.env.pools[1].Nodes() {
		if n.Name != victim.Spec.NodeName {
			continue
		}
		delete(n.Labels, fakenode.RoleLabel)
		n.Spec.Taints = nil
		if err := fakenode.Join(p.ctx, p.set, n); err != nil {
			t.Fatal(err)
		}
	}
	m := labelling.FindStringSubmatch(p.env.readme)
	if m == nil {
		t.Fatal("the README has no command for labels of invokers' nodes")
	}
	p.must(t, strings.ReplaceAll(m[1], "NODE", victim.Spec.NodeName))
	p.up(t, p.env.namespace())
}

func waitingPod(t *testing.T, p *page) {
	p.must(t, fmt.Sprintf(`kubectl -n %s patch pod controller-0 --subresource=status --type=merge -p '{"status":{"initContainerStatuses":[`+
		`{"name":"wait-for-kafka","ready":true,"restartCount":0,"image":"","imageID":""},{"name":"wait-for-topics","ready":false,"restartCount":0,"image":"","imageID":""}]}}'`, p.env.namespace()))
	out := p.look(t, "pod-init", "initContainerStatuses")
	if !regexp.MustCompile(`(?m)^controller-0 +wait-for-topics *$`).MatchString(out) || !regexp.MustCompile(`(?m)^couchdb-0 +<none> *$`).MatchString(out) {
		t.Errorf("it does not show who waits:\n%s", out)
	}
	p.again(t, "controller-0")
}

// again has a pod made anew.
func (p *page) again(t *testing.T, pod string) {
	t.Helper()
	p.must(t, fmt.Sprintf("kubectl -n %s delete pod %s", p.env.namespace(), pod))
	p.up(t, p.env.namespace())
}

func brokenPod(t *testing.T, p *page) {
	ns := p.env.namespace()
	p.must(t, fmt.Sprintf(`kubectl -n %s patch pod invoker-0 --subresource=status --type=strategic -p '{"status":{"containerStatuses":[{"name":"invoker","restartCount":3,"image":"","imageID":"","ready":true,`+
		`"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,"startedAt":null,"finishedAt":null,"containerID":"containerd://x"}}}]}}'`, ns))
	p.must(t, fmt.Sprintf("kubectl -n %s delete secret openwhisk-admin && kubectl -n %s delete pod controller-0", ns, ns))
	p.eventually(t, func() string { return p.look(t, "pod-crashloop", "custom-columns") }, "CreateContainerConfigError", "OOMKilled", "137")
	if err := p.installer.Before(p.ctx, p.set, p.env.objects, install.Asked(p.env.readme)); err != nil {
		t.Fatal(err)
	}
	p.up(t, ns)
}

func noController(t *testing.T, p *page) {
	p.must(t, fmt.Sprintf("kubectl -n %s scale statefulset controller --replicas=0", p.env.namespace()))
	address := regexp.MustCompile(`10\.244\.\d+\.\d+`)
	count := func() string {
		return fmt.Sprint(len(address.FindAllString(p.look(t, "status-502", "endpointslices"), -1)))
	}
	p.eventually(t, count, "0")
	none(t, p.installer.Apply(p.ctx, p.env.objects).Problems)
	p.up(t, p.env.namespace())
	p.eventually(t, count, fmt.Sprint(len(look(t, p.ground, p.env).Of("controller"))))
}

// delivered stands for the tool that is told to deliver again, or does what the
// command did.
func (p *page) delivered(t *testing.T, out string) {
	t.Helper()
	if strings.Contains(p.env.readme, "reconcile.fluxcd.io/requestedAt") || strings.Contains(p.env.readme, "argocd.argoproj.io/refresh") {
		shows(t, out, "annotated")
	}
	none(t, p.installer.Apply(p.ctx, p.env.objects).Problems)
}

func lostToken(t *testing.T, p *page) {
	ns := p.env.namespace()
	if out := p.look(t, "token-age", "auth can-i"); strings.Count(out, "yes") != 5 {
		t.Errorf("rights of invokers:\n%s", out)
	}
	p.must(t, fmt.Sprintf("kubectl -n %s delete rolebinding invoker", actions(p.env)))
	if out, _, err := p.try(t, "token-age", "auth can-i"); err == nil || strings.Count(out, "no\n") != 5 {
		t.Errorf("without the binding: %v\n%s", err, out)
	}
	remedies := p.remedies("token-age")
	reapply := remedies[len(remedies)-1]
	p.delivered(t, p.deliver(t, reapply))
	if out := p.look(t, "token-age", "auth can-i"); strings.Count(out, "yes") != 5 {
		t.Errorf("rights of invokers after they were made again:\n%s", out)
	}

	before := p.look(t, "token-age", "get secret")
	p.look(t, "token-age", "delete secret")
	if out, _, err := p.try(t, "token-age", "get secret"); err == nil {
		t.Errorf("the deleted token is found:\n%s", out)
	}
	time.Sleep(1100 * time.Millisecond) // the time of its making is in whole seconds
	p.delivered(t, p.deliver(t, reapply))
	if after := p.look(t, "token-age", "get secret"); after == before {
		t.Errorf("the token is as old as it was:\n%s", after)
	}
	was := uids(look(t, p.ground, p.env))
	p.look(t, "token-age", "rollout restart")
	none(t, eventually(patience, func() string {
		for name, uid := range uids(look(t, p.ground, p.env)) {
			if was[name] == uid {
				return "pod " + name + " has not rolled"
			}
		}
		return ""
	}))
	p.up(t, ns)
}

// deliver runs a command with which a tool delivers again. Where a person does, it
// builds with kustomize, which is kubectl's here.
func (p *page) deliver(t *testing.T, command string) string {
	t.Helper()
	return p.must(t, strings.Replace(command, "kustomize build", "kubectl kustomize", 1))
}

func (p *page) remedies(symptom string) []string {
	var all []string
	for _, c := range p.commands {
		if c.Symptom == symptom && c.Remedy {
			all = append(all, c.Run)
		}
	}
	return all
}

func cleanNow(t *testing.T, p *page) {
	p.look(t, "database-disk-full", "create job")
	p.must(t, fmt.Sprintf("kubectl -n %s wait --for=condition=Complete job/couchdb-cleanup-now --timeout=60s", p.env.namespace()))
}

func growingClaims(t *testing.T, p *page) {
	shows(t, p.look(t, "broker-disk-full", "storageclass"), "gp3")
	p.must(t, "kubectl patch storageclass gp3 -p '{\"allowVolumeExpansion\":true}'")
	shows(t, p.look(t, "broker-disk-full", "storageclass"), "true")
	p.look(t, "broker-disk-full", "patch pvc")
	out := p.must(t, fmt.Sprintf("kubectl -n %s get pvc -o custom-columns=n:.metadata.name,s:.spec.resources.requests.storage", p.env.namespace()))
	if grown := strings.Count(out, "100Gi"); grown != 3 {
		t.Errorf("%d claims ask for more:\n%s", grown, out)
	}
}

func newCertificate(t *testing.T, p *page) {
	before := p.look(t, "certificate", "jsonpath")
	shows(t, before, "notAfter", "functions.example.com")
	p.must(t, "openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 300 -subj /CN=b -addext subjectAltName=DNS:openwhisk.ci.example.com")
	p.look(t, "certificate", "create secret tls")
	if after := p.look(t, "certificate", "jsonpath"); after == before || !strings.Contains(after, "openwhisk.ci.example.com") {
		t.Errorf("the Secret has the old certificate:\n%s", after)
	}
}

// dead has a node be NotReady, as when its kubelet is silent.
func (p *page) dead(t *testing.T, nodes ...string) {
	t.Helper()
	for _, n := range nodes {
		p.must(t, fmt.Sprintf(`kubectl patch node %s --subresource=status --type=strategic -p '{"status":{"conditions":[{"type":"Ready","status":"Unknown","reason":"NodeStatusUnknown"}]}}'`, n))
	}
}

func lostNode(t *testing.T, p *page) {
	lost := look(t, p.ground, p.env).Of("kafka")[0].Spec.NodeName
	p.dead(t, lost)
	if out := p.look(t, "node-lost", "get nodes"); !regexp.MustCompile(`(?m)^` + lost + ` +NotReady`).MatchString(out) {
		t.Errorf("the node is not seen:\n%s", out)
	}
	shows(t, p.look(t, "node-lost", "spec.nodeName=", "NODE", lost), "kafka-0")
	p.look(t, "node-lost", "out-of-service", "NODE", lost)
	p.look(t, "node-lost", "delete node", "NODE", lost)
	p.eventually(t, func() string { return pending(p.look(t, "zone-lost", "get pods -o wide"), "kafka-0") }, "Running")
	if now := look(t, p.ground, p.env).Of("kafka")[0].Spec.NodeName; now == lost {
		t.Errorf("kafka-0 is still on %s", lost)
	}
	p.up(t, p.env.namespace())
}

func lostZone(t *testing.T, p *page) {
	s := look(t, p.ground, p.env)
	broker := s.Of("kafka")[0]
	zone := ""
	for _, n := range s.Nodes {
		if n.Name == broker.Spec.NodeName {
			zone = n.Labels["topology.kubernetes.io/zone"]
		}
	}
	for _, n := range s.Nodes {
		if n.Labels["topology.kubernetes.io/zone"] == zone {
			p.dead(t, n.Name)
			p.must(t, fmt.Sprintf("kubectl taint node %s node.kubernetes.io/out-of-service=nodeshutdown:NoExecute && kubectl delete node %s", n.Name, n.Name))
		}
	}
	p.eventually(t, func() string { return pending(p.look(t, "zone-lost", "get pods -o wide"), broker.Name) }, "Pending")
	shows(t, p.look(t, "zone-lost", "get pv"), "data-"+broker.Name, zone)

	// Nodes in a zone that has no broker.
	core, invoker := p.env.pools[0], p.env.pools[1]
	for _, pool := range []fakenode.Pool{core, invoker} {
		pool.Name, pool.Count = pool.Name+"-new", 2
		for _, n := range pool.Nodes() {
			n.Labels["topology.kubernetes.io/zone"] = "zone-new"
			if err := fakenode.Join(p.ctx, p.set, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.look(t, "zone-lost", "delete pvc", "POD", broker.Name)
	p.up(t, p.env.namespace())
	shows(t, p.look(t, "zone-lost", "get pv"), "zone-new")
}

// pending gives the state of a pod in what get pods prints.
func pending(out, pod string) string {
	for line := range strings.Lines(out) {
		if words := strings.Fields(line); len(words) > 2 && words[0] == pod {
			return words[2]
		}
	}
	return "nowhere"
}

func paused(t *testing.T, p *page) {
	var all []string
	for _, c := range p.commands {
		if c.Symptom == "" && c.Remedy {
			all = append(all, c.Run)
		}
	}
	if delivers := strings.Contains(p.env.readme, "undoes"); delivers != (len(all) == 2) {
		t.Fatalf("%d commands, and something undoes what is changed: %v", len(all), delivers)
	}
	for _, command := range all {
		shows(t, p.must(t, command), "patched")
	}
}

// eventually has a command show all of the texts, in the end.
func (p *page) eventually(t *testing.T, look func() string, want ...string) {
	t.Helper()
	none(t, eventually(time.Minute, func() string {
		out := look()
		for _, w := range want {
			if !strings.Contains(out, w) {
				return fmt.Sprintf("it does not show %q:\n%s", w, out)
			}
		}
		return ""
	}))
}

// uids of invokers' pods, by name.
func uids(s *claims.State) map[string]string {
	all := map[string]string{}
	for _, p := range s.Of("invoker") {
		all[p.Name] = string(p.UID)
	}
	return all
}
