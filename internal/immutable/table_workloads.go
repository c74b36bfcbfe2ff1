package immutable

import (
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

const (
	remakeSet = "delete the set and leave its pods with `kubectl{in} delete statefulset {name} --cascade=orphan`, then apply: the new set takes them over"
	remakeJob = "give the Job another name; or delete it with `kubectl{in} delete job {name}`, then apply: it runs again"
)

func workloads() map[string]row {
	return map[string]row{
		"apps/StatefulSet": {
			source: "apps/validation.go, ValidateStatefulSetUpdate",
			rules: rules(
				strategic("StatefulSet", "spec.updateStrategy.type", "OnDelete", func(c change) bool { return c.old == nil }),
				may("spec.replicas", "spec.ordinals", "spec.updateStrategy", "spec.revisionHistoryLimit",
					"spec.persistentVolumeClaimRetentionPolicy", "spec.minReadySeconds"),
				selected("StatefulSet"), sourced("spec.template.spec"), may("spec.template"),
				// The API server takes any words for the type of a claim.
				may("spec.volumeClaimTemplates.*.apiVersion", "spec.volumeClaimTemplates.*.kind"),
				[]rule{
					{field: "spec.volumeClaimTemplates.*.spec.resources.requests.storage", when: shrinks,
						message: "the API server refuses to change the claims of a StatefulSet, and claims never become smaller: {new} is asked for where there is {old}",
						help:    "keep {old}; or make a set of another name and copy the data"},
					{field: "spec.volumeClaimTemplates.*.spec.resources.requests.storage",
						message: "the API server refuses to change the claims of a StatefulSet: {new} is asked for where there is {old}",
						help: "where the StorageClass lets claims grow, make each claim larger (`kubectl{in} patch pvc {element}-{name}-0 -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"{new}\"}}}}'`, " +
							"and so on for each pod), " + remakeSet},
					{field: "spec.volumeClaimTemplates.*.spec.storageClassName",
						message: "the API server refuses to change the claims of a StatefulSet: a claim has the StorageClass that it was made with",
						help: "keep the old class; or " + remakeSet + ". Then, for one pod after the other, copy its data away, delete its claim and the pod, " +
							"and copy the data into the claim of the new class that comes"},
				},
				fixed("the API server refuses to change the claims of a StatefulSet", "keep the old value: claims that exist have it; or, if only those of new pods shall be other, "+remakeSet,
					"spec.volumeClaimTemplates"),
				fixed("the API server refuses another selector of a StatefulSet", "give it another name; or "+remakeSet+" if the selector fits them", "spec.selector"),
				fixed("the API server refuses to change a StatefulSet but for replicas, ordinals, template, updateStrategy, revisionHistoryLimit, persistentVolumeClaimRetentionPolicy and minReadySeconds",
					remakeSet, "spec"),
			),
			defaults: map[string]any{
				"spec.updateStrategy.type":                    "RollingUpdate",
				"spec.podManagementPolicy":                    "OrderedReady",
				"spec.volumeClaimTemplates.*.spec.volumeMode": "Filesystem",
				"spec.volumeClaimTemplates.*.status.phase":    "Pending",
			},
			distinct: []string{"spec.volumeClaimTemplates.*.spec.storageClassName"},
		},
		"apps/Deployment": {
			source:   "apps/validation.go, ValidateDeploymentUpdate",
			defaults: map[string]any{"spec.strategy.type": "RollingUpdate"},
			rules: rules(selected("Deployment"), sourced("spec.template.spec"), strategic("Deployment", "spec.strategy.type", "Recreate", func(change) bool { return true }), fixed("the API server refuses another selector of a Deployment",
				"give it another name; or delete it with `kubectl{in} delete deployment {name}`, then apply: its pods go, and come again", "spec.selector")),
		},
		"apps/DaemonSet": {
			source: "apps/validation.go, ValidateDaemonSetUpdate",
			rules: rules(selected("DaemonSet"), sourced("spec.template.spec"), fixed("the API server refuses another selector of a DaemonSet",
				"give it another name; or delete it with `kubectl{in} delete daemonset {name}`, then apply: its pods go, and come again", "spec.selector")),
		},
		"apps/ReplicaSet": {
			source: "apps/validation.go, ValidateReplicaSetUpdate",
			rules: rules(selected("ReplicaSet"), sourced("spec.template.spec"), fixed("the API server refuses another selector of a ReplicaSet",
				"give it another name; or delete it with `kubectl{in} delete replicaset {name}`, then apply: its pods go, and come again", "spec.selector")),
		},
		"apps/ControllerRevision": {
			source: "apps/validation.go, ValidateControllerRevisionUpdate",
			rules:  fixed("the API server refuses other data in a ControllerRevision", renamed, "data"),
		},
		"batch/CronJob": {
			source: "batch/validation.go, ValidateCronJobUpdate",
			rules:  sourced("spec.jobTemplate.spec.template.spec"),
		},
		"batch/Job": {
			source: "batch/validation.go, ValidateJobSpecUpdate, of a Job that has started unless it is suspended",
			rules: rules(
				[]rule{
					{field: "spec.template.spec.nodeSelector", when: isSuspended, may: true},
					{field: "spec.template.spec.tolerations", when: isSuspended, may: true},
					{field: "spec.template.spec.schedulingGates", when: isSuspended, may: true},
					{field: "spec.template.spec.affinity.nodeAffinity", when: isSuspended, may: true},
					{field: "spec.template.metadata.labels", when: isSuspended, may: true},
					{field: "spec.template.metadata.annotations", when: isSuspended, may: true},
					{field: "spec.completions", when: sameCompletions, may: true},
					{field: "spec.parallelism", when: sameCompletions, may: true},
					{field: "spec.parallelism", when: saysCompletions, may: true},
					{field: "spec.template", message: "the API server refuses other pods of a Job", help: remakeJob},
				},
				fixed("the API server refuses another number of completions of a Job that is not indexed", remakeJob, "spec.completions", "spec.parallelism"),
				fixed("the API server refuses another selector of a Job", remakeJob, "spec.selector"),
				fixed("the API server refuses to change how a Job counts its pods as done or failed", remakeJob,
					"spec.completionMode", "spec.podFailurePolicy", "spec.backoffLimitPerIndex", "spec.successPolicy"),
				fixed("the API server refuses another controller of a Job", remakeJob, "spec.managedBy"),
			),
			defaults: with(
				map[string]any{"spec.completionMode": "NonIndexed", "spec.podFailurePolicy.rules.*.onPodConditions.*.status": "True"},
				under("spec.template.spec", podDefaults())),
			distinct: append(prefixed("spec.template.spec", podDistinct()), "spec.backoffLimitPerIndex"),
			applied:  podAt("spec", "template", "spec"),
		},
	}
}

// selected is that pods keep the labels by which they are selected: others are
// refused, of a new object too.
func selected(kind string) []rule {
	return []rule{{
		field:   "spec.template.metadata.labels",
		when:    missesSelector,
		message: "the API server refuses pods of a " + kind + " without the labels that it selects them by",
		help:    "keep the labels that spec.selector names",
	}}
}

// strategic is that a workload leaves its rolling updates without having said how they
// go: the API server wrote that, and server-side apply leaves it beside the new type.
//
// A StatefulSet has nothing written where the type is said.
func strategic(kind, field, to string, written func(change) bool) []rule {
	way := steps(field)
	way[len(way)-1] = "rollingUpdate"
	return []rule{{
		field:   field,
		when:    func(c change) bool { return c.new == to && at(c.before, way...) == nil && written(c) },
		message: "the API server refuses " + to + ": it wrote down how the " + kind + " rolls, as nobody said it, and server-side apply leaves that beside the new type",
		help: "take it out with `kubectl{in} patch " + strings.ToLower(kind) + " {name} --type=json -p '[{\"op\":\"replace\",\"path\":\"/" + strings.Join(way[:len(way)-1], "/") +
			"\",\"value\":{\"type\":\"" + to + "\"}}]'`, then apply",
	}}
}

func missesSelector(c change) bool {
	selector, _ := at(c.after, "spec", "selector", "matchLabels").(map[string]any)
	wanted, selects := selector[c.path[len(c.path)-1].name]
	return selects && wanted != c.new
}

func isSuspended(c change) bool { return at(c.before, "spec", "suspend") == true }

// sameCompletions tells that a Job keeps the number of pods that must succeed, or may
// change it: pods of a Job that is indexed may become more or fewer together with
// those that run at a time.
func sameCompletions(c change) bool {
	was, wasParallel := at(c.before, "spec", "completions"), at(c.before, "spec", "parallelism")
	is, isParallel := at(c.after, "spec", "completions"), at(c.after, "spec", "parallelism")
	if at(c.after, "spec", "completionMode") == "Indexed" && is == isParallel {
		return true
	}
	// The API server writes 1 where neither is said; and that stays, as nobody's, when
	// the other is taken away.
	one := any(int64(1))
	switch {
	case is != nil:
	case was != nil:
		if wasParallel != nil && isParallel == nil {
			is = one
		}
	case wasParallel == nil || isParallel == nil:
		is = one
	}
	if was == nil && wasParallel == nil {
		was = one
	}
	return value.Equal(was, is)
}

// saysCompletions tells that the number of pods that must succeed is said otherwise,
// which is a difference of its own.
func saysCompletions(c change) bool {
	return !value.Equal(at(c.before, "spec", "completions"), at(c.after, "spec", "completions"))
}
