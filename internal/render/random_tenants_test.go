package render

import (
	"fmt"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// tenants are none, some, or as many as do not fit into one ConfigMap.
func (r random) tenants(env *environment.Environment) {
	maybe(r, &env.Secrets.Tenants, "keys-of-tenants")
	if r.chance(50) {
		return
	}
	n := 1 + r.IntN(4)
	if r.chance(2) {
		n = 900
	}
	env.Tenants = map[string]environment.Tenant{}
	for i := range n {
		name := fmt.Sprintf("%s%d", pick(r, "tenant-", "Team.", "0_of-"), i)
		t := environment.Tenant{State: pick(r, "", "", "active", "blocked", derived.Removed), Secret: pick(r, "", "", "team-keys"), Limits: r.tenantLimits(env)}
		if r.chance(40) {
			t.Namespaces = map[string]environment.TenantNamespace{name + ".dev": {State: "present", Limits: r.tenantLimits(env)}}
			if r.chance(50) {
				t.Namespaces[name] = environment.TenantNamespace{State: pick(r, "present", derived.Removed)}
			}
		}
		env.Tenants[name] = t
	}
	if env.Load != nil && r.chance(50) {
		r.loadOfTenant(env)
	}
	plain := env.Secrets.Plain
	if plain == nil {
		return
	}
	plain.Tenants = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(env.Tenants)) {
		t := env.Tenants[name]
		for namespace, n := range derived.NamespacesOf(name, t) {
			if t.State != derived.Removed && n.State != derived.Removed {
				plain.Tenants[namespace] = "later"
			}
		}
	}
	for i, namespace := range slices.Sorted(maps.Keys(plain.Tenants)) {
		plain.Tenants[namespace] = fmt.Sprintf("10000000-0000-4000-8000-%012d:%064d", i, r.IntN(1000))
	}
}

// loadOfTenant has a run under load call as a tenant that is let in and may make that
// many calls, by limits of its own or by those of all.
func (r random) loadOfTenant(env *environment.Environment) {
	name := pick(r, slices.Sorted(maps.Keys(env.Tenants))...)
	t := environment.Tenant{State: pick(r, "", "active"), Secret: pick(r, "", "team-keys")}
	maybe(r, &t.Limits.InvocationsPerMinute, ptr(900))
	maybe(r, &t.Limits.ConcurrentInvocations, ptr(100))
	env.Load.Subject = name
	if r.chance(50) {
		env.Load.Subject = name + ".load"
		t.Namespaces = map[string]environment.TenantNamespace{env.Load.Subject: {State: "present", Limits: t.Limits}, name: {State: pick(r, "present", derived.Removed)}}
		t.Limits.InvocationsPerMinute = pick(r, nil, t.Limits.InvocationsPerMinute)
	}
	env.Tenants[name] = t
}

// tenantLimits are within those of the environment.
func (r random) tenantLimits(env *environment.Environment) environment.TenantLimits {
	var l environment.TenantLimits
	maybe(r, &l.InvocationsPerMinute, ptr(0), ptr(600))
	maybe(r, &l.ConcurrentInvocations, ptr(0), ptr(100))
	maybe(r, &l.FiresPerMinute, ptr(1), ptr(5))
	maybe(r, &l.AllowedKinds, []string{"nodejs:20"}, []string{"sequence", "blackbox"})
	maybe(r, &l.StoreActivations, ptr(true), ptr(false))
	of := env.Limits
	maybe(r, &l.MinActionMemory, of.Memory.Min)
	maybe(r, &l.MaxActionMemory, of.Memory.Max)
	maybe(r, &l.MinActionLogs, of.Log.Min)
	maybe(r, &l.MaxActionLogs, of.Log.Max)
	maybe(r, &l.MinActionTimeout, of.Time.Min)
	maybe(r, &l.MaxActionTimeout, of.Time.Max)
	maybe(r, &l.MinActionConcurrency, of.Concurrency.Min)
	maybe(r, &l.MaxActionConcurrency, of.Concurrency.Max)
	maybe(r, &l.MaxParameterSize, 1024, 1048576)
	maybe(r, &l.MaxPayloadSize, 1024, of.Payload)
	maybe(r, &l.TruncationSize, 1, of.Payload)
	return l
}

func ptr[T any](v T) *T { return &v }
