package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// actions makes the namespace of action pods, what invokers may do there, and
// whom action pods may talk to: users' code is kept from everything but what
// the environment allows.
func (p *planner) actions() error {
	own, by := krm.Owner{Component: "actions", Tier: ActionTier}, p.Catalog.Actions.By
	egress := []networkpolicies.Rule{p.dns()}
	for _, need := range p.Catalog.Actions.Needs {
		ports, err := p.named(need.Component, need.Ports)
		if err != nil {
			return err
		}
		egress = append(egress, networkpolicies.Rule{
			Peers: []networkpolicies.Peer{{Component: need.Component, Namespace: p.Env.Namespace}}, Ports: ports,
		})
	}
	var outside networkpolicies.Rule
	for _, cidr := range p.Env.Actions.Egress.CIDRs {
		outside.Peers = append(outside.Peers, networkpolicies.Peer{CIDR: cidr, Except: within(p.Env.Actions.Egress.Except, cidr)})
	}
	if len(outside.Peers) > 0 {
		egress = append(egress, outside)
	}
	egress = append(egress, p.ProxyRules()...)
	p.add(
		Function{foundation.Kind, own.Component, foundation.Spec{
			Owner: own, Namespace: p.ActionNamespace, Existing: !p.Env.Namespaces.Managed,
			PodSecurity:  derived.ActionPodSecurity,
			ClusterRoles: p.Catalog.ClusterRoles[p.Env.Cluster.Platform].Actions,
			Roles:        []foundation.Role{{Name: by, Rules: p.Catalog.Actions.Rules, Account: by, Namespace: p.Env.Namespace}},
		}},
		Function{networkpolicies.Kind, "actions-deny", networkpolicies.Spec{
			Labels: own.Made(), Name: "default-deny-actions", AllPods: true, Annotations: krm.Judged(p.Catalog.Actions.Judged),
		}},
		Function{networkpolicies.Kind, own.Component, networkpolicies.Spec{
			Labels: own.Made(), Name: "actions", Pods: p.Catalog.Actions.Labels, Annotations: krm.Judged(p.Catalog.Actions.Judged),
			Ingress: []networkpolicies.Rule{{
				Peers: []networkpolicies.Peer{{Component: by, Namespace: p.Env.Namespace}},
				Ports: []int{p.Catalog.Actions.Port},
			}},
			Egress: egress,
		}},
	)
	return p.systemActions(own)
}

// systemActions lets pods that run actions of whisk.system talk to what these need:
// users' own never run there.
func (p *planner) systemActions(own krm.Owner) error {
	system := p.Catalog.Actions.System
	var egress []networkpolicies.Rule
	for _, need := range system.Needs {
		if !need.When.Holds(p.Env) || !p.Has(need.Component) {
			continue
		}
		ports, err := p.named(need.Component, need.Ports)
		if err != nil {
			return err
		}
		egress = append(egress, networkpolicies.Rule{
			Peers: []networkpolicies.Peer{{Component: need.Component, Namespace: p.Env.Namespace}}, Ports: ports,
		})
	}
	if len(egress) > 0 {
		p.add(Function{networkpolicies.Kind, "actions-system", networkpolicies.Spec{
			Labels: own.Made(), Name: "actions-system", Pods: system.Labels, Egress: egress, Annotations: krm.Judged(p.Catalog.Actions.Judged),
		}})
	}
	return nil
}

// actionPod is the template from which invokers make action pods.
func (p *planner) actionPod() (string, error) {
	filled, err := catalog.Expand(p.Catalog.Actions.Template, &p.Values)
	if err != nil {
		return "", err
	}
	pod := filled.(map[string]any)
	spec, _ := pod["spec"].(map[string]any)
	if rule := p.Placement(p.Catalog.Actions.By); len(rule.Tolerations) > 0 {
		var all krm.L
		for _, t := range fragments(rule.Tolerations) {
			all = append(all, t)
		}
		spec["tolerations"] = all
	}
	if arch := p.ActionArchitecture(); arch != "" {
		spec["nodeSelector"] = krm.M{derived.ArchitectureLabel: arch}
	}
	if class := p.Env.Actions.RuntimeClass; class != "" {
		spec["runtimeClassName"] = class
	}
	if secrets := p.Env.ImagePullSecrets; len(secrets) > 0 {
		var refs krm.L
		for _, name := range secrets {
			refs = append(refs, krm.M{"name": name})
		}
		spec["imagePullSecrets"] = refs
	}
	p.sayMore(pod, spec)
	if lost := p.Catalog.Actions.Lost(pod); len(lost) > 0 {
		return "", fmt.Errorf("catalogue: no action pod would have what the template says of %s: its maker does not know the fields", strings.Join(lost, ", "))
	}
	text, err := yaml.Marshal(pod)
	if err != nil {
		return "", fmt.Errorf("encode the action pods' template: %w", err)
	}
	return string(text), nil
}

// sayMore adds what the environment says of action pods.
func (p *planner) sayMore(pod, spec map[string]any) {
	more, meta := p.Env.Actions.Pod, value.Map(pod, "metadata")
	annotations := textMap(p.ActionAnnotations())
	maps.Copy(annotations, textMap(more.Annotations))
	if len(annotations) > 0 {
		meta["annotations"] = annotations
	}
	labels := maps.Clone(value.Map(meta, "labels"))
	maps.Copy(labels, textMap(more.Labels))
	meta["labels"] = labels
	added := podAdditions(commonPod{more.PriorityClassName, more.NodeSelector, more.Tolerations, more.HostAliases, more.DNSConfig})
	if tolerations, ok := added["tolerations"].(krm.L); ok {
		was, _ := spec["tolerations"].(krm.L)
		added["tolerations"] = append(slices.Clip(was), tolerations...)
	}
	if more.SecurityContext != nil {
		added["securityContext"] = fragment(*more.SecurityContext)
	}
	maps.Copy(spec, added)
}
