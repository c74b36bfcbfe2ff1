package kafkatopics

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

const reader = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: declare
  namespace: shop
spec:
  template:
    spec:
      containers:
      - name: a
        envFrom: [{configMapRef: {name: topics}}, {configMapRef: {name: other}}]
        env:
        - {name: A, valueFrom: {configMapKeyRef: {name: topics, key: topics}}} # kept
      volumes:
      - name: one
        configMap: {name: topics, defaultMode: 0444}
      - {name: two, projected: {sources: [{configMap: {name: topics}}]}}
`

// run the function over objects.
func run(t *testing.T, spec, input string) string {
	t.Helper()
	rl, err := krmtest.Read([]byte("{apiVersion: fn.whiskops.github.io/v1alpha1, kind: DeclareKafkaTopics, metadata: {name: t}, spec: {name: topics, namespace: shop, "+spec+"}}"), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	if err := Process(rl); err != nil {
		t.Fatal(err)
	}
	return krmtest.Print(rl)
}

var hashed = regexp.MustCompile(`topics-[0-9a-f]{8}\b`)

// Where kustomize will not put a hash behind a name, the function does, and where pods
// mention it; with other topics it is another name, and the old one is gone.
func TestHash(t *testing.T) {
	const a, b = "topics: [{name: a, partitions: 1, replicas: 1}]", "topics: [{name: a, partitions: 2, replicas: 1}]"
	once := run(t, a, reader)
	if n := len(hashed.FindAllString(once, -1)); n != 6 || strings.Contains(once, "needs-hash") {
		t.Errorf("%d names with a hash, wanted that of the ConfigMap, in its record, and of four that mention it:\n%s", n, once)
	}
	if !strings.Contains(once, "# kept") || !strings.Contains(once, "defaultMode: 0444") || !strings.Contains(once, "{name: other}") {
		t.Errorf("more is changed than the names:\n%s", once)
	}
	if diff := cmp.Diff(once, run(t, a, once)); diff != "" {
		t.Errorf("twice (-once +twice):\n%s", diff)
	}
	alone := run(t, b, reader)
	if diff := cmp.Diff(alone, run(t, b, once)); diff != "" || hashed.FindString(alone) == hashed.FindString(once) {
		t.Errorf("other topics (-alone +after):\n%s", diff)
	}
	if diff := cmp.Diff(run(t, a+", hash: none", reader), run(t, a+", hash: none", once)); diff != "" {
		t.Errorf("without a hash (-alone +after):\n%s", diff)
	}
}

// A generator of a kustomization asks kustomize, which follows names through its layers.
func TestHashOfAGenerator(t *testing.T) {
	const config = "{apiVersion: fn.whiskops.github.io/v1alpha1, kind: DeclareKafkaTopics, metadata: {name: t}}\n"
	made := run(t, "topics: [{name: a, partitions: 1, replicas: 1}]", config)
	if !strings.Contains(made, `kustomize.config.k8s.io/needs-hash: "true"`) || hashed.MatchString(made) {
		t.Errorf("no word for kustomize:\n%s", made)
	}
}
