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
	objects := []krm.M{sa}
	if s.LastingToken {
		objects = append(objects, tokenSecret(s))
	}
	if len(s.Rules) == 0 {
		return objects
	}
	role := s.Object(rbac+"/v1", "Role", s.Component)
	role["rules"] = s.Rules
	binding := s.Object(rbac+"/v1", "RoleBinding", s.Component)
	binding["roleRef"] = krm.M{"apiGroup": rbac, "kind": "Role", "name": s.Component}
	binding["subjects"] = krm.L{krm.M{"kind": "ServiceAccount", "name": s.Component}}
	return append(objects, role, binding)
}

// tokenDir is where clients of Kubernetes look for the pod's token.
const tokenDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// TokenSecret is the name of the Secret with a component's lasting token.
func TokenSecret(component string) string { return component + "-token" }

// tokenSecret is filled by Kubernetes: token, ca.crt and namespace, as a pod has
// them.
func tokenSecret(s Spec) krm.M {
	secret := s.Object("v1", "Secret", TokenSecret(s.Component))
	secret["metadata"].(krm.M)["annotations"] = krm.M{"kubernetes.io/service-account.name": s.Component}
	secret["type"] = "kubernetes.io/service-account-token"
	return secret
}

// tokenFiles of the Secret. They are named, so that a pod waits until Kubernetes
// has filled it; without, one that is quick would start with an empty directory.
func tokenFiles(s Spec) krm.M {
	var items krm.L
	for _, key := range []string{"ca.crt", "namespace", "token"} {
		items = append(items, krm.M{"key": key, "path": key})
	}
	return krm.M{"name": "token", "secret": krm.M{"secretName": TokenSecret(s.Component), "items": items, "defaultMode": 0o440}}
}
