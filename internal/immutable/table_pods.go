package immutable

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// podDefaults are what the API server writes where a pod's spec leaves a field out.
// Source: pkg/apis/core/v1/defaults.go.
func podDefaults() map[string]any {
	return with(
		map[string]any{
			"restartPolicy":                                     "Always",
			"terminationGracePeriodSeconds":                     int64(30),
			"dnsPolicy":                                         "ClusterFirst",
			"schedulerName":                                     "default-scheduler",
			"enableServiceLinks":                                true,
			"volumes.*.configMap.defaultMode":                   int64(0o644),
			"volumes.*.secret.defaultMode":                      int64(0o644),
			"volumes.*.projected.defaultMode":                   int64(0o644),
			"volumes.*.downwardAPI.defaultMode":                 int64(0o644),
			"volumes.*.downwardAPI.items.*.fieldRef.apiVersion": "v1",
			"volumes.*.projected.sources.*.downwardAPI.items.*.fieldRef.apiVersion": "v1",
			"volumes.*.projected.sources.*.serviceAccountToken.expirationSeconds":   int64(3600),
			"volumes.*.ephemeral.volumeClaimTemplate.spec.volumeMode":               "Filesystem",
		},
		under("containers.*", containerDefaults()), under("initContainers.*", containerDefaults()),
	)
}

func containerDefaults() map[string]any {
	return with(
		map[string]any{
			"terminationMessagePath":              "/dev/termination-log",
			"terminationMessagePolicy":            "File",
			"ports.*.protocol":                    "TCP",
			"env.*.valueFrom.fieldRef.apiVersion": "v1",
			"lifecycle.preStop.httpGet.path":      "/",
			"lifecycle.preStop.httpGet.scheme":    "HTTP",
			"lifecycle.postStart.httpGet.path":    "/",
			"lifecycle.postStart.httpGet.scheme":  "HTTP",
		},
		under("livenessProbe", probeDefaults), under("readinessProbe", probeDefaults), under("startupProbe", probeDefaults),
	)
}

var probeDefaults = map[string]any{
	"timeoutSeconds": int64(1), "periodSeconds": int64(10), "successThreshold": int64(1), "failureThreshold": int64(3),
	"httpGet.path": "/", "httpGet.scheme": "HTTP",
}

// podDistinct are fields of a pod's spec of which an empty value is another than
// none: they are pointers in Kubernetes' types.
func podDistinct() []string {
	return slices.Concat(
		[]string{
			"automountServiceAccountToken", "enableServiceLinks", "hostUsers", "setHostnameAsFQDN", "shareProcessNamespace",
			"terminationGracePeriodSeconds", "activeDeadlineSeconds", "priority", "runtimeClassName",
			"securityContext.runAsUser", "securityContext.runAsGroup", "securityContext.runAsNonRoot", "securityContext.fsGroup",
			"volumes.*.configMap.optional", "volumes.*.secret.optional", "volumes.*.configMap.defaultMode", "volumes.*.secret.defaultMode",
			"volumes.*.projected.defaultMode", "volumes.*.projected.sources.*.configMap.optional", "volumes.*.projected.sources.*.secret.optional",
			"tolerations.*.tolerationSeconds",
		},
		prefixed("containers.*", containerDistinct), prefixed("initContainers.*", containerDistinct),
	)
}

var containerDistinct = []string{
	"securityContext.runAsUser", "securityContext.runAsGroup", "securityContext.runAsNonRoot",
	"securityContext.allowPrivilegeEscalation", "securityContext.privileged", "securityContext.readOnlyRootFilesystem",
	"env.*.valueFrom.configMapKeyRef.optional", "env.*.valueFrom.secretKeyRef.optional",
	"envFrom.*.configMapRef.optional", "envFrom.*.secretRef.optional",
}

// podAt gives objects whose pods' spec at a path says what the API server chooses
// by other fields: whether an image is pulled, and the account. What it chose before stays
// where nothing is said.
func podAt(way ...string) func(before, after map[string]any) (map[string]any, map[string]any) {
	return func(before, after map[string]any) (map[string]any, map[string]any) {
		old, new := value.Map(before, way...), value.Map(after, way...)
		if old == nil || new == nil {
			return before, after
		}
		old, new = maps.Clone(old), maps.Clone(new)
		for _, list := range []string{"containers", "initContainers"} {
			was, isList := old[list].([]any)
			is, areLists := new[list].([]any)
			if isList && areLists {
				old[list], new[list] = withPullPolicies(was, nil), withPullPolicies(is, was)
			}
		}
		account(old, nil)
		account(new, old)
		return value.With(before, old, way...), value.With(after, new, way...)
	}
}

