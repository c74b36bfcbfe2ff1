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
	all := []krm.M{sa}
	if s.TokenSecret != "" {
		all = append(all, tokenSecret(s))
	}
	if len(s.Rules) == 0 {
		return all
	}
	role := s.Object(rbac+"/v1", "Role", s.Component)
	role["rules"] = s.Rules
	binding := s.Object(rbac+"/v1", "RoleBinding", s.Component)
	binding["roleRef"] = krm.M{"apiGroup": rbac, "kind": "Role", "name": s.Component}
	binding["subjects"] = krm.L{krm.M{"kind": "ServiceAccount", "name": s.Component}}
	return append(all, role, binding)
}

// tokenSecret is filled in by the control plane, and taken away with the
// account. Its clean-up of unused tokens leaves those alone that someone asked for.
func tokenSecret(s Spec) krm.M {
	secret := s.Object("v1", "Secret", s.TokenSecret)
	secret["metadata"].(krm.M)["annotations"] = krm.M{"kubernetes.io/service-account.name": s.Component}
	secret["type"] = "kubernetes.io/service-account-token"
	return secret
}

// Where clients look for a token, and the volume that has it there.
const (
	tokenPath   = "/var/run/secrets/kubernetes.io/serviceaccount"
	tokenVolume = "token"
)

// tokenFiles of the Secret. They are named, so that a pod waits until the control
// plane has filled it in; without, it would start with an empty directory.
func tokenFiles(s Spec) krm.M {
	var items krm.L
	for _, key := range []string{"ca.crt", "namespace", "token"} {
		items = append(items, krm.M{"key": key, "path": key})
	}
	return krm.M{"name": tokenVolume, "secret": krm.M{"secretName": s.TokenSecret, "items": items, "defaultMode": 0o440}}
}
