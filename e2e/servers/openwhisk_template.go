package servers

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// known is what a template may say by the catalogue's model of what arrives
// (schema/catalog/actionpod.cue), as far as a pod can have it here.
const known = `
runtimeClassName: sandbox
priorityClassName: low
preemptionPolicy: Never
dnsConfig: {nameservers: [10.96.0.10], options: [{name: ndots, value: "1"}]}
hostAliases: [{ip: 192.0.2.1, hostnames: [internal.example]}]
imagePullSecrets: [{name: registry}]
nodeSelector: {kubernetes.io/arch: amd64, kubernetes.io/os: linux}
securityContext: {fsGroup: 1001, fsGroupChangePolicy: OnRootMismatch, supplementalGroups: [1002]}
containers:
- name: user-action
  imagePullPolicy: IfNotPresent
  workingDir: /tmp
  securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 1001}
`

// unknown is what the invoker's client drops; asPromised looks for it.
const unknown = `
hostUsers: false
securityContext: {seccompProfile: {type: RuntimeDefault}}
`

// Variables of what a pod may use, as they are generated.
// Source: whisk.kubernetes in schema/catalog/invoker.cue.
const (
	cpuMillis     = 150
	ephemeralMiB  = 512
	podsVariables = `  CONFIG_whisk_kubernetes_cpuScaling_maxMillicpus: "1000"
  CONFIG_whisk_kubernetes_cpuScaling_memory: 256m
  CONFIG_whisk_kubernetes_cpuScaling_millicpus: "150"
  CONFIG_whisk_kubernetes_ephemeralStorage_limit: 512m
  CONFIG_whisk_kubernetes_ephemeralStorage_scaleFactor: "0"
`
)

// fullTemplate puts one invoker in the place of another whose template has all that
// the catalogue knows of, and looks at the pods that it makes.
func (v *invokers) fullTemplate() error {
	env, want, err := v.fullest()
	if err != nil {
		return err
	}
	if err := v.cluster.classes(v.run); err != nil {
		return err
	}
	last := len(v.pods) - 1
	if err := v.processes[last].Stop(syscall.SIGTERM, time.Minute); err != nil {
		return err
	}
	// Controllers test an invoker that was away, by an action.
	if err := v.seen(last, "down", time.Minute); err != nil {
		return err
	}
	if v.pods[last], err = v.newPod(env, last); err != nil {
		return err
	}
	if err := v.start(last); err != nil {
		return err
	}
	name := fmt.Sprintf("invoker%d", last)
	if err := eventually(v.run.Context, 2*time.Minute, func() error {
		pods, err := v.cluster.pods(v.run, name)
		if err == nil && len(pods) == 0 {
			err = fmt.Errorf("%s makes no pod\n%s", name, tail(v.processes[last].Log()))
		}
		return err
	}); err != nil {
		return err
	}
	if err := v.ready(last); err != nil {
		return err
	}
	variables, err := v.pods[last].Environment("invoker")
	if err != nil {
		return err
	}
	if _, err := v.held(map[string]any{"spec": want}, name, variables); err != nil {
		return err
	}
	v.run.proved(invokerServer, "of a template with fields that the catalogue's model knows action pods have %d, with CPU and ephemeral storage as request and limit; hostUsers and seccompProfile, which it does not know, are dropped", len(want))
	return nil
}

// fullest is the environment with that template, and the spec that its pods must
// have.
func (v *invokers) fullest() (*golden.Env, map[string]any, error) {
	var want, dropped map[string]any
	if err := yaml.Unmarshal([]byte(known), &want); err != nil {
		return nil, nil, err
	}
	if err := yaml.Unmarshal([]byte(unknown), &dropped); err != nil {
		return nil, nil, err
	}
	spec := map[string]any{}
	for key, value := range want {
		spec[key] = value
	}
	spec["hostUsers"] = dropped["hostUsers"]
	security := map[string]any{}
	for _, some := range []map[string]any{want, dropped} {
		for key, value := range some["securityContext"].(map[string]any) {
			security[key] = value
		}
	}
	spec["securityContext"] = security
	text, err := yaml.Marshal(spec)
	if err != nil {
		return nil, nil, err
	}
	// The template is a text in a ConfigMap, and its spec a level down in it.
	const here, selector = "      enableServiceLinks: false\n", "      nodeSelector:\n        kubernetes.io/arch: amd64\n"
	lines := "      " + strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n      ") + "\n"
	env, err := v.run.Env.Changed("configmap-action-pod.yaml", here+selector, here+lines)
	if err != nil {
		return nil, nil, err
	}
	const beside = "  CONFIG_whisk_spi_ContainerFactoryProvider"
	env, err = env.Changed("configmap-invoker-env.yaml", beside, podsVariables+beside)
	addResources(want)
	return env, want, err
}

// addResources has the action's container want what the variables give it.
func addResources(spec map[string]any) {
	container := spec["containers"].([]any)[0].(map[string]any)
	each := map[string]any{"cpu": fmt.Sprintf("%dm", cpuMillis), "ephemeral-storage": fmt.Sprintf("%dMi", ephemeralMiB)}
	container["resources"] = map[string]any{"limits": each, "requests": each}
}

// classes are those that the template names.
func (k *actionCluster) classes(r *Run) error {
	never := corev1.PreemptNever
	low := &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "low"}, Value: -10, PreemptionPolicy: &never}
	if _, err := k.set.SchedulingV1().PriorityClasses().Create(r.Context, low, metav1.CreateOptions{}); err != nil {
		return err
	}
	_, err := k.set.NodeV1().RuntimeClasses().Create(r.Context, &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: "sandbox"}, Handler: "runsc"}, metav1.CreateOptions{})
	return err
}
