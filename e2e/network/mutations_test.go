package network

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// A fault made on purpose must be found, by a message that names the pair and
// the policy.
func TestMutations(t *testing.T) {
	const remove = ""
	for _, tt := range []struct {
		name, env, file, from, to string
		want                      []string
	}{
		{"policy removed", "ci", "networkpolicy-couchdb.yaml", remove, remove, []string{
			"may not enter, and the graph needs it: couchdb-cleanup -> couchdb 5984/TCP; couchdb-init -> couchdb 5984/TCP; controller -> couchdb 5984/TCP; invoker -> couchdb 5984/TCP (policies that hold couchdb: openwhisk/default-deny)",
			"may not leave, and the graph needs it: couchdb -> DNS 53/TCP, 5353/TCP, 53/UDP, 5353/UDP;"}},
		{"selector of a policy changed", "ci", "networkpolicy-nginx.yaml", "app.kubernetes.io/name: nginx\n  policyTypes", "app.kubernetes.io/name: edge\n  policyTypes", []string{
			"policy openwhisk/nginx holds no pod",
			"may not enter, and the graph needs it:", "apigateway -> nginx 8080/TCP, 8081/TCP, 8443/TCP;", "(policies that hold nginx: openwhisk/default-deny)",
			"may not leave, and the graph needs it: nginx -> apigateway 8080/TCP; nginx -> controller 8080/TCP;"}},
		{"selector of a peer changed", "development", "networkpolicy-kafka.yaml", "app.kubernetes.io/name: invoker", "app.kubernetes.io/name: invokers", []string{
			"may not enter, and the graph needs it: invoker -> kafka 9092/TCP (policies that hold kafka: openwhisk-dev/default-deny, openwhisk-dev/kafka)"}},
		{"labels of a pod changed", "ci", "statefulset-redis.yaml", "app.kubernetes.io/name: redis\n        app.kubernetes.io/part-of", "app.kubernetes.io/name: store\n        app.kubernetes.io/part-of", []string{
			"policy openwhisk/redis holds no pod",
			"may not leave, and the graph needs it: apigateway -> redis 6379/TCP (policies that hold apigateway:"}},
		{"port changed", "ci", "networkpolicy-redis.yaml", "port: 6379", "port: 6380", []string{
			"may not enter, and the graph needs it: apigateway -> redis 6379/TCP (policies that hold redis: openwhisk/default-deny, openwhisk/redis)",
			"may enter, and the graph does not have it:", "apigateway -> redis 6380/TCP (by policy openwhisk/redis)"}},
		{"port of a pod changed", "ci", "statefulset-couchdb.yaml", "containerPort: 5984", "containerPort: 5985", []string{
			"controller -> couchdb: couchdb does not listen on 5984/TCP"}},
		{"range of ports", "ci", "networkpolicy-kafka.yaml", "- port: 9092\n      protocol: TCP\n  podSelector", "- port: 9092\n      endPort: 9093\n      protocol: TCP\n  podSelector", []string{
			"may enter, and the graph does not have it: kafka-topics -> kafka 9093/TCP (by policy openwhisk/kafka)"}},
		{"public ports opened", "ci", "networkpolicy-nginx.yaml", "  - ports:\n    - port: 8080\n      protocol: TCP\n    - port: 8443\n      protocol: TCP\n", "  - {}\n", []string{
			"may enter, and the graph does not have it:", "apigateway -> nginx 1/TCP,", "more (by policy openwhisk/nginx)"}},
		{"default-deny removed", "ci", "networkpolicy-default-deny.yaml", remove, remove, []string{
			"apigateway -> pod of no component in openwhisk 1/TCP,", "(no policy of this direction holds pod of no component in openwhisk)",
			"(no policy of this direction holds double of action pod in openwhisk)"}},
		{"default-deny of actions removed", "ci", "networkpolicy-default-deny-actions.yaml", remove, remove, []string{
			"may leave, and the graph does not have it: pod of no component in openwhisk-actions ->", "(no policy of this direction holds pod of no component in openwhisk-actions)"}},
		{"default-deny of one direction", "ci", "networkpolicy-default-deny.yaml", "  - Egress\n", "", []string{
			"may leave, and the graph does not have it: pod of no component in openwhisk ->", "(no policy of this direction holds pod of no component in openwhisk)"}},
		{"exceptions emptied", "ci", "networkpolicy-actions.yaml", "        except:\n        - 10.0.0.0/8\n        - 172.16.0.0/12\n        - 192.168.0.0/16\n        - 100.64.0.0/10\n        - 169.254.0.0/16\n", "", []string{
			"may leave, and the graph does not have it:", "action pod -> apigateway 1/TCP,", "more (by policy openwhisk-actions/actions)"}},
		{"metadata service opened", "ci", "networkpolicy-actions.yaml", "        - 169.254.0.0/16\n", "", []string{
			"may leave, and the graph does not have it: action pod -> address 169.254.20.10 1/TCP,", "action pod -> address 169.254.169.254 1/TCP,", "(by policy openwhisk-actions/actions)"}},
		{"exception too narrow", "ci", "networkpolicy-actions.yaml", "172.16.0.0/12", "172.16.0.0/13", []string{
			"may leave, and the graph does not have it: action pod -> address 172.31.255.255 1/TCP,", "(by policy openwhisk-actions/actions)"}},
		{"exception too wide", "ci", "networkpolicy-actions.yaml", "172.16.0.0/12", "172.0.0.0/8", []string{
			"may not leave, and the graph needs it: action pod -> address 172.15.255.255 1/TCP,", "(policies that hold action pod: openwhisk-actions/actions, openwhisk-actions/default-deny-actions)"}},
		{"namespace of a peer changed", "ci", "networkpolicy-invoker.yaml", "kubernetes.io/metadata.name: openwhisk-actions", "app.kubernetes.io/part-of: openwhisk", []string{
			"may leave, and the graph does not have it: invoker -> double of action pod in openwhisk 8080/TCP;", "(by policy openwhisk/invoker)"}},
		{"selector of pods apart from its namespace", "ci", "networkpolicy-actions.yaml", "      podSelector:\n        matchLabels:\n          app.kubernetes.io/name: invoker", "    - podSelector:\n        matchLabels:\n          app.kubernetes.io/name: invoker", []string{
			"may enter, and the graph does not have it:", "apigateway -> action pod 8080/TCP;", "more (by policy openwhisk-actions/actions)"}},
		{"protocol changed", "development", "networkpolicy-invoker.yaml", "port: 5984\n      protocol: TCP", "port: 5984\n      protocol: UDP", []string{
			"may not leave, and the graph needs it: invoker -> couchdb 5984/TCP (policies that hold invoker: openwhisk-dev/default-deny, openwhisk-dev/invoker)"}},
		{"one more peer", "ci", "networkpolicy-couchdb.yaml", "app.kubernetes.io/name: controller", "app.kubernetes.io/part-of: openwhisk", []string{
			"may enter, and the graph does not have it:", "apigateway -> couchdb 5984/TCP; kafka-topics -> couchdb 5984/TCP; nginx -> couchdb 5984/TCP;", "(by policy openwhisk/couchdb)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := files(t, tt.env)
			if tt.from == remove {
				files = without(t, files, tt.file)
			} else {
				files = changed(t, files, tt.file, tt.from, tt.to)
			}
			env := parsed(t, tt.env, files)
			found(t, env, tt.want)
		})
	}
}

