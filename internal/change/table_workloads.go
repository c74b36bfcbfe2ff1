package change

const (
	remakeSet = "delete the set and leave its pods with `kubectl{in} delete statefulset {name} --cascade=orphan`, then apply: the new set takes them over"
	remakeJob = "give the Job another name; or delete it with `kubectl{in} delete job {name}`, then apply: it runs again"
)

var workloads = map[string]row{
	"apps/StatefulSet": {
		source: "apps/validation.go, ValidateStatefulSetUpdate",
		rules: rules(
			may("spec.replicas", "spec.ordinals", "spec.updateStrategy", "spec.revisionHistoryLimit",
				"spec.persistentVolumeClaimRetentionPolicy", "spec.minReadySeconds"),
			selected("StatefulSet"), may("spec.template"),
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
					help:    "keep the old class; or, for one pod after the other, make a claim of the new class and copy the data, and " + remakeSet},
			},
			fixed("the API server refuses to change the claims of a StatefulSet", "keep the old value: claims that exist have it; or, if only those of new pods shall be other, "+remakeSet,
				"spec.volumeClaimTemplates"),
			fixed("the API server refuses another selector of a StatefulSet", "give it another name; or "+remakeSet+" if the selector fits them", "spec.selector"),
			fixed("the API server refuses to change a StatefulSet but for replicas, ordinals, template, updateStrategy, revisionHistoryLimit, persistentVolumeClaimRetentionPolicy and minReadySeconds",
				remakeSet, "spec"),
		),
		defaults: map[string]any{
			"spec.podManagementPolicy":                    "OrderedReady",
			"spec.volumeClaimTemplates.*.spec.volumeMode": "Filesystem",
			"spec.volumeClaimTemplates.*.status.phase":    "Pending",
			"spec.volumeClaimTemplates.*.apiVersion":      "v1",
			"spec.volumeClaimTemplates.*.kind":            "PersistentVolumeClaim",
		},
		distinct: []string{"spec.volumeClaimTemplates.*.spec.storageClassName"},
	},
	"apps/Deployment": {
		source: "apps/validation.go, ValidateDeploymentUpdate",
		rules: rules(selected("Deployment"), fixed("the API server refuses another selector of a Deployment",
			"give it another name; or delete it with `kubectl{in} delete deployment {name}`, then apply: its pods go, and come again", "spec.selector")),
	},
	"apps/DaemonSet": {
		source: "apps/validation.go, ValidateDaemonSetUpdate",
		rules: rules(selected("DaemonSet"), fixed("the API server refuses another selector of a DaemonSet",
			"give it another name; or delete it with `kubectl{in} delete daemonset {name}`, then apply: its pods go, and come again", "spec.selector")),
	},
	"apps/ReplicaSet": {
		source: "apps/validation.go, ValidateReplicaSetUpdate",
		rules: rules(selected("ReplicaSet"), fixed("the API server refuses another selector of a ReplicaSet",
			"give it another name; or delete it with `kubectl{in} delete replicaset {name}`, then apply: its pods go, and come again", "spec.selector")),
	},
	"apps/ControllerRevision": {
		source: "apps/validation.go, ValidateControllerRevisionUpdate",
		rules:  fixed("the API server refuses other data in a ControllerRevision", renamed, "data"),
	},
	"batch/CronJob": nothing("batch/validation.go, ValidateCronJobUpdate"),
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
				{field: "spec.completions", when: isIndexed, may: true},
				// The selector is made of the Job's own identity.
				{field: "spec.selector", when: func(c change) bool { return c.new == nil && at(c.before, "spec", "manualSelector") != true }, may: true},
				{field: "spec.template", message: "the API server refuses other pods of a Job", help: remakeJob},
			},
			fixed("the API server refuses another number of completions of a Job that is not indexed", remakeJob, "spec.completions"),
			fixed("the API server refuses another selector of a Job", remakeJob, "spec.selector"),
			fixed("the API server refuses to change how a Job counts its pods as done or failed", remakeJob,
				"spec.completionMode", "spec.podFailurePolicy", "spec.backoffLimitPerIndex", "spec.successPolicy"),
			fixed("the API server refuses another controller of a Job", remakeJob, "spec.managedBy"),
		),
		defaults: with(
			map[string]any{"spec.completions": int64(1), "spec.completionMode": "NonIndexed", "spec.podFailurePolicy.rules.*.onPodConditions.*.status": "True"},
			under("spec.template.spec", podDefaults)),
		distinct: prefixed("spec.template.spec", podDistinct),
	},
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

func missesSelector(c change) bool {
	selector, _ := at(c.after, "spec", "selector", "matchLabels").(map[string]any)
	wanted, selects := selector[c.path[len(c.path)-1].name]
	return selects && wanted != c.new
}

func isSuspended(c change) bool { return at(c.before, "spec", "suspend") == true }

// isIndexed tells that the pods of a Job have numbers, of which there may be more or
// fewer together with those that run at a time.
func isIndexed(c change) bool {
	return at(c.after, "spec", "completionMode") == "Indexed" && at(c.after, "spec", "parallelism") == c.new
}
