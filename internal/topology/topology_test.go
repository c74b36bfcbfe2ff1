package topology

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

const root = "../.."

func examples(t *testing.T) map[string]*derived.Values {
	t.Helper()
	envs, found, err := environment.Load(os.DirFS(filepath.Join(root, "examples/environments")), "examples/environments")
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	all := map[string]*derived.Values{}
	for i := range envs {
		v, err := derived.New(&envs[i])
		if err != nil {
			t.Fatal(err)
		}
		all[envs[i].Name] = &v
	}
	return all
}

// TestEdgesAreThePolicies: who calls whom between components is what the policies in
// golden/ let in, and nothing else.
func TestEdgesAreThePolicies(t *testing.T) {
	for name, v := range examples(t) {
		topology, err := Of(v)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range topology.Edges {
			if v.Has(e.From) && v.Has(e.To) {
				got = append(got, said(e.From, e.To, e.Ports))
			}
		}
		slices.Sort(got)
		want := letIn(t, filepath.Join(root, "golden", name))
		if diff := cmp.Diff(want, got); diff != "" || len(want) < 5 {
			t.Errorf("%s (-policies +topology):\n%s", name, diff)
		}
	}
}

func said(from, to string, ports []int) string { return fmt.Sprintf("%s -> %s %v", from, to, ports) }

// letIn are the edges that policies let into pods of components.
func letIn(t *testing.T, golden string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(golden, "networkpolicy-*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const label = "app.kubernetes.io/name"
	ports := map[[2]string][]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		type selector struct {
			MatchLabels map[string]string `json:"matchLabels"`
		}
		var policy struct {
			Spec struct {
				PodSelector selector `json:"podSelector"`
				Ingress     []struct {
					From []struct {
						PodSelector       selector  `json:"podSelector"`
						NamespaceSelector *selector `json:"namespaceSelector"`
					} `json:"from"`
					Ports []struct {
						Port int `json:"port"`
					} `json:"ports"`
				} `json:"ingress"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal(text, &policy); err != nil {
			t.Fatal(err)
		}
		to := policy.Spec.PodSelector.MatchLabels[label]
		for _, rule := range policy.Spec.Ingress {
			for _, peer := range rule.From {
				from := peer.PodSelector.MatchLabels[label]
				if from == "" || peer.NamespaceSelector != nil {
					continue
				}
				for _, port := range rule.Ports {
					ports[[2]string{from, to}] = append(ports[[2]string{from, to}], port.Port)
				}
			}
		}
	}
	var all []string
	for edge, numbers := range ports {
		slices.Sort(numbers)
		all = append(all, said(edge[0], edge[1], slices.Compact(numbers)))
	}
	slices.Sort(all)
	return all
}

// TestWhatIsOutside: everybody calls from above, the API and action pods are below, and
// each end of an edge is somebody.
func TestWhatIsOutside(t *testing.T) {
	v := examples(t)["production"]
	topology, err := Of(v)
	if err != nil {
		t.Fatal(err)
	}
	want := []Outside{
		{apiServer, apiServer, false},
		{callers, "who calls https://functions.example.com through aws-network", true},
		{actionPods, "action pods, namespace openwhisk-actions", false},
		{scraper, "who reads metrics, namespace monitoring", true},
	}
	if diff := cmp.Diff(want, topology.Outside); diff != "" {
		t.Error(diff)
	}
	known := map[string]bool{}
	for _, o := range topology.Outside {
		known[o.ID] = true
	}
	var tiers []string
	for _, tier := range topology.Tiers {
		tiers = append(tiers, tier.Name)
		for _, c := range tier.Components {
			known[c.Name] = true
		}
	}
	for _, e := range topology.Edges {
		if !known[e.From] || !known[e.To] {
			t.Errorf("nobody knows an end of %v", e)
		}
	}
	if diff := cmp.Diff([]string{"packages", "edge", "observability", "setup", "core", "data"}, tiers); diff != "" {
		t.Error(diff)
	}
}

// TestServersOutside stand for the component that there is not.
func TestServersOutside(t *testing.T) {
	v := examples(t)["development"]
	v.Env.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"a.example.com:9094", "b.example.com:9095"}}
	topology, err := Of(v)
	if err != nil {
		t.Fatal(err)
	}
	const id = "kafka outside"
	if !slices.Contains(topology.Outside, Outside{id, "kafka at a.example.com:9094,b.example.com:9095", false}) {
		t.Errorf("outside are %v", topology.Outside)
	}
	called := slices.ContainsFunc(topology.Edges, func(e Edge) bool {
		return e.To == id && slices.Equal(e.Ports, []int{9094, 9095})
	})
	if !called {
		t.Errorf("nobody calls it: %v", topology.Edges)
	}
}

// TestLossOfAZone: the quorum goes where fewer stay than more than half.
func TestLossOfAZone(t *testing.T) {
	for _, test := range []struct {
		all, zones int
		rule       string
		lost       int
		stops      bool
	}{
		{3, 3, "hard", 1, false},
		{3, 2, "hard", 2, true},
		{5, 3, "soft", 2, false},
		{5, 2, "soft", 3, true},
		{3, 3, "none", 3, true},
		{1, 3, "hard", 1, true},
		{4, 4, "hard", 1, false},
	} {
		s := Spread{All: test.all, Quorum: test.all/2 + 1}
		if test.rule != "none" {
			s.Pods = evenly(test.all, test.zones)
		}
		if s.Lost() != test.lost || s.Stops() != test.stops {
			t.Errorf("%v: %d lost, stops %v", test, s.Lost(), s.Stops())
		}
		if s.Quorum = 0; s.Stops() {
			t.Errorf("%v: stops without a quorum", test)
		}
	}
}

// TestOrder: calls go down, whatever the names say; where all orders are as good, it is
// that of the names.
func TestOrder(t *testing.T) {
	tier := func(name string) Tier { return Tier{name, []Component{{Name: name}}} }
	names := func(tiers []Tier) (all []string) {
		for _, t := range tiers {
			all = append(all, t.Name)
		}
		return all
	}
	tiers := []Tier{tier("a"), tier("b"), tier("c")}
	edges := []Edge{{From: callers, To: "c"}, {From: "c", To: "a"}, {From: "a", To: "b"}, {From: "b", To: apiServer}}
	if diff := cmp.Diff([]string{"c", "a", "b"}, names(ordered(tiers, edges))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, names(ordered(tiers, nil))); diff != "" {
		t.Error(diff)
	}
	var many []Tier
	for i := range mostOrdered + 1 {
		many = append(many, tier(fmt.Sprint(i)))
	}
	if diff := cmp.Diff(names(many), names(ordered(many, []Edge{{From: "7", To: "0"}}))); diff != "" {
		t.Error(diff)
	}
}