// found has a fault found, by messages that say all of want.
func found(t *testing.T, env *Environment, want []string) {
	t.Helper()
	_, err := Check(env, graph(t), NewLibrary(env))
	if err == nil {
		t.Fatal("the fault is not found")
	}
	t.Logf("found: %v", err)
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the message does not say %q:\n%s", w, err)
		}
	}
	if strings.Contains(err.Error(), "judged differently") {
		t.Errorf("the deciders disagree:\n%s", err)
	}
}

func without(t *testing.T, files map[string]string, file string) map[string]string {
	t.Helper()
	if _, ok := files[file]; !ok {
		t.Fatalf("there is no %s", file)
	}
	all := maps.Clone(files)
	delete(all, file)
	return all
}

// liar is a decider that is wrong about one connection.
type liar struct{ Decider }

func (l liar) Decide(q Question) Verdict {
	v := l.Decider.Decide(q)
	if q.From.Name == "apigateway" && q.To.Name == "redis" && q.Port == 6379 {
		v.Enters = !v.Enters
	}
	return v
}

// A difference of the deciders is found.
func TestDisagreement(t *testing.T) {
	env := parsed(t, "ci", files(t, "ci"))
	_, err := Check(env, graph(t), liar{NewLibrary(env)})
	want := "is judged differently: apigateway -> redis 6379/TCP (this package says \"yes\", the library \"enters no\")\n" +
		"is judged differently: apigateway -> redis 6379/UDP, 6379/SCTP (this package says \"leaves no, enters no\", the library \"leaves no\")"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

// A change of the graph is found as well: it says what is needed, and no more.
func TestGraphMutations(t *testing.T) {
	env := parsed(t, "ci", files(t, "ci"))
	all, whole := environments(t), graph(t)
	for i, e := range whole {
		env := env
		if !e.present(env) {
			env = all[slices.IndexFunc(all, e.present)]
		}
		t.Run("without "+e.From+" to "+e.To, func(t *testing.T) {
			t.Parallel()
			env := env.between(e)
			short := append(append(Graph{}, whole[:i]...), whole[i+1:]...)
			if _, err := Check(env, short, Evaluator{env}); err == nil || !strings.Contains(err.Error(), "the graph does not have it") {
				t.Errorf("error %v", err)
			}
		})
	}
	more := append(Graph{{From: "nginx", To: "couchdb", Ports: []Port{{5984, "TCP"}}}}, whole...)
	want := "may not leave, and the graph needs it: nginx -> couchdb 5984/TCP (policies that hold nginx: openwhisk/default-deny, openwhisk/nginx)\n" +
		"may not enter, and the graph needs it: nginx -> couchdb 5984/TCP (policies that hold couchdb: openwhisk/couchdb, openwhisk/default-deny)"
	if _, err := Check(env, more, Evaluator{env}); err == nil || err.Error() != want {
		t.Errorf("with an edge more: error %v, want %q", err, want)
	}
}

// What must never be open is refused whatever the graph says.
func TestNeverOpen(t *testing.T) {
	for _, tt := range []struct{ name, env, file, from, to, want string }{
		{"private addresses", "ci", "networkpolicy-actions.yaml", "        - 172.16.0.0/12\n", "",
			"questions are open: address 172.16.0.0 1/TCP,"},
		{"metadata service", "ci", "networkpolicy-actions.yaml", "    - port: 53\n      protocol: TCP\n", "    - port: 53\n      protocol: TCP\n    - port: 80\n",
			"questions are open: address 169.254.20.10 53/TCP, address 169.254.20.10 80/TCP,"},
		{"strangers", "ci", "networkpolicy-nginx.yaml", "    - port: 8443\n      protocol: TCP\n", "    - port: 8443\n    - port: 8081\n",
			"questions are open: nginx 8080/TCP, nginx 8081/TCP, nginx 8443/TCP"},
		{"way past the front", "own", "networkpolicy-nginx.yaml", "    - port: 8443\n      protocol: TCP\n  podSelector", "    - port: 8443\n    - port: 8081\n  podSelector",
			"questions are open: nginx 8080/TCP, nginx 8081/TCP, nginx 8443/TCP"},
		{"the metadata service, with everything", "outside", "networkpolicy-actions.yaml", "        - 169.254.0.0/16\n", "",
			"link-local addresses: "},
		{"users' code and the front", "ci", "networkpolicy-actions.yaml", "port: 8081", "port: 8080",
			"users' code and the installation: 1 of "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := parsed(t, tt.env, changed(t, files(t, tt.env), tt.file, tt.from, tt.to))
			// Whether policies and graph agree is not the matter here.
			tally, _ := Check(env, graph(t), Evaluator{env})
			if _, err := tally.claims(13); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
