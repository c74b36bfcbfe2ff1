package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

func TestDuration(t *testing.T) {
	for seconds, want := range map[int]string{0: "0 s", 1: "1 s", 59: "59 s", 60: "1 min", 61: "1 min 1 s", 330: "5 min 30 s", 840: "14 min",
		3599: "59 min 59 s", 3600: "1 h", 3601: "1 h 1 min", 3660: "1 h 1 min", 7199: "2 h", 7200: "2 h", 90061: "25 h 2 min"} {
		if got := duration(seconds); got != want {
			t.Errorf("%d s is %q, want %q", seconds, got, want)
		}
	}
}

func TestSeveral(t *testing.T) {
	names := []string{"eu-1", "eu-2", "eu-3", "eu-4"}
	for n, want := range []string{"", "eu-1", "eu-1 and eu-2", "eu-1, eu-2 and eu-3", "eu-1 and 3 others"} {
		if got := several(names[:n], fewNames, finding.Plain); got != want {
			t.Errorf("%d are %q, want %q", n, got, want)
		}
	}
	if got, want := several(names, unlimited, finding.Plain), "eu-1, eu-2, eu-3 and eu-4"; got != want {
		t.Errorf("all are %q, want %q", got, want)
	}
}

// TestDiffer: a run that compared nothing does not say that nothing differs.
func TestDiffer(t *testing.T) {
	for want, r := range map[string]Report{
		"no environment is compared with golden/":              {Against: "golden/"},
		"nothing differs from golden/ (1 environment)":         {Against: "golden/", Same: 1},
		"1 of 1 environment differs from v1 (0123456789ab)":    {Against: "v1", Commit: "0123456789abcdef", Environments: make([]Environment, 1)},
		"2 of 5 environments differ from a short commit (012)": {Against: "a short commit", Commit: "012", Same: 3, Environments: make([]Environment, 2)},
	} {
		if got := r.differ(finding.Plain); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRolls(t *testing.T) {
	for want, e := range map[string]change.Effect{
		"1 pod, up to 50 s":                              restart("StatefulSet", "a", 1, 1, 0, 50),
		"3 pods, one at a time, up to 5 min":             restart("StatefulSet", "a", 3, 1, 0, 300),
		"9 pods, 3 at a time":                            restart("Deployment", "a", 9, 3, 0, 0),
		"3 pods, all at once, up to 1 s":                 restart("Deployment", "a", 3, 3, 0, 1),
		"1 pod, new ones before old ones go":             restart("Deployment", "a", 1, 0, 0, 0),
		"2 pods, one at a time, of which 20 s to stop":   restart("Deployment", "a", 2, 1, 20, 0),
		"a pod on each node, 10% at a time, up to 1 min": restart("DaemonSet", "a", 100, 10, 0, 60),
	} {
		if got := single(e, 0, nil).rolls(); strings.TrimSuffix(got, " them") != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestTally: the worst stands first, and what restarts for two reasons restarts once.
func TestTally(t *testing.T) {
	twice := restart("Deployment", "nginx", 5, 1, 0, 100)
	longer := restart("Deployment", "nginx", 5, 1, 0, 120)
	class := func(c change.Class, name string) change.Effect {
		return change.Effect{Class: c, Object: change.ID{Kind: "X", Name: name}}
	}
	problem := finding.Finding{Code: "WO104", Severity: finding.Error}
	for _, tt := range []struct {
		want string
		e    Environment
	}{
		{"no effect on the cluster", Environment{State: Changed}},
		{"gone", Environment{State: Gone}},
		{"cannot be made, 2 errors", Environment{State: Broken, Findings: []finding.Finding{problem, problem, {Code: "WO205", Severity: finding.Warning}}}},
		{"new, 2 objects added", Environment{State: Added, Effects: []change.Effect{class(change.Added, "a"), class(change.Added, "b")}}},
		{"1 workload restarts (5 pods, up to 2 min)", Environment{Effects: []change.Effect{longer, twice}, Tool: []change.Effect{twice}}},
		{"1 workload restarts (5 pods, up to 2 min)", Environment{Effects: []change.Effect{twice}, Tool: []change.Effect{longer}}},
		{"2 workloads restart (5 pods, one on each node, up to 2 min)", Environment{Effects: []change.Effect{twice, restart("DaemonSet", "a", 100, 1, 0, 20)}}},
		{"1 workload restarts", Environment{Effects: []change.Effect{class(change.Restart, "a")}}},
		{"1 refused, 2 lose data, 1 with fewer voters or copies, 1 exposed, 1 recreated, 1 Job runs again, 1 scaled, 1 left behind, 1 object removed, 2 settings, 1 accepted",
			Environment{Accepted: []string{"x"}, Effects: []change.Effect{class(change.Setting, "a"), class(change.Setting, "a"), class(change.Removed, "a"), class(change.Left, "a"),
				class(change.Scale, "a"), class(change.Rerun, "a"), class(change.Recreated, "a"), class(change.Exposed, "a"), class(change.Quorum, "a"),
				class(change.Data, "a"), class(change.Data, "b"), class(change.Refused, "a"), class(change.Refused, "a")}}},
	} {
		if got := tally(tt.e); got != tt.want {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
	}
}

func TestProse(t *testing.T) {
	for text, want := range map[string]string{
		`"size" is 40Gi, and was (20Gi).`:                 `"size" is 40Gi, and was (20Gi).`,
		"run kubectl delete --cascade=orphan, then apply": "run kubectl delete `--cascade=orphan`, then apply",
		"see a_b c_d, and @all":                           "see `a_b c_d`, and `@all`",
		"a `b` c":                                         "a `b` c",
		"grow each (`kubectl -n x patch -p '{\"a\":1}'`), `kubectl -n x delete --now`, then `c`": "grow each (`kubectl -n x patch -p '{\"a\":1}'`), `kubectl -n x delete --now`, then `c`",
		"a lone ` is @all's, `b c` not":   "a lone `` ` `` is `@all's`, `b c` not",
		"a`b @c`d and ` e `":              "``a`b @c`d`` and `` ` `` e `` ` ``",
		"commit 0123456789ab or 012345":   "commit `0123456789ab` or 012345",
		"see GH-12 and #12 and www.x.org": "see `GH-12` and `#12` and `www.x.org`",
		"1. first":                        "`1`. first",
		"...":                             "`...`",
		"":                                "",
	} {
		if got := prose(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"": "", "a": "`a`", "`": "`` ` ``", "a``b": "```a``b```", " a ": "`  a  `", " ": "` `"} {
		if got := code(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got, want := cell("a|b@c"), "<code>a&#124;b&#64;</code><code>c</code>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestColor: it is around our own words alone, and without it there is none.
func TestColor(t *testing.T) {
	o := options()
	plain := written(t, WriteText, sample(), o)
	o.Color = true
	colored := written(t, WriteText, sample(), o)
	if !strings.Contains(colored, "\x1b[1;31mrefused by the API server\x1b[0m\n") {
		t.Errorf("refused is not red:\n%s", colored)
	}
	bare := colored
	for _, color := range []string{bold, dim, red, yellow, "0"} {
		bare = strings.ReplaceAll(bare, "\x1b["+color+"m", "")
	}
	if bare != plain {
		t.Errorf("without its colours it is\n%s\nwant\n%s", bare, plain)
	}
}

// TestHelps: of many environments with a help each, one is shown, and whose it is.
func TestHelps(t *testing.T) {
	r := Report{}
	for _, name := range []string{"a", "b"} {
		r.Environments = append(r.Environments, Environment{Name: name, State: Changed, Effects: []change.Effect{
			{Class: change.Left, Object: change.ID{Kind: "Secret", Name: "s"}, Message: "it stays", Help: "delete it in " + name}}})
	}
	if text := written(t, WriteText, r, Options{}); !strings.Contains(text, "help for a: delete it in a\n") {
		t.Errorf("whose help it is, is not said:\n%s", text)
	}
	if text := written(t, WriteMarkdown, r, Options{}); !strings.Contains(text, "**What to do in `a`:** delete it in a\n") {
		t.Errorf("whose help it is, is not said:\n%s", text)
	}
}

// TestFindingsOfEffects: what a finding says of an effect is shown with it, and once. All
// others are shown apart, but for those that are acknowledged.
func TestFindingsOfEffects(t *testing.T) {
	at := func(code, path string, line int, message string) finding.Finding {
		return finding.Finding{Code: code, Severity: finding.Error, Path: path, Position: finding.Position{File: "e.cue", Line: line}, Message: message, Help: "accept"}
	}
	x := change.Effect{Class: change.Refused, Object: change.ID{Kind: "X", Namespace: "n", Name: "x"}, Field: "spec.a", Message: "refused", Says: []string{"a.b", "a"}}
	whole := change.Effect{Class: change.Recreated, Object: change.ID{Kind: "Y", Name: "y"}, Message: "made anew", Help: "own"}
	known := at("WO206", `"eu-1".a`, 9, "acknowledged")
	known.Acknowledged = "why"
	e := Environment{Name: "eu-1", State: Changed, Effects: []change.Effect{x, whole}, Findings: []finding.Finding{
		at("WO401", `"eu-1".a`, 1, "X n/x, spec.a, was 1 and becomes 2: refused"),
		at("WO402", `"eu-1".a`, 2, "X n/x, spec.b: refused"),
		at("WO403", `"eu-1".a`, 3, "X n/x, spec.a: another"),
		at("WO404", `"eu-1".c`, 4, "X n/x, spec.a: refused"),
		at("WO405", `"eu-1"`, 5, "Y y: made anew"),
		at("WO205", `"eu-1".a`, 6, "X n/x, spec.a: refused"),
		known,
	}}
	text := written(t, WriteText, Report{Environments: []Environment{e}}, Options{})
	for line, code := range []string{1: "WO401", 5: "WO405"} {
		if want := fmt.Sprintf("\n    e.cue:%d: error %s\n    help: accept\n", line, code); code != "" && strings.Count(text, want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, text)
		}
	}
	for line, code := range []string{2: "WO402", 3: "WO403", 4: "WO404", 6: "WO205"} {
		if want := fmt.Sprintf("\ne.cue:%d: error %s: X n/x", line, code); code != "" && strings.Count(text, want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, text)
		}
	}
	if !strings.HasPrefix(text, "eu-1: 4 errors, 1 refused, 1 recreated\n") {
		t.Errorf("got %s", text)
	}
	for name, write := range map[string]Writer{"text": WriteText, "md": WriteMarkdown, "annotations": WriteAnnotations, "codequality": WriteCodeQuality} {
		if got := written(t, write, Report{Environments: []Environment{e}}, Options{}); strings.Contains(got, "acknowledged") {
			t.Errorf("%s shows what is acknowledged:\n%s", name, got)
		}
	}
	if got := written(t, WriteSARIF, Report{Environments: []Environment{e}}, Options{}); strings.Count(got, `"justification": "why"`) != 1 {
		t.Errorf("SARIF does not say that it is acknowledged:\n%s", got)
	}
}
