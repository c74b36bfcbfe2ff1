package krmtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func TestRestricted(t *testing.T) {
	got, err := Restricted(yaml.MustParse(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    spec:
      hostPID: true
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      volumes:
      - {name: docker, hostPath: {path: /var/run}}
      - {name: tmp, emptyDir: {}}
      initContainers:
      - name: fine
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}
      - name: bare
      containers:
      - name: loose
        ports: [{containerPort: 80, hostPort: 80}]
        securityContext:
          privileged: true
          allowPrivilegeEscalation: true
          procMount: Unmasked
          runAsNonRoot: false
          runAsUser: 0
          seccompProfile: {type: Unconfined}
          capabilities: {drop: [ALL], add: [SYS_ADMIN]}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"hostPID", "volume docker",
		"container bare: allowPrivilegeEscalation", "container bare: capabilities",
		"container loose: privileged", "container loose: allowPrivilegeEscalation", "container loose: procMount",
		"container loose: runAsNonRoot", "container loose: runAsUser", "container loose: seccompProfile",
		"container loose: capabilities", "container loose: hostPort",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRestrictedWantsAPod(t *testing.T) {
	if _, err := Restricted(yaml.MustParse("kind: Service\nmetadata: {name: a}\n")); err == nil {
		t.Error("a Service has no pods")
	}
}
