package plan

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/generators/additions"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/whiskenv"
)

func planned(t *testing.T, change func(*environment.Environment)) (*planner, derived.Values) {
	t.Helper()
	env := environment.Base()
	change(&env)
	v, err := derived.New(&env)
	if err != nil {
		t.Fatal(err)
	}
	return &planner{Values: v}, v
}

// Values are in the component's ConfigMap, which rolls its pods; only references are
// in the template.
func TestAddedVariables(t *testing.T) {
	ref := &environment.KeyRef{Name: "s", Key: "k"}
	p, _ := planned(t, func(env *environment.Environment) {
		env.Additions = map[string]environment.Additions{"controller": {
			Config:     map[string]string{"whisk.query-limit.max-list-limit": "100"},
			JVMOptions: []string{"-XX:+UseG1GC", "-Da=b"},
			Env:        map[string]environment.Variable{"A": {Value: "$(B)"}, "S": {SecretKeyRef: ref}, "C": {ConfigMapKeyRef: &environment.KeyRef{Name: "c", Key: "k", Optional: true}}},
		}}
	})
	maps, err := p.configMaps("controller")
	if err != nil {
		t.Fatal(err)
	}
	env := maps[0].Data
	for name, want := range map[string]string{
		"CONFIG_whisk_queryLimit_maxListLimit": "100", "A": "$(B)", "S": "", "C": "", "JAVA_OPTS": "-Xmx1024m -Xms1024m -XX:+UseG1GC -Da=b",
	} {
		if env[name] != want {
			t.Errorf("%s is %q, want %q", name, env[name], want)
		}
	}
	spec, there := p.additions("controller", krm.Owner{})
	want := krm.L{
		krm.M{"name": "C", "valueFrom": krm.M{"configMapKeyRef": krm.M{"name": "c", "key": "k", "optional": true}}},
		krm.M{"name": "S", "valueFrom": krm.M{"secretKeyRef": krm.M{"name": "s", "key": "k"}}},
	}
	if diff := cmp.Diff(want, spec.Main["env"]); diff != "" || !there {
		t.Errorf("env (-want +got):\n%s", diff)
	}
}

// A value in a template is no reference, whatever it looks like.
func TestAddedValuesAreNotExpanded(t *testing.T) {
	known := func(string) (string, bool) { return "expanded", true }
	for _, value := range []string{"$", "$$", "$(A)", "$$(A)", "a$b", "$$$$(A)"} {
		text := entry("X", environment.Variable{Value: value})["value"].(string)
		if got := whiskenv.Expand(text, known); got != value {
			t.Errorf("%q arrives as %q", value, got)
		}
	}
}

// Nothing is added to a component of which nothing is said.
func TestNothingAdded(t *testing.T) {
	_, v := planned(t, func(*environment.Environment) {})
	all, err := Of(v)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(all.Functions, func(f Function) bool { return f.Kind == additions.Kind }) {
		t.Error("there is a function for it")
	}
}

// Actions and the containers that are added take the proxy, and may reach it; the
// cluster is reached directly.
func TestProxy(t *testing.T) {
	p, v := planned(t, func(env *environment.Environment) {
		env.Proxy = environment.Proxy{HTTPS: "http://192.0.2.8:3128", NoProxy: []string{".example.com", ".svc"}}
		env.Cluster.APIServer.CIDRs = []string{"10.0.0.1/32"}
		env.CouchDB.External = &environment.CouchDBExternal{Protocol: "https", Host: "db.example.org", Port: 6984}
		env.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"k0.example.org:9092", "k1.example.org:9092"}, Brokers: 3}
		env.Actions.Pod.Env = map[string]string{"https_proxy": "", "A": "b"}
		env.Additions = map[string]environment.Additions{"controller": {Sidecars: map[string]environment.Sidecar{"agent": {Image: "a:1"}}}}
	})
	no := "localhost,127.0.0.1,::1,169.254.169.254,.svc,.cluster.local,10.0.0.1/32,db.example.org,k0.example.org,k1.example.org,.example.com"
	if got := strings.Join(v.NoProxy(), ","); got != no {
		t.Errorf("no proxy for %s", got)
	}
	configMaps, err := p.configMaps(v.Catalog.Actions.By)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range slices.Sorted(maps.Keys(configMaps[0].Data)) {
		if strings.Contains(name, "extraEnvVars") {
			got = append(got, name[strings.LastIndex(name, "_")+1:]+" "+configMaps[0].Data[name])
		}
	}
	want := []string{"0 __OW_ALLOW_CONCURRENT=false", "1 A=b", "2 HTTPS_PROXY=http://192.0.2.8:3128", "3 NO_PROXY=" + no, "4 https_proxy=", "5 no_proxy=" + no}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables of actions (-want +got):\n%s", diff)
	}
	rule := networkpolicies.Rule{Peers: []networkpolicies.Peer{{CIDR: "192.0.2.8/32"}}, Ports: []int{3128}}
	policy, err := p.policy("controller", krm.Owner{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rule, policy.Egress[len(policy.Egress)-1]); diff != "" {
		t.Errorf("egress of the controller (-want +got):\n%s", diff)
	}
	if policy, err = p.policy(v.Catalog.Actions.By, krm.Owner{}); err != nil || cmp.Equal(rule, policy.Egress[len(policy.Egress)-1]) {
		t.Errorf("a component to which nothing is added may reach the proxy: %v", err)
	}
	all, err := Of(v)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all.Functions, func(f Function) bool { return f.Kind == networkpolicies.Kind && f.Name == "actions" })
	egress := all.Functions[i].Spec.(networkpolicies.Spec).Egress
	if diff := cmp.Diff(rule, egress[len(egress)-1]); diff != "" {
		t.Errorf("egress of actions (-want +got):\n%s", diff)
	}
}

// What the template had stays: tolerations, the token that is not mounted, labels.
func TestActionPodKeepsItsTemplate(t *testing.T) {
	pod := func(change func(*environment.Environment)) krm.M {
		p, _ := planned(t, func(env *environment.Environment) {
			env.Cluster.Nodes = map[string]environment.NodePool{"core": {Count: 3}, "invoker": {Count: 2, Memory: "8Gi", CPU: "4"}}
			change(env)
		})
		text, err := p.actionPod()
		if err != nil {
			t.Fatal(err)
		}
		var made krm.M
		if err := yaml.Unmarshal([]byte(text), &made); err != nil {
			t.Fatal(err)
		}
		return made
	}
	plain := pod(func(*environment.Environment) {})
	more := pod(func(env *environment.Environment) {
		env.Actions.Pod = environment.ActionPod{
			NodeSelector: map[string]string{"gpu": "true"}, PriorityClassName: "batch", Labels: map[string]string{"team": "blue"},
			Annotations: map[string]string{"a": "b"}, Tolerations: []environment.Toleration{{Key: "gpu", Operator: "Exists"}},
		}
	})
	spec := plain["spec"].(krm.M)
	spec["nodeSelector"], spec["priorityClassName"] = krm.M{"gpu": "true"}, "batch"
	spec["tolerations"] = append(spec["tolerations"].(krm.L), krm.M{"key": "gpu", "operator": "Exists"})
	meta := plain["metadata"].(krm.M)
	meta["labels"].(krm.M)["team"] = "blue"
	meta["annotations"].(krm.M)["a"] = "b"
	if diff := cmp.Diff(plain, more); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
