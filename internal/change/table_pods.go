package change

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/value"
)

// podDefaults are what the API server writes where a pod's spec leaves a field out.
// Source: pkg/apis/core/v1/defaults.go.
var podDefaults = map[string]any{
	"restartPolicy":                                                       "Always",
	"terminationGracePeriodSeconds":                                       int64(30),
	"dnsPolicy":                                                           "ClusterFirst",
	"schedulerName":                                                       "default-scheduler",
	"enableServiceLinks":                                                  true,
	"containers.*.terminationMessagePath":                                 "/dev/termination-log",
	"containers.*.terminationMessagePolicy":                               "File",
	"containers.*.ports.*.protocol":                                       "TCP",
	"initContainers.*.terminationMessagePath":                             "/dev/termination-log",
	"initContainers.*.terminationMessagePolicy":                           "File",
	"initContainers.*.ports.*.protocol":                                   "TCP",
	"containers.*.env.*.valueFrom.fieldRef.apiVersion":                    "v1",
	"initContainers.*.env.*.valueFrom.fieldRef.apiVersion":                "v1",
	"volumes.*.configMap.defaultMode":                                     int64(0o644),
	"volumes.*.secret.defaultMode":                                        int64(0o644),
	"volumes.*.projected.defaultMode":                                     int64(0o644),
	"volumes.*.downwardAPI.defaultMode":                                   int64(0o644),
	"volumes.*.projected.sources.*.serviceAccountToken.expirationSeconds": int64(3600),
	"topologySpreadConstraints.*.nodeAffinityPolicy":                      "Honor",
	"topologySpreadConstraints.*.nodeTaintsPolicy":                        "Ignore",
}

// podDistinct are fields of a pod's spec of which an empty value is another than
// none: they are pointers in Kubernetes' types.
var podDistinct = []string{
	"automountServiceAccountToken", "enableServiceLinks", "hostUsers", "setHostnameAsFQDN", "shareProcessNamespace",
	"terminationGracePeriodSeconds", "activeDeadlineSeconds", "priority", "runtimeClassName",
	"securityContext.runAsUser", "securityContext.runAsGroup", "securityContext.runAsNonRoot", "securityContext.fsGroup",
	"containers.*.securityContext.runAsUser", "containers.*.securityContext.runAsGroup", "containers.*.securityContext.runAsNonRoot",
	"containers.*.securityContext.allowPrivilegeEscalation", "containers.*.securityContext.privileged", "containers.*.securityContext.readOnlyRootFilesystem",
	"initContainers.*.securityContext.runAsUser", "initContainers.*.securityContext.runAsGroup", "initContainers.*.securityContext.runAsNonRoot",
	"initContainers.*.securityContext.allowPrivilegeEscalation", "initContainers.*.securityContext.privileged", "initContainers.*.securityContext.readOnlyRootFilesystem",
	"containers.*.env.*.valueFrom.configMapKeyRef.optional", "containers.*.env.*.valueFrom.secretKeyRef.optional",
	"containers.*.envFrom.*.configMapRef.optional", "containers.*.envFrom.*.secretRef.optional",
	"volumes.*.configMap.optional", "volumes.*.secret.optional",
	"tolerations.*.tolerationSeconds",
}

const podIsFixed = "the API server refuses to change a pod: only images, fewer seconds to its deadline, and more tolerations may come"

const remakePod = "delete the pod with `kubectl{in} delete pod {name}`, then apply; or let a Deployment make it"

var pods = map[string]row{
	"Pod": {
		source: "core/validation.go, ValidatePodUpdate",
		rules: rules(
			may("spec.containers.*.image", "spec.initContainers.*.image"),
			[]rule{
				{field: "spec.activeDeadlineSeconds", when: func(c change) bool { return c.new != nil && (added(c) || less(c)) }, may: true},
				{field: "spec.tolerations", when: onlyMoreTolerations, may: true},
				{field: "spec.schedulingGates", when: leftOut, may: true},
			},
			fixed(podIsFixed, remakePod, "spec"),
		),
		defaults: under("spec", podDefaults),
		distinct: prefixed("spec", podDistinct),
	},
}

func less(c change) bool {
	was, isNumber := c.old.(int64)
	is, areNumbers := c.new.(int64)
	return isNumber && areNumbers && is < was
}

// onlyMoreTolerations tells that each toleration of before is there still.
func onlyMoreTolerations(c change) bool {
	has := map[string]bool{}
	of := func(o map[string]any) []any { all, _ := value.Map(o, "spec")["tolerations"].([]any); return all }
	for _, t := range of(c.after) {
		has[fmt.Sprint(t)] = true
	}
	for _, t := range of(c.before) {
		if !has[fmt.Sprint(t)] {
			return false
		}
	}
	return true
}
