package guide

import (
	"fmt"
	"strings"
)

// tenantKeys is a Secret with keys of tenants, and their names as words of a shell.
type tenantKeys struct{ Secret, Names string }

// mostNames are written out; more are read from the tree.
const mostNames = 20

// TenantKeys are the Secrets with the keys of tenants. All names are read from the
// tree where there are many of them in one Secret, so that one more changes no
// line here.
func (v view) TenantKeys() []tenantKeys {
	named := v.TenantSecrets()
	var all []tenantKeys
	for _, secret := range sorted(named) {
		names := strings.Join(named[secret], " ")
		if len(named) == 1 && len(named[secret]) > mostNames {
			names = fmt.Sprintf(`$(grep -h '"subject":' golden/%s/configmap-%s-*.yaml | grep -v '"state":"removed"' | sed -E 's/.*"namespaces":\{//' | grep -oE '"[^"]*":\{' | tr -d '":{')`, v.Env.Name, v.Catalog.Tenancy.ConfigMap)
		}
		all = append(all, tenantKeys{secret, names})
	}
	return all
}

// tenantKey is where a namespace's key stands, its Path in kubectl's JSONPath.
type tenantKey struct{ Namespace, Secret, Path string }

// TenantKey is the first of all; nil where all tenants are removed.
func (v view) TenantKey() *tenantKey {
	named := v.TenantSecrets()
	for _, secret := range sorted(named) {
		first := named[secret][0]
		return &tenantKey{first, secret, strings.ReplaceAll(first, ".", `\.`)}
	}
	return nil
}
