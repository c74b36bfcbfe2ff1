package alerts

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	promrules "github.com/prometheus/prometheus/rules"
)

var update = flag.Bool("update", false, "write testdata/promtool.yaml")

var parse = parser.NewParser(parser.Options{})

// watch is a rule over series that are there.
type watch struct {
	rule  *promrules.AlertingRule
	query promrules.QueryFunc
}

func newWatch(t *testing.T, r Rule, series []string) watch {
	t.Helper()
	expr, err := parse.ParseExpr(r.Expr)
	if err != nil {
		t.Fatal(err)
	}
	hold, err := model.ParseDuration(r.For)
	if err != nil {
		t.Fatal(err)
	}
	storage := promqltest.LoadedStorage(t, "load "+model.Duration(interval).String()+"\n  "+strings.Join(series, "\n  ")+"\n")
	t.Cleanup(func() { _ = storage.Close() })
	engine := promqltest.NewTestEngine(t, false, 0, 1_000_000)
	return watch{
		promrules.NewAlertingRule(r.Alert, expr, time.Duration(hold), 0, labels.FromMap(r.Labels), labels.FromMap(r.Annotations), labels.EmptyLabels(), "", true, slog.New(slog.NewTextHandler(io.Discard, nil))),
		promrules.EngineQueryFunc(engine, storage),
	}
}

// at looks at the rule at a time, and gives the alerts that are pending or fire.
func (w watch) at(t *testing.T, since time.Duration) (pending, firing []*promrules.Alert) {
	t.Helper()
	if _, err := w.rule.Eval(context.Background(), 0, time.Unix(0, 0).Add(since), w.query, &url.URL{}, 0); err != nil {
		t.Fatal(err)
	}
	for _, a := range w.rule.ActiveAlerts() {
		switch a.State {
		case promrules.StateFiring:
			firing = append(firing, a)
		case promrules.StatePending:
			pending = append(pending, a)
		}
	}
	return pending, firing
}

// hold a case against its rule: nothing fires before it has been pending for its
// time, and at the end what the case says.
func (c Case) hold(t *testing.T, r Rule) {
	end, err := c.at()
	if err != nil {
		t.Fatal(err)
	}
	w := newWatch(t, r, c.series())
	hold, err := model.ParseDuration(r.For)
	if err != nil {
		t.Fatal(err)
	}
	var firing []*promrules.Alert
	for now := time.Duration(0); now <= end; now += interval {
		_, firing = w.at(t, now)
		for _, a := range firing {
			if held := a.FiredAt.Sub(a.ActiveAt); held < time.Duration(hold) {
				t.Errorf("at %s it fires after %s, before the %s that it should hold", now, held, r.For)
			}
			if c.Fires == 0 {
				t.Fatalf("at %s it fires: %v", now, a.Labels)
			}
		}
	}
	if len(firing) != c.Fires {
		t.Fatalf("after %s %d fire, not %d: %v", end, len(firing), c.Fires, firing)
	}
	for _, a := range firing {
		a.Annotations.Range(func(l labels.Label) {
			for _, bad := range []string{"{{", "<no value>", "error", "  "} {
				if strings.Contains(l.Value, bad) && !strings.Contains(r.Annotations[l.Name], bad) {
					t.Errorf("%s says %q", l.Name, l.Value)
				}
			}
		})
	}
}

func TestAlerts(t *testing.T) {
	all, err := rules()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := read[map[string][]Case]("cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			fires, silent := 0, 0
			for _, c := range cases[name] {
				if c.Fires > 0 {
					fires++
				} else {
					silent++
				}
				t.Run(c.Says, func(t *testing.T) { c.hold(t, all[name]) })
			}
			if fires == 0 || silent == 0 {
				t.Errorf("it has %d cases in which it fires, and %d in which it does not", fires, silent)
			}
		})
	}
	for name := range cases {
		if _, ok := all[name]; !ok {
			t.Errorf("there is no alert %s", name)
		}
	}
}

// Without any series at all only those fire that are about that.
func TestWithoutSeries(t *testing.T) {
	all, err := rules()
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range all {
		w := newWatch(t, r, nil)
		var firing []*promrules.Alert
		for now := time.Duration(0); now <= 2*time.Hour; now += interval {
			_, firing = w.at(t, now)
		}
		if (len(firing) > 0) != strings.HasSuffix(name, "Unseen") {
			t.Errorf("%s: %d fire although nothing is there", name, len(firing))
		}
	}
}

func TestQueries(t *testing.T) {
	queries, err := read[[]string]("queries.yaml")
	if err != nil || len(queries) == 0 {
		t.Fatal(len(queries), err)
	}
	for _, q := range queries {
		if _, err := parse.ParseExpr(q); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestPromtoolsFile(t *testing.T) {
	cases, err := read[map[string][]Case]("cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := promtool(cases)
	if err != nil {
		t.Fatal(err)
	}
	const path = "testdata/promtool.yaml"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is old; run with -update", path)
	}
}
