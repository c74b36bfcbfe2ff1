package edit

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type (
	m = map[string]any
	l = []any
)

// written by people: comments, an order of their own, flow style, an anchor, words
// and numbers that a decoder would turn into something else.
const byHand = `# the header
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # {"$kpt-set": "name"}
  labels: &own {app: web, app.kubernetes.io/version: 2026-01-01}
spec:
  template:
    metadata:
      labels: *own
    spec:
      # told by the vendor
      hostNetwork: yes
      tolerations:
        - {key: theirs, operator: Exists} # keep
      containers:
        - name: web # the main one
          image: web:1 # {"$imagepolicy": "a:b"}
          securityContext: {}
      volumes:
        - name: theirs
          secret: {secretName: a, defaultMode: 0644}
`

func pod(fragment m) m { return m{"spec": m{"template": m{"spec": fragment}}} }

var fragments = map[string]m{
	"nothing":  {},
	"one":      pod(m{"tolerations": l{m{"key": "ours", "operator": "Exists"}}}),
	"two":      pod(m{"tolerations": l{m{"key": "ours", "operator": "Exists"}, m{"key": "more"}}}),
	"turned":   pod(m{"tolerations": l{m{"key": "more"}, m{"key": "ours", "operator": "Exists"}}}),
	"theirs":   pod(m{"tolerations": l{m{"operator": "Exists", "key": "theirs"}}}),
	"scalar":   pod(m{"hostNetwork": false, "priority": 5}),
	"inside":   pod(m{"containers": l{Into{"name": "web", "securityContext": m{"runAsUser": 5}, "image": "web:2"}}}),
	"volumes":  pod(m{"volumes": l{m{"name": "a", "emptyDir": m{}}, m{"name": "b", "emptyDir": m{}}}}),
	"alias":    {"spec": m{"template": m{"metadata": m{"labels": m{"app": "b", "x": "y"}}}}},
	"anchor":   {"metadata": m{"labels": m{"app": "b"}}},
	"affinity": pod(m{"affinity": m{"podAntiAffinity": m{"requiredDuringSchedulingIgnoredDuringExecution": l{m{"topologyKey": "a"}}}}}),
}

func parse(t *testing.T, text string) *yaml.RNode {
	t.Helper()
	n, err := yaml.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func print(t *testing.T, n *yaml.RNode) string {
	t.Helper()
	text, err := n.String()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func merge(t *testing.T, n *yaml.RNode, fragment m, before Record) Record {
	t.Helper()
	r, conflicts, err := Merge(n.YNode(), fragment, before)
	if err != nil || len(conflicts) > 0 {
		t.Fatalf("%v %v", err, conflicts)
	}
	return r
}

// TestTwiceAndBack: the same again changes nothing, another fragment after it makes
// what it makes by itself, and taking all back leaves what was there.
func TestTwiceAndBack(t *testing.T) {
	plain := print(t, parse(t, byHand))
	for name, f := range fragments {
		n := parse(t, byHand)
		r := merge(t, n, f, Record{})
		once := print(t, n)
		if again := merge(t, n, f, r); cmp.Diff(r, again) != "" {
			t.Errorf("%s: the record changes: %s", name, cmp.Diff(r, again))
		}
		if diff := cmp.Diff(once, print(t, n)); diff != "" {
			t.Errorf("%s twice (-once +twice):\n%s", name, diff)
		}
		for other, g := range fragments {
			alone, after := parse(t, byHand), parse(t, once)
			want, got := merge(t, alone, g, Record{}), merge(t, after, g, r)
			if name == "anchor" {
				continue // whose aliases have become copies
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s after %s has another record: %s", other, name, diff)
			}
			if diff := cmp.Diff(print(t, alone), print(t, after)); diff != "" {
				t.Errorf("%s after %s (-alone +after):\n%s", other, name, diff)
			}
		}
		Undo(n.YNode(), r)
		if diff := cmp.Diff(plain, print(t, n)); diff != "" && name != "anchor" {
			t.Errorf("%s taken back:\n%s", name, diff)
		}
	}
}

// TestOnlyWhatIsAsked: every other line stays, with its comment, and values that a
// decoder would change.
func TestOnlyWhatIsAsked(t *testing.T) {
	n := parse(t, byHand)
	merge(t, n, pod(m{"tolerations": l{m{"key": "ours", "operator": "Exists"}}, "hostNetwork": false, "volumes": l{m{"name": "a", "emptyDir": m{}}}}), Record{})
	before, after := strings.Split(print(t, parse(t, byHand)), "\n"), strings.Split(print(t, n), "\n")
	var changed []string
	for _, line := range after {
		if !slices.Contains(before, line) {
			changed = append(changed, strings.TrimSpace(line))
		}
	}
	want := []string{"hostNetwork: false", "- key: ours", "operator: Exists", "- emptyDir: {}", "name: a"}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What came by a merge key becomes the object's own where it is changed, and is by the
// merge key again when that is taken back.
func TestMergeKey(t *testing.T) {
	const text = "base: &b\n  security: {a: 1, b: 2}\nspec:\n  <<: *b\n  other: 1\n"
	n := parse(t, text)
	r := merge(t, n, m{"spec": m{"security": m{"a": 5}}}, Record{})
	// kyaml writes the tag out.
	if diff := cmp.Diff("base: &b\n  security: {a: 1, b: 2}\nspec:\n  !!merge <<: *b\n  other: 1\n  security: {a: 5, b: 2}\n", print(t, n)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	Undo(n.YNode(), r)
	if diff := cmp.Diff(strings.Replace(text, "<<", "!!merge <<", 1), print(t, n)); diff != "" {
		t.Errorf("taken back (-want +got):\n%s", diff)
	}
}

// Another entry with the same key is not overwritten.
func TestConflicts(t *testing.T) {
	for name, tt := range map[string]struct {
		fragment m
		yields   bool
	}{
		"volumes":                   {m{"volumes": l{m{"name": "theirs", "emptyDir": m{}}}}, false},
		"topologySpreadConstraints": {m{"topologySpreadConstraints": l{m{"topologyKey": "z", "whenUnsatisfiable": "a", "maxSkew": 1}}}, true},
	} {
		n := parse(t, byHand+"      topologySpreadConstraints: [{topologyKey: z, whenUnsatisfiable: a, maxSkew: 9}]\n")
		before := print(t, n)
		r, conflicts, err := Merge(n.YNode(), pod(tt.fragment), Record{})
		if err != nil || len(conflicts) != 1 || conflicts[0].Field != name || conflicts[0].At != "spec.template.spec."+name || conflicts[0].Yields != tt.yields || !r.Empty() {
			t.Errorf("%s: %v %v %v", name, r, conflicts, err)
		}
		if diff := cmp.Diff(before, print(t, n)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
}
