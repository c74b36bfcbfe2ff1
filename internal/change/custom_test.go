package change_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/change"
)

// What people have in custom/ is no component's, and judged by what it is.
func TestObjectsOfPeople(t *testing.T) {
	const (
		policy  = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: "
		ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: x}\nspec: {rules: [{host: a.example.com}]}\n"
		set     = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s, namespace: x}\nspec: "
		binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: x}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}\nsubjects: "
		secret  = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: x}\nimmutable: true\ndata: "
	)
	for name, c := range map[string]struct{ before, after, want string }{
		"the policy of a pod goes": {policy + "{podSelector: {matchLabels: {a: b}}}", "", "removed: is deleted\n"},
		"fewer ports of a policy": {
			policy + "{podSelector: {}, ingress: [{ports: [{port: 1}, {port: 2}]}]}", policy + "{podSelector: {}, ingress: [{ports: [{port: 2}]}]}",
			"closed: no longer: open to everyone at port 1\n",
		},
		"everyone, then a range": {
			policy + "{podSelector: {}, ingress: [{ports: [{port: 1}]}]}", policy + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 1}]}]}",
			"closed: no longer: open to everyone at port 1\n",
		},
		"a range in a range": {
			policy + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}", policy + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 1}]}]}",
			"closed: no longer: open to 10.0.0.0/8 at any port\n",
		},
		"a range besides": {
			policy + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]}", policy + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}",
			"exposed: open to 10.0.0.0/8 at any port\n",
		},
		"an Ingress goes":   {ingress, "", "closed: no longer: reached as a.example.com\nremoved: is deleted\n"},
		"a host of another": {ingress, strings.Replace(ingress, "a.ex", "b.ex", 1), "exposed: reached as b.example.com\nclosed: no longer: reached as a.example.com\n"},
		"claims go with the set": {
			set + "{replicas: 1}", set + "{replicas: 1, persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Retain}}",
			"data: who deletes the set deletes its claims, and its data, from now on\n",
		},
		"a right": {binding + "[]", binding + "[{kind: User, name: eve}]", "exposed: gives ClusterRole admin to User eve\n"},
		"data of an immutable Secret": {
			secret + "{a: aHVudGVyMg==}", secret + "{a: aHVudGVyMw==}",
			"refused: the API server refuses other data in a Secret that is immutable\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			facts, err := catalog.Load(catalog.Releases()[0])
			if err != nil {
				t.Fatal(err)
			}
			before, after, unreadable := change.Read(files(c.before), files(c.after))
			if len(unreadable) > 0 {
				t.Fatal(unreadable)
			}
			var got strings.Builder
			for _, e := range change.Compare(before, after, change.Facts{Catalog: facts, Prunes: true}) {
				if e.Class != change.Setting {
					fmt.Fprintf(&got, "%s: %s\n", e.Class, e.Message)
				}
				if all := fmt.Sprint(e); strings.Contains(all, "aHVudGVy") || strings.Contains(all, "hunter") {
					t.Errorf("it shows a secret: %s", all)
				}
			}
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func files(text string) map[string][]byte {
	if text == "" {
		return nil
	}
	return map[string][]byte{"o.yaml": []byte(text)}
}
