package derived

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

func withTenants(t *testing.T, tenants map[string]environment.Tenant) Values {
	t.Helper()
	env := environment.Base()
	env.Tenants = tenants
	v, err := New(&env)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTenantLines(t *testing.T) {
	zero, no := 0, false
	v := withTenants(t, map[string]environment.Tenant{
		"zelda": {},
		"alice": {State: "active", Limits: environment.TenantLimits{FiresPerMinute: &zero, MaxActionMemory: "0.25Gi", MaxActionTimeout: "1m", MaxPayloadSize: 2048, AllowedKinds: []string{"b", "a"}}, Namespaces: map[string]environment.TenantNamespace{
			"dev": {Limits: environment.TenantLimits{MaxActionMemory: "512Mi", StoreActivations: &no}}, "old": {State: Removed, Limits: environment.TenantLimits{FiresPerMinute: &zero}}, "alice": {},
		}},
	})
	texts, err := v.TenantLines()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`{"subject":"alice","state":"active","namespaces":{` +
		`"alice":{"allowedKinds":["b","a"],"firesPerMinute":0,"maxActionMemory":256,"maxActionTimeout":60000,"maxPayloadSize":"2048 B"},` +
		`"dev":{"allowedKinds":["b","a"],"firesPerMinute":0,"maxActionMemory":512,"maxActionTimeout":60000,"maxPayloadSize":"2048 B","storeActivations":false},"old":null}}` + "\n" +
		`{"subject":"zelda","namespaces":{"zelda":{}}}` + "\n"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Whatever their number and names, all lines are there, once and in order, and each
// text fits into an annotation that has it as JSON.
func TestTenantLinesFit(t *testing.T) {
	const annotation = 262144
	for _, n := range []int{0, 1, 1000, 2000} {
		for _, length := range []int{5, 200} {
			tenants := map[string]environment.Tenant{}
			for i := range n {
				name := fmt.Sprintf("%s%04d", strings.Repeat("t", length-4), i)
				tenants[name] = environment.Tenant{}
			}
			v := withTenants(t, tenants)
			texts, err := v.TenantLines()
			if err != nil {
				t.Fatal(err)
			}
			lines := 0
			for i, text := range texts {
				lines += strings.Count(text, "\n")
				escaped, _ := json.Marshal(text)
				if len(escaped)-2 > v.Catalog.Tenancy.ConfigMapBytes || len(escaped) > annotation*4/5 {
					t.Errorf("%d tenants of %d letters: text %d has %d bytes as JSON", n, length, i, len(escaped))
				}
				if i < len(texts)-1 && len(escaped) < v.Catalog.Tenancy.ConfigMapBytes-1000 {
					t.Errorf("%d tenants of %d letters: text %d has %d bytes and is not the last", n, length, i, len(escaped))
				}
			}
			all := strings.Split(strings.TrimSuffix(strings.Join(texts, ""), "\n"), "\n")
			if lines != n || !slices.IsSorted(all) {
				t.Errorf("%d lines of %d tenants, in order: %v", lines, n, slices.IsSorted(all))
			}
		}
	}
}

// A text that is full to the byte takes no more.
func TestTenantLinesAtTheBound(t *testing.T) {
	v := withTenants(t, map[string]environment.Tenant{"alice": {}, "bobby": {}})
	cat := *v.Catalog
	v.Catalog = &cat
	one, _ := json.Marshal(`{"subject":"alice","namespaces":{"alice":{}}}` + "\n")
	both := 2 * (len(one) - 2)
	for bytes, want := range map[int]int{both - 1: 2, both: 1, both + 1: 1} {
		cat.Tenancy.ConfigMapBytes = bytes
		if texts, err := v.TenantLines(); err != nil || len(texts) != want {
			t.Errorf("%d bytes: %d texts, want %d: %v", bytes, len(texts), want, err)
		}
	}
}

func TestTenantSecrets(t *testing.T) {
	v := withTenants(t, map[string]environment.Tenant{
		"alice": {}, "bobby": {Secret: "team", Namespaces: map[string]environment.TenantNamespace{"b-2": {}, "b-1": {}, "b-0": {State: Removed}}},
		"carol": {State: Removed, Secret: "nobody"}, "david": {State: "blocked"},
	})
	want := map[string][]string{"openwhisk-tenants": {"alice", "david"}, "team": {"b-1", "b-2"}}
	if diff := cmp.Diff(want, v.TenantSecrets()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	all := v.Secrets()
	if n := len(all); all[n-2].Name != "openwhisk-tenants" || all[n-1].Name != "team" || !all[n-1].Tenants || all[n-1].Field != "tenants" || all[n-3].Tenants {
		t.Errorf("%+v", all)
	}
}
