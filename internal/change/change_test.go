package change

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// m and l are what objects are made of.
type (
	m = map[string]any
	l = []any
)

func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		old, new any
		want     []string
	}{
		"equal":                   {m{"a": int64(1)}, m{"a": int64(1)}, nil},
		"a value":                 {m{"a": m{"b": "x"}}, m{"a": m{"b": "y"}}, []string{"a.b: x -> y"}},
		"a key comes and goes":    {m{"a": "x"}, m{"b": "x"}, []string{"a: x -> ", "b:  -> x"}},
		"a key with dots":         {m{"a": m{"b.c/d": "x"}}, m{"a": m{"b.c/d": "y"}}, []string{`a["b.c/d"]: x -> y`}},
		"elements with names":     {m{"c": l{m{"name": "a", "v": "1"}, m{"name": "b"}}}, m{"c": l{m{"name": "b"}, m{"name": "a", "v": "2"}}}, []string{"c[a].v: 1 -> 2"}},
		"claims":                  {m{"t": l{m{"metadata": m{"name": "data"}, "s": "1Gi"}}}, m{"t": l{m{"metadata": m{"name": "data"}, "s": "2Gi"}}}, []string{"t[data].s: 1Gi -> 2Gi"}},
		"one name twice":          {l{m{"name": "a"}, m{"name": "a"}}, l{m{"name": "a"}, m{"name": "b"}}, []string{"[1].name: a -> b"}},
		"as many without names":   {l{"a", "b"}, l{"a", "c"}, []string{"[1]: b -> c"}},
		"one more without a name": {m{"x": l{"a"}}, m{"x": l{"a", "b"}}, []string{"x:  -> b"}},
		"another order":           {m{"x": l{m{"name": "a"}, m{"name": "b"}}}, m{"x": l{m{"name": "b"}, m{"name": "a"}}}, []string{"x: [{name: a}, {name: b}] -> [{name: b}, {name: a}]"}},
		"another kind of value":   {m{"x": l{"a"}}, m{"x": "a"}, []string{"x: [a] -> a"}},
	} {
		var got []string
		for _, d := range differences("", c.old, c.new) {
			got = append(got, fmt.Sprintf("%s: %s -> %s", d.path, show(d.old), show(d.new)))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Each path of a difference leads back to its value.
func TestPathsLead(t *testing.T) {
	old := m{"a": m{"b.c/d": "x", "e": l{m{"name": "n.o", "v": "1"}, m{"name": "p"}}}, "f": l{"g", "h"}, "i": l{m{"metadata": m{"name": "data"}, "s": "1Gi"}}}
	new := m{"a": m{"b.c/d": "y", "e": l{m{"name": "n.o", "v": "2"}, m{"name": "p"}}}, "f": l{"g", "j"}, "i": l{m{"metadata": m{"name": "data"}, "s": "2Gi"}}}
	all := differences("", old, new)
	if len(all) != 4 {
		t.Fatalf("%d differences", len(all))
	}
	for _, d := range all {
		if !value.Equal(at(old, d.path), d.old) || !value.Equal(at(new, d.path), d.new) {
			t.Errorf("%s leads to %v and %v", d.path, at(old, d.path), at(new, d.path))
		}
	}
	for _, path := range []string{"x", "a.x", "a.e[q]", "f[2]", "a.b"} {
		if v := at(old, path); v != nil {
			t.Errorf("%s leads to %v", path, v)
		}
	}
}

func TestShorten(t *testing.T) {
	for in, want := range map[string]string{
		strings.Repeat("x", longest-1):              strings.Repeat("x", longest-1),
		strings.Repeat("x", longest):                strings.Repeat("x", longest),
		strings.Repeat("x", longest+1):              strings.Repeat("x", longest-3) + "...",
		strings.Repeat("x", longest-4) + "ä" + "yy": strings.Repeat("x", longest-4) + "ä" + "yy",
		strings.Repeat("x", longest-4) + "äyyy":     strings.Repeat("x", longest-4) + "...",
		"a\n":                                       "a", "a\nb": "2 lines", "a\nb\n": "2 lines",
	} {
		if got := shorten(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestEnumerate(t *testing.T) {
	for want, names := range map[string][]string{
		"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}, "a, b and 2 others": {"a", "b", "c", "d"},
	} {
		if got := enumerate(names); got != want {
			t.Errorf("%v: %q, want %q", names, got, want)
		}
	}
}

func TestTextDifference(t *testing.T) {
	for want, texts := range map[string][2]string{
		"+1 -0 lines": {"a\n", "a\nb\n"}, "+0 -1 lines": {"a\nb\n", "b\n"}, "+1 -1 lines": {"a\n", "b\n"}, "lines in another order": {"a\nb\n", "b\na\n"},
	} {
		if got := textDifference(texts[0], texts[1]); got != want {
			t.Errorf("%q: %q, want %q", texts, got, want)
		}
	}
}

// A number that shrinks: Kafka's -1 is no bound at all.
func TestShrinks(t *testing.T) {
	rule := ruled{}
	rule.If = "shrinks"
	for _, c := range []struct {
		old, new any
		want     bool
	}{
		{"2", "1", true}, {"2", "2", false}, {"2", "3", false}, {int64(3), int64(2), true}, {"-1", "5", true}, {"5", "-1", false}, {"a", "1", false}, {nil, "1", false},
	} {
		if got := rule.holds(difference{old: c.old, new: c.new}); got != c.want {
			t.Errorf("%v to %v: %t", c.old, c.new, got)
		}
	}
}

func set(objects ...m) []Object {
	var built []kustomize.Object
	for _, o := range objects {
		built = append(built, kustomize.Object{
			APIVersion: o["apiVersion"].(string), Kind: o["kind"].(string),
			Name: value.Map(o, "metadata")["name"].(string), Namespace: "n", Value: o,
		})
	}
	return Set(built, nil)
}

func service(spec m) m {
	return m{"apiVersion": "v1", "kind": "Service", "metadata": m{"name": "s"}, "spec": spec}
}

func policy(spec m) m {
	return m{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": m{"name": "p"}, "spec": spec}
}

// Who gets in, and what is reached, that was not: pods that are named are neither.
func TestExposed(t *testing.T) {
	from := func(peers ...any) m { return m{"ingress": l{m{"from": peers, "ports": l{m{"port": int64(80)}}}}} }
	pods := m{"podSelector": m{"matchLabels": m{"a": "b"}}, "namespaceSelector": m{"matchLabels": m{"c": "d"}}}
	for name, c := range map[string]struct {
		old, new m
		want     []string
	}{
		"a Service that opens":  {service(m{"type": "ClusterIP", "ports": l{m{"port": int64(80)}}}), service(m{"type": "NodePort", "ports": l{m{"port": int64(80)}}}), []string{"port 80 is open to everyone as a NodePort"}},
		"a Service that closes": {service(m{"type": "LoadBalancer", "ports": l{m{"port": int64(80)}}}), service(m{"ports": l{m{"port": int64(80)}}}), nil},
		"ranges that are wider": {
			service(m{"type": "LoadBalancer", "loadBalancerSourceRanges": l{"10.0.0.0/8"}, "ports": l{m{"port": int64(80)}}}),
			service(m{"type": "LoadBalancer", "ports": l{m{"port": int64(80)}}}), []string{"port 80 is open to everyone as a LoadBalancer"},
		},
		"pods that are named": {policy(from()), policy(from(pods)), nil},
		"a whole namespace":   {policy(from(pods)), policy(from(pods, m{"namespaceSelector": m{"matchLabels": m{"c": "d"}}})), []string{"open to {namespaceSelector: {matchLabels: {c: d}}} at port 80"}},
		"addresses":           {policy(from(pods)), policy(from(pods, m{"ipBlock": m{"cidr": "0.0.0.0/0"}})), []string{"open to 0.0.0.0/0 at port 80"}},
		"everyone":            {policy(from(pods)), policy(m{"ingress": l{m{}}}), []string{"open to everyone at any port"}},
		"what pods may call":  {policy(m{}), policy(m{"egress": l{m{"to": l{m{"ipBlock": m{"cidr": "10.0.0.1/32"}}}}}}), []string{"may call 10.0.0.1/32 at any port"}},
	} {
		if name == "pods that are named" {
			c.old = policy(m{"ingress": l{}})
		}
		var got []string
		for _, e := range Compare(set(c.old), set(c.new), Facts{}) {
			if e.Class == Exposed {
				got = append(got, e.Message)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What is gone is deleted by who prunes, but for what is kept, and left by all others.
func TestGone(t *testing.T) {
	claim := m{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": m{"name": "c"}}
	for name, c := range map[string]struct {
		object m
		facts  Facts
		want   Class
	}{
		"by hand":          {service(nil), Facts{}, Left},
		"pruned":           {service(nil), Facts{Prunes: true}, Removed},
		"data, by hand":    {claim, Facts{}, Left},
		"data, pruned":     {claim, Facts{Prunes: true}, Data},
		"data, and kept":   {claim, Facts{Prunes: true, Kept: []string{"PersistentVolumeClaim"}}, Left},
		"pruned, not kept": {service(nil), Facts{Prunes: true, Kept: []string{"PersistentVolumeClaim"}}, Removed},
	} {
		effects := Compare(set(c.object), nil, c.facts)
		if len(effects) != 1 || effects[0].Class != c.want {
			t.Errorf("%s: %v, want %s", name, effects, c.want)
		}
	}
}

// The values of a Secret are nobody's to see.
func TestSecretsAreHidden(t *testing.T) {
	secret := func(v string) m {
		return m{"apiVersion": "v1", "kind": "Secret", "metadata": m{"name": "s"}, "data": m{"password": v}, "stringData": m{"key": v}}
	}
	effects := Compare(set(secret("aHVudGVyMg==")), set(secret("emVicmE=")), Facts{})
	if len(effects) != 2 {
		t.Fatalf("%v", effects)
	}
	if text := fmt.Sprintf("%+v", effects); strings.Contains(text, "aHVudGVyMg") || strings.Contains(text, "emVicmE") {
		t.Error(text)
	}
}

// A hash of content in a reference makes no other hash of what refers to it.
func TestHashOfReferences(t *testing.T) {
	if hash(m{"name": "a-env-cm458mffg8"}) != hash(m{"name": "a-env-7ckk96mfb2"}) || hash(m{"name": "a-env"}) == hash(m{"name": "b-env"}) {
		t.Error("hashes follow the wrong thing")
	}
}
