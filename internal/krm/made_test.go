package krm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

type making struct {
	Names  []string   `json:"names"`
	Labels krm.Labels `json:"labels,omitempty"`
	Data   string     `json:"data"`
}

// maker makes a ConfigMap for each name.
var maker = krm.Define(krm.Definition{Kind: "Maker"}, func(r *krm.Run, s making) error {
	for _, name := range s.Names {
		o := krm.New("v1", "ConfigMap", "", name, s.Labels)
		o["data"] = krm.M{"a": s.Data}
		r.Make(o)
	}
	return nil
})

// tried runs maker, as the config of a name, over objects.
func tried(t *testing.T, config, spec string, objects []*yaml.RNode) (*krm.ResourceList, error) {
	t.Helper()
	rl, err := krmtest.Read([]byte("{apiVersion: fn.whiskops.github.io/v1alpha1, kind: Maker, metadata: {name: "+config+"}, spec: {"+spec+"}}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	rl.Items = objects
	return rl, maker.Process(rl)
}

func made(t *testing.T, config, spec string, objects []*yaml.RNode) []*yaml.RNode {
	t.Helper()
	rl, err := tried(t, config, spec, objects)
	if err != nil {
		t.Fatal(err)
	}
	return rl.Items
}

func print(objects []*yaml.RNode) string { return krmtest.Print(&krm.ResourceList{Items: objects}) }

// What other functions do to made objects between two runs stays theirs, and makes no
// second object: another namespace, a prefix of the name, labels, a comment.
func TestOthersBetween(t *testing.T) {
	objects := made(t, "a", "names: [x, y], labels: {team: core}, data: v", nil)
	for _, n := range objects {
		for _, change := range []yaml.Filter{
			yaml.SetLabel("set", "by-another"), yaml.SetAnnotation("set", "by-another"),
			yaml.Tee(yaml.Lookup("metadata"), yaml.SetField("namespace", yaml.NewStringRNode("shop"))),
			yaml.Tee(yaml.Lookup("metadata"), yaml.SetField("name", yaml.NewStringRNode("pre-"+n.GetName()))),
		} {
			if err := n.PipeE(change); err != nil {
				t.Fatal(err)
			}
		}
		n.YNode().Content[0].HeadComment = "# looked at"
	}
	before := print(objects)
	if after := print(made(t, "a", "names: [x, y], labels: {team: core}, data: v", objects)); before != after {
		t.Errorf("(-before +after):\n%s", cmp.Diff(before, after))
	}
	other := made(t, "a", "names: [y], labels: {tier: b}, data: w", objects)
	if len(other) != 1 {
		t.Fatalf("%d objects, wanted 1:\n%s", len(other), print(other))
	}
	if diff := cmp.Diff(map[string]string{"set": "by-another", "tier": "b"}, other[0].GetLabels()); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if text := print(other); !strings.Contains(text, "# looked at") || !strings.Contains(text, "a: w") || !strings.Contains(text, `name: "pre-y"`) {
		t.Errorf("another config:\n%s", text)
	}
}

// An object that somebody else made is not overwritten. If it says what it should, it is
// left, and never taken away.
func TestObjectsOfOthers(t *testing.T) {
	theirs := func(data string) []*yaml.RNode {
		return []*yaml.RNode{yaml.MustParse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: " + data + "} # theirs\n")}
	}
	_, err := tried(t, "a", "names: [x], data: v", theirs("w"))
	if err == nil || !strings.Contains(err.Error(), "ConfigMap x: is there already, made by somebody else") {
		t.Errorf("error %v", err)
	}
	before := print(theirs("v"))
	objects := made(t, "a", "names: [x], data: v", theirs("v"))
	if after := print(objects); after != before {
		t.Errorf("(-before +after):\n%s", cmp.Diff(before, after))
	}
	if after := print(made(t, "a", "names: []", objects)); after != before {
		t.Errorf("taken away (-before +after):\n%s", cmp.Diff(before, after))
	}
	// Another config of the same function is somebody else.
	if _, err := tried(t, "b", "names: [x], data: w", made(t, "a", "names: [x], data: v", nil)); err == nil {
		t.Error("two configs make one object")
	}
	if _, err := tried(t, "a", "names: [x, x]", nil); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("error %v", err)
	}
}

// Without a record twice is once too, and nothing is left behind in the objects.
func TestNoRecord(t *testing.T) {
	const config = "a, annotations: {fn.whiskops.github.io/record: none}"
	objects := made(t, config, "names: [x], data: v", nil)
	once := print(objects)
	if strings.Contains(once, krm.AppliedAnnotation) {
		t.Errorf("a record:\n%s", once)
	}
	if twice := print(made(t, config, "names: [x], data: v", objects)); once != twice {
		t.Errorf("(-once +twice):\n%s", cmp.Diff(once, twice))
	}
}
