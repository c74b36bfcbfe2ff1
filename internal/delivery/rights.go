package delivery

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// kinds that the tool must be able to make, change and prune: all that any
// environment may have, since the last object of a kind goes with a commit too,
// and what custom/ adds.
func (d *delivery) kinds() []groupKind {
	all := kinds(d.all()...)
	for _, k := range d.policy.Kinds {
		all = append(all, groupKind{group(k.APIVersion), k.Kind})
	}
	slices.SortFunc(all, groupKind.compare)
	return slices.Compact(all)
}

// clusterWide tells whether a kind's objects are in no namespace.
func (d *delivery) clusterWide(k groupKind) bool {
	for _, known := range d.policy.Kinds {
		if group(known.APIVersion) == k.group && known.Kind == k.kind {
			return known.Cluster
		}
	}
	return slices.ContainsFunc(d.Built, func(o kustomize.Object) bool {
		return o.Kind == k.kind && group(o.APIVersion) == k.group && o.Namespace == "" && !kustomize.Namespaced(o.APIVersion, o.Kind)
	})
}

// namespaces in which there are objects.
func (d *delivery) namespaces() []string {
	found := map[string]bool{d.Values.Env.Namespace: true, d.Values.ActionNamespace: true}
	for _, o := range d.all() {
		if o.Namespace != "" {
			found[o.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// account is the one that Flux applies the tree with, and its rights: those over
// the kinds, in all namespaces, since it makes the namespaces too. To make a Role
// and a binding in the dry run that knows neither, it must be allowed to give
// rights that it does not have; so it can give itself more, and the account is a
// bound for mistakes and not for somebody with access to the repository.
func (d *delivery) account() []krm.M {
	name, namespace := d.name(), d.Values.Env.GitOps.Flux.Namespace
	return []krm.M{
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": krm.M{"name": name, "namespace": namespace}},
		{"apiVersion": rbacVersion, "kind": "ClusterRole", "metadata": krm.M{"name": name}, "rules": d.rights()},
		{
			"apiVersion": rbacVersion, "kind": "ClusterRoleBinding", "metadata": krm.M{"name": name},
			"roleRef":  krm.M{"apiGroup": rbacGroup, "kind": "ClusterRole", "name": name},
			"subjects": []any{krm.M{"kind": "ServiceAccount", "name": name, "namespace": namespace}},
		},
	}
}

const (
	rbacGroup   = "rbac.authorization.k8s.io"
	rbacVersion = rbacGroup + "/v1"
)

// rights over the kinds, a rule for each API group, and to read what workloads
// make: without these a health check waits for a workload for ever.
func (d *delivery) rights() []any {
	var made []groupKind
	for _, k := range d.policy.Made {
		made = append(made, groupKind{group(k.APIVersion), k.Kind})
	}
	slices.SortFunc(made, groupKind.compare)
	rules := d.allow(d.kinds(), "get", "list", "watch", "create", "update", "patch", "delete")
	rules = append(rules, d.allow(made, "get", "list", "watch")...)
	return append(rules, krm.M{
		"apiGroups": []any{rbacGroup}, "resources": []any{"roles", "clusterroles"}, "verbs": []any{"bind", "escalate"},
	})
}

// resource is the name of a kind's resources.
func (d *delivery) resource(k groupKind) string {
	for _, known := range d.policy.Kinds {
		if known.Resource != "" && group(known.APIVersion) == k.group && known.Kind == k.kind {
			return known.Resource
		}
	}
	return plural(k.kind)
}

// allow verbs over kinds, in a rule for each API group.
func (d *delivery) allow(kinds []groupKind, verbs ...any) (rules []any) {
	byGroup := map[string][]any{}
	for _, k := range kinds {
		byGroup[k.group] = append(byGroup[k.group], d.resource(k))
	}
	for _, g := range slices.Sorted(maps.Keys(byGroup)) {
		rules = append(rules, krm.M{"apiGroups": []any{g}, "resources": byGroup[g], "verbs": verbs})
	}
	return rules
}
