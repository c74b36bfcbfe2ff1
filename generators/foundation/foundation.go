// Package foundation makes a namespace and what everything in it stands on:
// its Pod Security level, rights for service accounts of other namespaces,
// and, for development, secrets in plain text.
//
// The objects inside the namespace carry no namespace of their own: the
// pipeline sets it, as Kustomize does.
package foundation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

const (
	rbac        = "rbac.authorization.k8s.io"
	podSecurity = "pod-security.kubernetes.io/"
)

// Process adds the namespace, the roles with their bindings and the secrets.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	var objects []krm.M
	if !spec.Existing {
		objects = append(objects, namespace(spec))
	}
	for _, r := range spec.Roles {
		objects = append(objects, role(spec.Owner, r), binding(spec.Owner, r))
	}
	for _, name := range spec.ClusterRoles {
		objects = append(objects, everyone(spec, name))
	}
	for _, s := range spec.Secrets {
		objects = append(objects, secret(spec.Owner, s))
	}
	return krm.Add(rl, objects...)
}

// namespace enforces its level, and says the same of what is not a pod yet:
// warnings come at kubectl, audit annotations in the API server's log.
func namespace(spec Spec) krm.M {
	n := spec.Object("v1", "Namespace", spec.Namespace)
	labels := n["metadata"].(krm.M)["labels"].(krm.M)
	for key, value := range spec.Labels {
		labels[key] = value
	}
	for _, mode := range []string{"enforce", "warn", "audit"} {
		labels[podSecurity+mode] = spec.PodSecurity
		labels[podSecurity+mode+"-version"] = "latest"
	}
	return n
}

func role(o krm.Owner, r Role) krm.M {
	made := o.Object(rbac+"/v1", "Role", r.Name)
	made["rules"] = r.Rules
	return made
}

func binding(o krm.Owner, r Role) krm.M {
	made := o.Object(rbac+"/v1", "RoleBinding", r.Name)
	made["roleRef"] = krm.M{"apiGroup": rbac, "kind": "Role", "name": r.Name}
	made["subjects"] = krm.L{krm.M{"kind": "ServiceAccount", "name": r.Account, "namespace": r.Namespace}}
	return made
}

// everyone gives a ClusterRole to all service accounts of the namespace.
func everyone(spec Spec, clusterRole string) krm.M {
	made := spec.Object(rbac+"/v1", "RoleBinding", strings.ReplaceAll(clusterRole, ":", "-"))
	made["roleRef"] = krm.M{"apiGroup": rbac, "kind": "ClusterRole", "name": clusterRole}
	made["subjects"] = krm.L{krm.M{"apiGroup": rbac, "kind": "Group", "name": "system:serviceaccounts:" + spec.Namespace}}
	return made
}

// secret has its values as they are: whoever reads it sees that they are plain.
func secret(o krm.Owner, s Secret) krm.M {
	made := o.Object("v1", "Secret", s.Name)
	made["type"] = "Opaque"
	made["stringData"] = s.Data
	return made
}

func check(spec Spec) error {
	var c krm.Check
	c.Owner(spec.Owner)
	c.Label("spec.namespace", spec.Namespace)
	c.OneOf("spec.podSecurity", spec.PodSecurity, "restricted", "baseline", "privileged")
	for _, key := range slices.Sorted(maps.Keys(spec.Labels)) {
		if strings.HasPrefix(key, podSecurity) {
			c.Fail("spec.labels has %s: spec.podSecurity says that", key)
		}
	}
	checkRoles(&c, spec.Roles)
	checkSecrets(&c, spec.Secrets)
	return c.Err()
}

func checkRoles(c *krm.Check, roles []Role) {
	seen := map[string]bool{}
	for i, r := range roles {
		field := fmt.Sprintf("spec.roles[%d]", i)
		c.Name(field+".name", r.Name)
		c.Name(field+".account", r.Account)
		c.Label(field+".namespace", r.Namespace)
		if len(r.Rules) == 0 {
			c.Fail("%s.rules is empty", field)
		}
		c.Unique(field+".name", r.Name, seen)
	}
}

func checkSecrets(c *krm.Check, secrets []Secret) {
	seen := map[string]bool{}
	for i, s := range secrets {
		field := fmt.Sprintf("spec.secrets[%d]", i)
		c.Name(field+".name", s.Name)
		c.Unique(field+".name", s.Name, seen)
		c.Data(field+".data", s.Data)
	}
}
