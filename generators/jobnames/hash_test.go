package jobnames

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

const config = "apiVersion: fn.whiskops.github.io/v1alpha1\nkind: NameJobs\nmetadata: {name: job-names}\n"

// The first document is the Job; what it mentions follows.
const input = `
apiVersion: batch/v1
kind: Job
metadata: {name: init, labels: {a: b}}
spec:
  template:
    spec:
      volumes:
      - {name: a, configMap: {name: volume}}
      - {name: b, secret: {secretName: secret-volume}}
      - {name: c, projected: {sources: [{configMap: {name: source}}, {secret: {name: secret-source}}]}}
      initContainers:
      - name: wait
        envFrom: [{configMapRef: {name: from}}, {secretRef: {name: secret-from}}]
      containers:
      - name: init
        image: example.com/init:1
        env:
        - {name: A, valueFrom: {configMapKeyRef: {name: key, key: k}}}
        - {name: B, valueFrom: {secretKeyRef: {name: secret-key, key: k}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: volume}, data: {k: volume-1}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret-volume}, stringData: {k: secret-volume-1}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: source}, binaryData: {k: c291cmNlLTE=}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret-source}, data: {k: c2VjcmV0LXNvdXJjZS0x}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: from}, data: {k: from-1}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret-from}, stringData: {k: secret-from-1}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: key}, data: {k: key-1}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret-key}, stringData: {k: secret-key-1}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {k: other-1}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: volume, namespace: elsewhere}, data: {k: elsewhere-1}}
`

// name of the Job after the function, once and twice.
func name(t *testing.T, input string) string {
	t.Helper()
	rl, err := krmtest.Read([]byte(config), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Process(rl); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range rl.Items {
		if n.GetKind() == "Job" {
			return n.GetName()
		}
	}
	t.Fatal("no Job")
	return ""
}

func TestWhatChangesTheName(t *testing.T) {
	before := name(t, input)
	if len(before) != len("init-01234567") || !strings.HasPrefix(before, "init-") {
		t.Fatalf("name is %q, wanted init- and 8 digits, also after a second run", before)
	}
	for old, changes := range map[string]bool{
		"example.com/init:1": true,
		"volume-1}":          true, "secret-volume-1": true, "c291cmNlLTE=": true, "c2VjcmV0LXNvdXJjZS0x": true,
		"from-1}": true, "secret-from-1": true, "key-1}": true, "secret-key-1": true,
		"other-1": false, "elsewhere-1": false, "labels: {a: b}": false,
	} {
		changed := strings.Replace(input, old, strings.NewReplacer("1", "2", "a: b", "a: c", "=", "", "S0x", "S0y").Replace(old), 1)
		if changed == input {
			t.Fatalf("%q is not in the input", old)
		}
		if got := name(t, changed) != before; got != changes {
			t.Errorf("with another %q the name changes: %v, wanted %v", old, got, changes)
		}
	}
}

func TestOrderDoesNotChangeTheName(t *testing.T) {
	docs := strings.Split(input, "---")
	for i, j := 0, len(docs)-1; i < j; i, j = i+1, j-1 {
		docs[i], docs[j] = docs[j], docs[i]
	}
	keys := strings.NewReplacer(
		"name: init\n        image: example.com/init:1", "image: example.com/init:1\n        name: init",
		"{name: a, configMap: {name: volume}}", "{configMap: {name: volume}, name: a}",
	)
	turned := keys.Replace(strings.Join(docs, "---"))
	if name(t, turned) != name(t, input) {
		t.Error("the order of objects or keys changes the name")
	}
}

// What a test is named after: the pods of others, and what these read, but not
// how many there are.
func TestATestIsNamedAfterWhatItTries(t *testing.T) {
	workload := "\n---\n" + `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, spec: {replicas: 2, template: {spec: {containers: [{name: c, image: "i:1", envFrom: [{configMapRef: {name: other}}]}]}}}}` + "\n"
	tried := strings.Replace(input, "labels: {a: b}", "labels: {app.kubernetes.io/name: smoke}", 1) + workload
	over := func(tests, input string) string {
		t.Helper()
		rl, err := krmtest.Read([]byte(config+"spec: {tests: {labelSelector: 'app.kubernetes.io/name in (none, "+tests+")'}}\n"), []byte(input))
		if err != nil {
			t.Fatal(err)
		}
		if err := Process(rl); err != nil {
			t.Fatal(err)
		}
		return rl.Items[0].GetName()
	}
	before := over("smoke", tried)
	for what, c := range map[string]struct {
		from, to string
		renamed  bool
	}{
		"an image":            {"i:1", "i:2", true},
		"what a pod reads":    {"other-1", "other-2", true},
		"the number of pods":  {"replicas: 2", "replicas: 3", false},
		"what nobody reads":   {"elsewhere-1", "elsewhere-2", false},
		"what the Job itself": {"key-1", "key-2", true},
	} {
		changed := strings.Replace(tried, c.from, c.to, 1)
		if changed == tried {
			t.Fatalf("%s: nothing was changed", what)
		}
		if renamed := over("smoke", changed) != before; renamed != c.renamed {
			t.Errorf("%s: renamed is %v, want %v", what, renamed, c.renamed)
		}
	}
	if over("other", tried) != over("nobody", strings.Replace(tried, "i:1", "i:2", 1)) {
		t.Error("a Job that is no test is named after other pods")
	}
}
