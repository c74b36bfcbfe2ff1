package derived

import (
	"maps"
	"slices"
	"time"

	"github.com/whiskops/whiskops/internal/environment"
)

// Around the stages of a run under load: until the action has answered once, the
// records that are asked for afterwards, the actions that are deleted, the report.
// Source: schema/catalog/load/load.js.
const (
	LoadBefore = 300 * time.Second
	loadAfter  = 150 * time.Second
)

// LoadDuration is how long the stages of a run take.
func LoadDuration(l *environment.LoadTest) time.Duration {
	var all time.Duration
	for _, s := range l.Stages {
		d, _ := time.ParseDuration(s.Duration) // the contract has its form
		all += d
	}
	return all
}

// LoadNeeds is how long a run under load may take until its end: what it does before, its stages, the
// call that is sent last, what it does after.
func (v *Values) LoadNeeds() time.Duration {
	call, err := v.Limit("call.edge")
	if v.Env.Load == nil || err != nil {
		return 0
	}
	return LoadBefore + LoadDuration(v.Env.Load) + time.Duration(call+5)*time.Second + loadAfter
}

// LoadDeadline of a run in seconds: as it is written, or what the run needs.
func (v *Values) LoadDeadline() int {
	if l := v.Env.Load; l != nil && l.Deadline != "" {
		d, _ := time.ParseDuration(l.Deadline)
		return int(d.Seconds())
	}
	return int(v.LoadNeeds().Seconds())
}

// LoadCaller is whom a run under load calls as: a subject of the installation's own, or
// a namespace of a tenant.
type LoadCaller struct {
	// Tenant whose namespace it is; empty where it is nobody's.
	Tenant string
	// State of the tenant; of a namespace that goes, Removed.
	State string
	// At is the field of the tenant, In that of the namespace: the same where the
	// tenant lists none.
	At, In string
	// Outer are the limits of the tenant, Inner those of the namespace, which win.
	Outer, Inner environment.TenantLimits
	// Secret with its key, by its name.
	Secret string
}

// LoadCaller of the environment's run.
func (v *Values) LoadCaller() LoadCaller {
	own := LoadCaller{Secret: v.Env.Secrets.Subjects}
	if v.Env.Load == nil {
		return own
	}
	name := v.Env.Load.Subject
	for _, subject := range slices.Sorted(maps.Keys(v.Env.Tenants)) {
		t := v.Env.Tenants[subject]
		n, has := NamespacesOf(subject, t)[name]
		if !has {
			continue
		}
		at := environment.JoinPath("tenants", subject)
		caller := LoadCaller{Tenant: subject, State: t.State, At: at, In: at, Outer: t.Limits, Inner: n.Limits, Secret: v.tenantSecret(t)}
		if t.Namespaces != nil {
			caller.In = environment.JoinPath("tenants", subject, "namespaces", name)
		}
		if n.State == Removed {
			caller.State = Removed
		}
		return caller
	}
	return own
}

// LoadSecret is the name of the Secret with the key of a run under load.
func (v *Values) LoadSecret() string { return v.LoadCaller().Secret }
