package workload

import "github.com/whiskops/whiskops/internal/krm"

const rbac = "rbac.authorization.k8s.io"

// account is the service account, and its role if it has rules. Whether a pod
// gets the account's token is the pod's to say.
//
// The binding's subject has no namespace here: Kustomize's namespace
// transformer sets it, as it knows the ServiceAccount of the same build.
func account(s Spec) []krm.M {
	sa := s.Object("v1", "ServiceAccount", s.Component)
	sa["automountServiceAccountToken"] = false
	if len(s.Rules) == 0 {
		return []krm.M{sa}
	}
	role := s.Object(rbac+"/v1", "Role", s.Component)
	role["rules"] = s.Rules
	binding := s.Object(rbac+"/v1", "RoleBinding", s.Component)
	binding["roleRef"] = krm.M{"apiGroup": rbac, "kind": "Role", "name": s.Component}
	binding["subjects"] = krm.L{krm.M{"kind": "ServiceAccount", "name": s.Component}}
	return []krm.M{sa, role, binding}
}
