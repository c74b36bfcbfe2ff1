package immutable

import (
	"encoding/base64"
	"maps"

	"github.com/whiskops/whiskops/internal/value"
)

const (
	renamed = "give it another name, and have what uses it name that"
)

func settings() map[string]row {
	return map[string]row{
		"Secret": {
			source: "core/validation.go, ValidateSecretUpdate",
			rules: rules(
				fixed("the API server refuses another type of a Secret",
					"delete the Secret with `kubectl{in} delete secret {name}`, then apply: pods that run keep what they read; or "+renamed, "type"),
				[]rule{
					{field: "immutable", when: wasImmutable, message: "the API server refuses to make a Secret that is immutable mutable", help: renamed},
					{field: "data", when: wasImmutable, message: "the API server refuses other data in a Secret that is immutable", help: renamed},
				},
			),
			defaults: map[string]any{"type": "Opaque"},
			distinct: []string{"data.*"},
			applied:  withStringData,
		},
		"ConfigMap": {
			source: "core/validation.go, ValidateConfigMapUpdate",
			rules: []rule{
				{field: "immutable", when: wasImmutable, message: "the API server refuses to make a ConfigMap that is immutable mutable", help: renamed},
				{field: "data", when: wasImmutable, message: "the API server refuses other data in a ConfigMap that is immutable", help: renamed},
				{field: "binaryData", when: wasImmutable, message: "the API server refuses other data in a ConfigMap that is immutable", help: renamed},
			},
			distinct: []string{"data.*", "binaryData.*"},
		},
		"Namespace":      nothing("core/validation.go, ValidateNamespaceUpdate"),
		"ServiceAccount": nothing("core/validation.go, ValidateServiceAccountUpdate"),
		"LimitRange":     nothing("core/validation.go, ValidateLimitRange"),
		"ResourceQuota": {
			source: "core/validation.go, ValidateResourceQuotaUpdate",
			rules:  fixed("the API server refuses other scopes of a ResourceQuota", "delete the quota with `kubectl{in} delete resourcequota {name}`, then apply; or give it another name", "spec.scopes"),
		},
		"rbac.authorization.k8s.io/Role":        nothing("rbac/validation.go, ValidateRoleUpdate"),
		"rbac.authorization.k8s.io/ClusterRole": nothing("rbac/validation.go, ValidateClusterRoleUpdate"),
		"rbac.authorization.k8s.io/RoleBinding": {
			source: "rbac/validation.go, ValidateRoleBindingUpdate",
			rules: fixed("the API server refuses another role of a RoleBinding: only its subjects may change",
				"delete the binding with `kubectl{in} delete rolebinding {name}`, then apply: until then its subjects have no rights by it; or give it another name", "roleRef"),
			defaults: map[string]any{"roleRef.apiGroup": "rbac.authorization.k8s.io"},
		},
		"rbac.authorization.k8s.io/ClusterRoleBinding": {
			source: "rbac/validation.go, ValidateClusterRoleBindingUpdate",
			rules: fixed("the API server refuses another role of a ClusterRoleBinding: only its subjects may change",
				"delete the binding with `kubectl delete clusterrolebinding {name}`, then apply: until then its subjects have no rights by it; or give it another name", "roleRef"),
			defaults: map[string]any{"roleRef.apiGroup": "rbac.authorization.k8s.io"},
		},
		"scheduling.k8s.io/PriorityClass": {
			source: "scheduling/validation.go, ValidatePriorityClassUpdate",
			rules: fixed("the API server refuses another value or preemption of a PriorityClass",
				"make a class of another name; or `kubectl delete priorityclass {name}`, then apply: pods that run keep the priority that they have", "value", "preemptionPolicy"),
			defaults: map[string]any{"preemptionPolicy": "PreemptLowerPriority"},
		},
		"node.k8s.io/RuntimeClass": {
			source: "node/validation.go, ValidateRuntimeClassUpdate",
			rules:  fixed("the API server refuses another handler of a RuntimeClass", "make a class of another name, and have the pods name it", "handler"),
		},
		"autoscaling/HorizontalPodAutoscaler": nothing("autoscaling/validation.go, ValidateHorizontalPodAutoscalerUpdate"),
		"policy/PodDisruptionBudget":          nothing("policy/validation.go, ValidatePodDisruptionBudget"),
		"apiextensions.k8s.io/CustomResourceDefinition": {
			source: "k8s.io/apiextensions-apiserver, pkg/apis/apiextensions/validation, ValidateCustomResourceDefinitionUpdate, of one that is established",
			rules: rules(
				fixed("the API server refuses another group, scope or name of a custom resource", "make a definition of another name; to delete this one deletes all objects of it",
					"spec.group", "spec.scope", "spec.names.plural", "spec.names.kind"),
				[]rule{{
					field: "spec.versions.*", when: wasStored,
					message: "the API server refuses to drop a version that objects were stored in",
					help:    "keep the version with `served: false`, store all objects anew, and take it out of status.storedVersions",
				}},
			),
		},
	}
}

// wasStored tells that a version goes in which objects are stored.
func wasStored(c change) bool {
	version, whole := c.old.(map[string]any)
	return whole && c.new == nil && version["storage"] == true
}

func wasImmutable(c change) bool { return c.before["immutable"] == true }

// withStringData gives Secrets as the API server keeps them: what is plain text is
// among the data. There it is nobody's, and stays when it is not said any more; but
// it goes with all the data when no data are said any more.
func withStringData(before, after map[string]any) (map[string]any, map[string]any) {
	said, saidNow := value.Map(before, "data"), value.Map(after, "data")
	plain, plainNow := encoded(value.Map(before, "stringData")), encoded(value.Map(after, "stringData"))
	if len(plain) == 0 && len(plainNow) == 0 {
		return before, after
	}
	old, new := map[string]any{}, map[string]any{}
	maps.Copy(old, said)
	maps.Copy(old, plain)
	if said == nil || saidNow != nil {
		maps.Copy(new, old)
		maps.DeleteFunc(new, func(k string, _ any) bool { return said[k] != nil })
	}
	maps.Copy(new, saidNow)
	maps.Copy(new, plainNow)
	return value.With(before, old, "data"), value.With(after, new, "data")
}

func encoded(plain map[string]any) map[string]any {
	data := map[string]any{}
	for k, v := range plain {
		if text, ok := v.(string); ok {
			data[k] = base64.StdEncoding.EncodeToString([]byte(text))
		}
	}
	return data
}
