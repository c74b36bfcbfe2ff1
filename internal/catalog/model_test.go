package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// What Kubernetes has learnt since 1.18 does not arrive; what it knew then does.
func TestLost(t *testing.T) {
	for _, release := range []string{"2.0.0", "head"} {
		c, err := Load(release)
		if err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string][]string{
			`spec: {securityContext: {seccompProfile: {type: RuntimeDefault}, runAsUser: 1}}`: {"spec.securityContext.seccompProfile"},
			`spec: {securityContext: {appArmorProfile: {type: RuntimeDefault}}}`:              {"spec.securityContext.appArmorProfile"},
			`spec: {hostUsers: false}`:                                      {"spec.hostUsers"},
			`spec: {schedulingGates: [{name: a}]}`:                          {"spec.schedulingGates"},
			`spec: {containers: [{name: a}, {resizePolicy: []}]}`:           {"spec.containers.resizePolicy"},
			`spec: {containers: [{securityContext: {seccompProfile: {}}}]}`: {"spec.containers.securityContext.seccompProfile"},
			`{spec: {os: {name: linux}}, status: {phase: Running}}`:         {"spec.os", "status"},
			`{metadata: {labels: {a.b/c: d}, annotations: {e: f}}, spec: {nodeSelector: {gpu: "true"}, runtimeClassName: gvisor, priorityClassName: low,
				tolerations: [{key: a, operator: Exists}], imagePullSecrets: [{name: x}], dnsConfig: {options: [{name: ndots, value: "1"}]},
				containers: [{name: user-action, securityContext: {capabilities: {drop: [ALL]}, runAsUser: 1}}],
				affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}}}`: nil,
		} {
			var pod map[string]any
			if err := yaml.Unmarshal([]byte(text), &pod); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, c.Actions.Lost(pod)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", release, text, diff)
			}
		}
	}
}

// Every type that a field leads to is there.
func TestModelIsClosed(t *testing.T) {
	c, err := Load("2.0.0")
	if err != nil {
		t.Fatal(err)
	}
	for is, fields := range c.Actions.Model {
		for field, below := range fields {
			if _, ok := c.Actions.Model[below]; below != "" && !ok {
				t.Errorf("%s.%s is a %s, which is not there", is, field, below)
			}
		}
	}
}
