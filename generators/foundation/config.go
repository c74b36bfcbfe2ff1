package foundation

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "Foundation"

// Spec describes a namespace and what everything in it stands on.
type Spec struct {
	krm.Owner
	// Namespace is made, with its Pod Security level enforced and warned of.
	Namespace string `json:"namespace"`
	// Existing tells that someone else makes it.
	Existing bool `json:"existing,omitempty"`
	// Labels of the namespace besides those of its level.
	Labels map[string]string `json:"labels,omitempty"`
	// PodSecurity is restricted, baseline or privileged.
	PodSecurity string `json:"podSecurity"`
	// Roles give service accounts of other namespaces rights in this one.
	Roles []Role `json:"roles,omitempty"`
	// ClusterRoles that exist, which all service accounts of the namespace
	// are given in it.
	ClusterRoles []string `json:"clusterRoles,omitempty"`
	// Secrets in plain text: for development alone.
	Secrets []Secret `json:"secrets,omitempty"`
}

// Role and its binding, of one name.
type Role struct {
	Name string `json:"name"`
	// Rules are RBAC policy rules.
	Rules []krm.M `json:"rules"`
	// Account and Namespace of the service account that is given the rules.
	Account   string `json:"account"`
	Namespace string `json:"namespace"`
}

// Secret of type Opaque.
type Secret struct {
	Name string            `json:"name"`
	Data map[string]string `json:"data"`
}
