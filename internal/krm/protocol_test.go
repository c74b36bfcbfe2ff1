package krm_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

type spec struct {
	Selector *krm.Selector `json:"selector"`
	Priority int           `json:"priority,omitempty"`
	Password string        `json:"password,omitempty"`
}

// prioritize is a small function: it sets a field, and refuses a pod named "no".
var prioritize = krm.Define(krm.Definition{Kind: "Prioritize"}, func(r *krm.Run, s spec) error {
	if s.Priority < 0 {
		r.Fail("spec.priority is %d, wanted at least 0", s.Priority)
	}
	for _, w := range r.Workloads("spec.selector", s.Selector) {
		if w.Name == "no" {
			r.FailAt(w.Node, w.Field("priority"), "has no priority")
			continue
		}
		if err := r.Merge(w.Node, w.Fragment(krm.M{"priority": s.Priority})); err != nil {
			return err
		}
		r.Tell(w.Node, "has the priority %d", s.Priority)
	}
	return nil
})

const pods = `- apiVersion: v1
  kind: Pod
  metadata:
    name: web # {"$kpt-set": "name"}
    namespace: shop
    annotations: {config.kubernetes.io/path: a/web.yaml, config.kubernetes.io/index: '1', internal.config.kubernetes.io/path: a/web.yaml, internal.config.kubernetes.io/index: '1'}
  spec: {hostNetwork: yes}
`

func execute(config, items string) (out, errs string, err error) {
	var o, e bytes.Buffer
	err = krm.Execute(prioritize.Process, strings.NewReader("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: "+config+"\nitems:\n"+items), &o, &e)
	return o.String(), e.String(), err
}

func config(meta, spec string) string {
	return "{apiVersion: fn.whiskops.github.io/v1alpha1, kind: Prioritize, metadata: {" + meta + "}, spec: {" + spec + "}}"
}

// results of a list, as plain text.
func results(t *testing.T, out string) string {
	t.Helper()
	n, err := yaml.Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	if n.Field("results") == nil {
		return ""
	}
	return n.Field("results").Value.MustString()
}