// account of a pod, which has an older name too: the server keeps both.
func account(pod, before map[string]any) {
	for _, name := range []any{pod["serviceAccount"], before["serviceAccountName"]} {
		if said := pod["serviceAccountName"]; said == nil || said == "" {
			pod["serviceAccountName"] = name
		}
	}
	delete(pod, "serviceAccount")
}

// withPullPolicies says of each container when its image is pulled. Where neither it
// nor the one before says that, it is as the image before made it.
func withPullPolicies(containers, before []any) []any {
	all := slices.Clone(containers)
	for i := range all {
		c, _ := all[i].(map[string]any)
		if c == nil || says(c, "imagePullPolicy") {
			continue
		}
		image := c["image"]
		for _, b := range before {
			if was, _ := b.(map[string]any); was["name"] == c["name"] && !says(was, "imagePullPolicy") {
				image = was["image"]
			}
		}
		all[i] = value.With(c, pullPolicy(image), "imagePullPolicy")
	}
	return all
}

func says(o map[string]any, field string) bool { return o[field] != nil && o[field] != "" }

func pullPolicy(image any) string {
	name, _ := image.(string)
	if !strings.Contains(name, "@") && (strings.HasSuffix(name, ":latest") || !strings.Contains(path.Base(name), ":")) {
		return "Always"
	}
	return "IfNotPresent"
}

const podIsFixed = "the API server refuses to change a pod: only images, fewer seconds to its deadline, and more tolerations may come"

const remakePod = "delete the pod with `kubectl{in} delete pod {name}`, then apply; or let a Deployment make it"

func pods() map[string]row {
	return map[string]row{
		"Pod": {
			source: "core/validation.go, ValidatePodUpdate",
			rules: rules(
				may("spec.containers.*.image", "spec.initContainers.*.image"),
				[]rule{
					{field: "spec.activeDeadlineSeconds", when: func(c change) bool { return c.new != nil && (added(c) || less(c)) }, may: true},
					{field: "spec.tolerations", when: onlyMoreTolerations, may: true},
					// A pod that waits at a gate has no node yet.
					{field: "spec.schedulingGates", when: func(c change) bool { return c.old != nil }, may: true},
					{field: "spec.nodeSelector", when: func(c change) bool { return isGated(c) && added(c) }, may: true},
					{field: "spec.affinity.nodeAffinity", when: func(c change) bool { return isGated(c) && hadNone("spec", "affinity", "nodeAffinity")(c) }, may: true},
					{field: "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.*.matchExpressions.*",
						when: func(c change) bool { return isGated(c) && added(c) }, may: true},
				},
				fixed(podIsFixed, remakePod, "spec"),
			),
			applied:  podAt("spec"),
			defaults: under("spec", podDefaults()),
			distinct: prefixed("spec", podDistinct()),
		},
	}
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

func isGated(c change) bool {
	gates, _ := at(c.before, "spec", "schedulingGates").([]any)
	return len(gates) > 0
}

// sourced is that a volume of the pods at a path gets a source, where none was said:
// the API server wrote an empty folder then, and that stays beside the new one.
func sourced(path string) []rule {
	return []rule{{
		field:   path + ".volumes.*",
		when:    func(c change) bool { return c.new != nil && isSourceless(c, len(steps(path))+1) },
		message: "the API server refuses a source of a volume that had none: it has an empty folder since, which server-side apply leaves beside the new one",
		help:    "give the volume another name",
	}}
}

// isSourceless tells that the volume, the step of the way with this number, had
// nothing but its name, and gets more than an empty folder.
func isSourceless(c change, number int) bool {
	if len(c.path) < number+2 || c.path[number+1].name == "emptyDir" {
		return false
	}
	var in any = c.before
	for _, s := range c.path[:number] {
		in = value.Map(in)[s.name]
	}
	volumes, _ := in.([]any)
	return slices.ContainsFunc(volumes, func(v any) bool {
		volume := value.Map(v)
		return volume["name"] == c.path[number].name && len(volume) == 1
	})
}
