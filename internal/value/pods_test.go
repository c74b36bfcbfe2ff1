package value

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const podText = `
serviceAccountName: account
imagePullSecrets: [{name: pull}]
volumes:
- {name: v, configMap: {name: volume}}
- {name: v, secret: {secretName: secret-volume}}
- {name: v, projected: {sources: [{configMap: {name: source}}, {secret: {name: secret-source}}, {serviceAccountToken: {path: t}}]}}
- {name: v, azureFile: {secretName: azure, shareName: s}}
- {name: v, csi: {driver: d, nodePublishSecretRef: {name: csi}}}
- {name: v, cephfs: {monitors: [m], secretRef: {name: ceph}}}
- {name: v, emptyDir: {}}
- {name: v, configMap: {optional: true}}
- text
initContainers:
- name: wait
  envFrom: [{configMapRef: {name: from}}, {secretRef: {name: secret-from}}, {prefix: P_}]
containers:
- name: main
  env:
  - {name: A, valueFrom: {configMapKeyRef: {name: key, key: configMapRef}}}
  - {name: B, valueFrom: {secretKeyRef: {name: secret-key, key: k}}}
  - {name: C, value: volume}
`

var inPod = []string{
	"ConfigMap volume", "ConfigMap source", "ConfigMap from", "ConfigMap key",
	"Secret secret-volume", "Secret secret-source", "Secret azure", "Secret csi", "Secret ceph", "Secret secret-from", "Secret secret-key",
}

func parse(t *testing.T, format string, args ...any) map[string]any {
	t.Helper()
	v, err := Read(yaml.MustParse(fmt.Sprintf(format, args...)).YNode())
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

func names(o map[string]any) []string {
	var all []string
	for _, r := range References(o) {
		all = append(all, r.Kind+" "+r.Name)
	}
	return all
}

// Every kind that runs pods names its ConfigMaps in the same places.
func TestPods(t *testing.T) {
	pod := parse(t, podText)
	for kind, o := range map[string]map[string]any{
		"Pod":                   {"spec": pod, "metadata": m{}},
		"PodTemplate":           {"template": m{"spec": pod}},
		"Deployment":            {"spec": m{"template": m{"spec": pod}}},
		"StatefulSet":           {"spec": m{"template": m{"spec": pod}}},
		"DaemonSet":             {"spec": m{"template": m{"spec": pod}}},
		"ReplicaSet":            {"spec": m{"template": m{"spec": pod}}},
		"ReplicationController": {"spec": m{"template": m{"spec": pod}}},
		"Job":                   {"spec": m{"template": m{"spec": pod}}},
		"CronJob":               {"spec": m{"jobTemplate": m{"spec": m{"template": m{"spec": pod}}}}},
	} {
		o["kind"] = kind
		if !RunsPods(kind) || !Equal(PodSpec(o), pod) {
			t.Errorf("%s: no pod", kind)
		}
		if diff := cmp.Diff(inPod, names(o)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	for _, kind := range []string{"Service", "ConfigMap", ""} {
		o := m{"kind": kind, "spec": m{"template": m{"spec": pod}}}
		if RunsPods(kind) || PodSpec(o) != nil || len(References(o)) != 0 {
			t.Errorf("%q runs pods", kind)
		}
	}
	for _, odd := range []string{"{kind: Job}", "{kind: Job, spec: []}", "{kind: Job, spec: {template: {spec: {volumes: {}, containers: [1, {env: [x, {valueFrom: 1}]}]}}}}", "{kind: [Job]}"} {
		if r := References(parse(t, "%s", odd)); len(r) != 0 {
			t.Errorf("%s has references %v", odd, r)
		}
	}
}

func TestRoles(t *testing.T) {
	for _, kind := range []string{"Role", "ClusterRole"} {
		role := parse(t, `{kind: %s, rules: [{resources: [configmaps], resourceNames: [a, b]}, {resources: [secrets], resourceNames: [c]},
  {resources: [configmaps, secrets], resourceNames: [d]}, {resources: [pods], resourceNames: [e]}, {resources: [configmaps]}, {}]}`, kind)
		want := []string{"ConfigMap a", "ConfigMap b", "Secret c", "ConfigMap d", "Secret d"}
		if diff := cmp.Diff(want, names(role)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestRename(t *testing.T) {
	for _, o := range []map[string]any{
		{"kind": "Pod", "spec": parse(t, podText)},
		parse(t, "{kind: Role, rules: [{resources: [configmaps], resourceNames: [a, b]}]}"),
	} {
		before := names(o)
		same := CopyMap(o)
		after := names(Rename(o, func(kind, name string) string { return name + map[string]string{"ConfigMap": "-1"}[kind] }))
		if !Equal(o, same) {
			t.Errorf("the object itself was changed:\n%s", Diff(same, o))
		}
		for i, name := range before {
			if strings.HasPrefix(name, "ConfigMap ") {
				before[i] += "-1"
			}
		}
		if !slices.Equal(before, after) {
			t.Errorf("got %v, want %v", after, before)
		}
	}
}