// What was done is told, with the object and where it was read.
func TestResults(t *testing.T) {
	out, errs, err := execute(config("name: a, labels: {set: by-kpt}, ownerReferences: []", "selector: {}, priority: 5"), pods)
	if err != nil || errs != "" {
		t.Fatalf("%v, %s", err, errs)
	}
	want := `- file:
    index: 1
    path: a/web.yaml
  message: has the priority 5
  resourceRef:
    apiVersion: v1
    kind: Pod
    name: web
    namespace: shop
  severity: info
`
	if diff := cmp.Diff(want, results(t, out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(out, "spec: {hostNetwork: yes, priority: 5}") || !strings.Contains(out, `name: web # {"$kpt-set": "name"}`) {
		t.Errorf("more than what was asked is changed:\n%s", out)
	}
}

// All complaints of a run come at once, the items as they were, and nothing of the
// functionConfig.
func TestComplaints(t *testing.T) {
	no := strings.ReplaceAll(pods, "name: web", "name: no")
	out, errs, err := execute(config("name: a", "selector: {}, priority: -1, password: s3cret"), pods+no)
	if !errors.Is(err, krm.ErrRefused) {
		t.Fatal(err)
	}
	want := `error: Prioritize a: spec.priority is -1, wanted at least 0
error: Pod shop/no: has no priority
`
	if diff := cmp.Diff(want, errs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(out+errs, "s3cret") || strings.Contains(out, "functionConfig") {
		t.Errorf("the functionConfig is shown:\n%s", out)
	}
	for _, want := range []string{"path: spec.priority", `name: "no"`, "severity: error"} {
		if !strings.Contains(results(t, out), want) {
			t.Errorf("no %q in\n%s", want, results(t, out))
		}
	}
	if plain := items(t, out); plain != items(t, "items:\n"+pods+no) {
		t.Errorf("the items are changed:\n%s", plain)
	}
}

func items(t *testing.T, list string) string {
	t.Helper()
	n, err := yaml.Parse(list)
	if err != nil {
		t.Fatal(err)
	}
	return n.Field("items").Value.MustString()
}

// Unknown fields are told all at once, and names are compared letter by letter.
func TestShapeOfAConfig(t *testing.T) {
	for spec, want := range map[string]string{
		"Selector: {}, priorty: 1": `error: Prioritize a: functionConfig of kind Prioritize: unknown field "Selector" in spec; known there: password, priority, selector
error: Prioritize a: functionConfig of kind Prioritize: unknown field "priorty" in spec; known there: password, priority, selector
`,
		"selector: {Kind: Pod}, priority: high": `error: Prioritize a: functionConfig of kind Prioritize: spec.priority is a text, wanted an integer
error: Prioritize a: functionConfig of kind Prioritize: unknown field "Kind" in spec.selector; known there: annotationSelector, container, group, kind, labelSelector, name, namespace, podSpecPath, required, version
`,
		"priority: 1":                         "error: Prioritize a: spec.selector is missing: it says which objects are meant, and {} means all that run pods\n",
		"selector: {kind: '('}":               "error: Prioritize a: spec.selector.kind \"(\" is no regular expression\n",
		"selector: {labelSelector: 'a in'}":   "error: Prioritize a: spec.selector.labelSelector \"a in\" is no selector such as app=web,tier!=cache\n",
		"selector: {name: x}":                 "warning: Prioritize a: spec.selector matches no object with pods in the list: name \"x\"\n",
		"selector: {name: x, required: true}": "error: Prioritize a: spec.selector matches no object with pods in the list: name \"x\"\n",
	} {
		_, errs, err := execute(config("name: a", spec), pods)
		if diff := cmp.Diff(want, errs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spec, diff)
		}
		if refused := errors.Is(err, krm.ErrRefused); refused != strings.HasPrefix(want, "error") {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

// A generator of a kustomization gets its own functionConfig as the only item: what
// changes objects has nothing to change there, ever.
func TestAGeneratorHasNothingToChange(t *testing.T) {
	own := config("name: a", "selector: {}")
	_, errs, err := execute(own, "- "+own+"\n")
	if !errors.Is(err, krm.ErrRefused) || !strings.Contains(errs, "List this function under transformers") {
		t.Errorf("%v: %s", err, errs)
	}
}

// Which objects a selector means, and where their pods are.
func TestSelectors(t *testing.T) {
	const items = `
- {apiVersion: v1, kind: Pod, metadata: {name: pod, labels: {app: a}}, spec: {}}
- {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: set, namespace: shop, annotations: {team: x}}, spec: {template: {spec: {}}}}
- {apiVersion: batch/v1, kind: CronJob, metadata: {name: cron}, spec: {jobTemplate: {spec: {template: {spec: {}}}}}}
- {apiVersion: example.com/v1, kind: Job, metadata: {name: other}, spec: {template: {spec: {}}}}
- {apiVersion: example.com/v1, kind: Fleet, metadata: {name: fleet}, spec: {crew: {pod: {}}}}
- {apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: roll}, spec: {template: {spec: {}}}}
- {apiVersion: v1, kind: List, items: [{apiVersion: apps/v1, kind: Deployment, metadata: {name: listed}, spec: {template: {spec: {}}}}, 5]}
- {apiVersion: v1, kind: Service, metadata: {name: pod}}
- {metadata: {name: nothing}}
`
	for selector, want := range map[string]string{
		"":                           "pod set cron roll listed",
		"kind: Pod|CronJob":          "pod cron",
		"kind: Po":                   "",
		"group: apps":                "set listed",
		"version: v1alpha1":          "roll",
		"name: '[a-p].*'":            "pod cron listed",
		"namespace: shop":            "set",
		"labelSelector: app=a":       "pod",
		"labelSelector: app!=a":      "set cron roll listed",
		"annotationSelector: team":   "set",
		"podSpecPath: spec.crew.pod": "pod set cron fleet roll listed",
		"kind: Job":                  "",
		"group: example.com, podSpecPath: spec.template.spec": "other",
	} {
		out, _, err := execute(config("name: a", "priority: 7, selector: {"+selector+"}"), items)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, line := range strings.Split(results(t, out), "\n") {
			if name, ok := strings.CutPrefix(line, "    name: "); ok && strings.Contains(results(t, out), "severity: info") {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(strings.Fields(want), got); diff != "" && want+strings.Join(got, "") != "" {
			t.Errorf("%s (-want +got):\n%s", selector, diff)
		}
	}
}

// Items that no one touches come out as kyaml reads and writes them.
func TestItemsAsKyamlHasThem(t *testing.T) {
	for name, text := range krmtest.ForeignShapes(t) {
		objects, err := (&kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true}).Read()
		if err != nil {
			t.Fatal(err)
		}
		var list bytes.Buffer
		w := kio.ByteWriter{Writer: &list, WrappingAPIVersion: "config.kubernetes.io/v1", WrappingKind: "ResourceList"}
		if err := w.Write(objects); err != nil {
			t.Fatal(err)
		}
		for _, input := range []string{list.String(), strings.ReplaceAll(list.String(), "\n", "\r\n")} {
			var want, got bytes.Buffer
			rw := &kio.ByteReadWriter{Reader: strings.NewReader(input), Writer: &want, KeepReaderAnnotations: true, OmitReaderAnnotations: true}
			read, err := rw.Read()
			if err != nil {
				t.Fatal(err)
			}
			if err := rw.Write(read); err != nil {
				t.Fatal(err)
			}
			if err := krm.Execute(func(*krm.ResourceList) error { return nil }, strings.NewReader(input), &got, &bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.String(), got.String()); diff != "" {
				t.Errorf("%s (-kyaml +ours):\n%s", name, diff)
			}
		}
	}
}
