package derived

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

const mib = 1 << 20

// The values of the chain follow from its inputs.
func TestChain(t *testing.T) {
	limits := func(change func(l *environment.Limits)) func(*environment.Environment) {
		return func(e *environment.Environment) { change(&e.Limits) }
	}
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   map[string]int
	}{
		// Without a word they are OpenWhisk's own, but for the database, which
		// refused what OpenWhisk lets through.
		{"defaults", nil, map[string]int{
			"request.edge": 50, "request.controller": 50 * mib, "request.code": 48,
			"activation.controller": mib, "activation.kafka": mib + 6068,
			"record.log": 10 * mib, "record.database": 3*11*mib + 6068, "record.batch": 1 << 32, "record.client": 50 * mib,
			"call.edge": 75, "call.idle": 70, "call.request": 65, "call.wait": 60,
		}},
		{"large records", limits(func(l *environment.Limits) { l.Payload, l.Log.Max = 20*mib, "64Mi" }), map[string]int{
			"activation.kafka": 20*mib + 6068, "record.database": 3*84*mib + 6068, "record.client": 6*20*mib + 3*64*mib + 6068,
		}},
		{"payloads above an action", limits(func(l *environment.Limits) { l.Payload = 100 * mib }), map[string]int{
			"request.edge": 100, "request.controller": 100 * mib,
		}},
		{"a byte more than whole mebibytes", limits(func(l *environment.Limits) { l.Payload = 60*mib + 1 }), map[string]int{
			"request.edge": 61, "request.controller": 60*mib + 1,
		}},
		{"small actions", limits(func(l *environment.Limits) { l.Action = 1 }), map[string]int{"request.edge": 3, "request.controller": 3 * mib, "request.code": 1}},
		{"long calls", limits(func(l *environment.Limits) { l.Blocking = "300s" }), map[string]int{
			"call.edge": 315, "call.idle": 310, "call.request": 305, "call.wait": 300,
		}},
		{"no logs in records", func(e *environment.Environment) { e.Invoker.Logs = "none" }, map[string]int{"record.log": 0, "record.database": 8_000_000}},
		{"records at CouchDB's default", func(e *environment.Environment) { e.Invoker.Logs, e.Limits.Payload = "none", (8_000_000-6068)/3 }, map[string]int{"record.database": 8_000_000}},
		{"records above CouchDB's default", func(e *environment.Environment) { e.Invoker.Logs, e.Limits.Payload = "none", (8_000_000-6068)/3+1 }, map[string]int{"record.database": 8_000_003}},
		{"a large heap", func(e *environment.Environment) { e.Controller.Heap = "5Gi" }, map[string]int{"record.batch": 5 << 30}},
		{"written", func(e *environment.Environment) {
			e.Edge.BodySize, e.Edge.ReadTimeout, e.Kafka.MessageMaxBytes = 60, "80s", 2_000_000
		}, map[string]int{"request.edge": 60, "call.edge": 80, "activation.kafka": 2_000_000}},
		{"more than can be counted", limits(func(l *environment.Limits) { l.Log.Max = "999999999999999Ti" }), map[string]int{"record.log": 1 << 53}},
	} {
		v := of(t, tt.change)
		got := map[string]int{}
		for name := range tt.want {
			n, err := v.Limit(name)
			if err != nil {
				t.Fatal(err)
			}
			got[name] = n
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Each link's value holds what the link must, whatever the inputs are.
func TestChainHolds(t *testing.T) {
	for _, payload := range []int{1024, mib, 100 * mib} {
		for _, log := range []string{"0Mi", "10Mi", "1Gi"} {
			for _, blocking := range []string{"1s", "60s", "999999s"} {
				v := of(t, func(e *environment.Environment) {
					e.Limits.Payload, e.Limits.Log.Max, e.Limits.Blocking = payload, log, blocking
				})
				for _, l := range v.Chain() {
					if l.Amount < l.Least || l.Derived < l.Least {
						t.Errorf("payload %d, log %s, blocking %s: %s is %d, derived %d, but must hold %d", payload, log, blocking, l.Name, l.Amount, l.Derived, l.Least)
					}
				}
			}
		}
	}
}

// A fault of the catalogue is an error, and no endless wait.
func TestBrokenChain(t *testing.T) {
	for _, tt := range []struct{ want, a, b string }{
		{"waits for itself", `{{.Limit "b"}}`, `{{.Limit "a"}}`},
		{`no limit "c"`, `{{.Limit "c"}}`, "1"},
		{"is no number", "many", "1"},
	} {
		env := environment.Base()
		v := Values{Env: &env, Catalog: &catalog.Catalog{Limits: []catalog.Limit{{Name: "a", Holds: tt.a}, {Name: "b", Holds: tt.b}}}}
		if err := v.limits(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %q: %v", tt.want, err)
		}
	}
}

// OpenWhisk's own sums (Entitlement.scala): ceil(limit * 1.2) / controllers, and
// the limit itself for one.
func TestThrottled(t *testing.T) {
	for _, tt := range []struct{ limit, controllers, each, all int }{
		{60, 1, 60, 60}, {60, 2, 36, 72}, {60, 3, 24, 72}, {200, 3, 80, 240},
		{1, 2, 1, 2}, {1, 5, 1, 5}, {2, 2, 1, 2}, {4, 2, 2, 4}, {5, 2, 3, 6}, {2147483647, 100, 25769803, 2576980300},
	} {
		v := of(t, func(e *environment.Environment) { e.Controller.Replicas = tt.controllers })
		if got := v.Throttled(tt.limit); got.Each != tt.each || got.All != tt.all || got.Controllers != tt.controllers {
			t.Errorf("%d of %d controllers: %+v", tt.limit, tt.controllers, got)
		}
	}
}

// Below twenty invokers a tenth of them is a single one.
func TestShares(t *testing.T) {
	for invokers, want := range map[int]Shares{1: {100, 100}, 2: {100, 100}, 19: {100, 100}, 20: {90, 10}, 21: {90, 10}} {
		if v := of(t, func(e *environment.Environment) { e.Invoker.Replicas = invokers }); v.Shares != want {
			t.Errorf("%d invokers: %+v", invokers, v.Shares)
		}
	}
	v := of(t, func(e *environment.Environment) { e.Invoker.ManagedShare, e.Invoker.BlackboxShare = 70, 40 })
	if v.Shares != (Shares{70, 40}) {
		t.Errorf("written shares come out as %+v", v.Shares)
	}
}
