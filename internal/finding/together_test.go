package finding

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// of is a warning about an environment, at a line of its own file.
func of(env, field, message string) Finding {
	return Finding{Code: "WO205", Severity: Warning, Position: Position{env + ".cue", 2, 1}, Path: env + "." + field, Message: message, Help: "write it for " + env}
}

func TestTogether(t *testing.T) {
	zones := func(env string) Finding { return of(env, "kafka", "voters of "+env+" in two zones") }
	changed := func(f Finding, change func(*Finding)) Finding { change(&f); return f }
	var thirty []Finding
	for i := range 30 {
		thirty = append(thirty, zones(fmt.Sprintf("eu-%d", i+1)))
	}
	for _, tt := range []struct {
		name string
		fs   []Finding
		want []string
	}{
		{"one", thirty[:1], []string{"in eu-1"}},
		{"two", thirty[:2], []string{"in eu-1 and eu-2"}},
		{"three", thirty[:3], []string{"in eu-1 and 2 others"}},
		{"thirty", thirty, []string{"in eu-1 and 29 others"}},
		{"a name within a word", []Finding{of("eu", "a", "neutral"), of("ci", "a", "nciutral")}, []string{"in eu", "in ci"}},
		{"a name that is a number", []Finding{of("3", "a", "3 pods"), of("5", "a", "5 pods")}, []string{"in 3", "in 5"}},
		{"another message", []Finding{of("a", "x", "one"), of("b", "x", "two")}, []string{"in a", "in b"}},
		{"another field", []Finding{of("a", "x", "m"), of("b", "y", "m")}, []string{"in a", "in b"}},
		{"another code", []Finding{zones("a"), changed(zones("b"), func(f *Finding) { f.Code = "WO206" })}, []string{"in a", "in b"}},
		{"another severity", []Finding{zones("a"), changed(zones("b"), func(f *Finding) { f.Severity = Error })}, []string{"in a", "in b"}},
		{"another help", []Finding{zones("a"), changed(zones("b"), func(f *Finding) { f.Help = "x" })}, []string{"in a", "in b"}},
		{"another second place", []Finding{zones("a"), changed(zones("b"), func(f *Finding) { f.Other.File = "x" })}, []string{"in a", "in b"}},
		{"a secret beside none", []Finding{zones("a"), changed(zones("b"), func(f *Finding) { f.Hidden = true })}, []string{"in a", "in b"}},
		{"two of one environment", []Finding{zones("a"), changed(zones("a"), func(f *Finding) { f.Line = 9 }), zones("b")}, []string{"in a and b", "in a"}},
		{"no environment", []Finding{{Code: "WO301", Message: "m"}, {Code: "WO301", Message: "m"}}, []string{"", ""}},
		{"a shared value", []Finding{{Code: "WO107", Path: "_shared.kafka"}, {Code: "WO107", Path: "#Site.kafka"}}, []string{"", ""}},
		{"a name in quotes", []Finding{{Code: "WO114", Path: `"a.b".kafka`}}, []string{"in a.b"}},
		{"a name that moves the cursor", []Finding{{Code: "WO114", Path: `"a\x1b"`}}, []string{`in "a\x1b"`}},
	} {
		var got []string
		for _, g := range together(tt.fs) {
			got = append(got, g.in())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestAtOnce: what a comprehension repeats is one finding, at its place.
func TestAtOnce(t *testing.T) {
	at := func(env, field string, column int, message string) Finding {
		f := of(env, field, message)
		f.Position, f.Help = Position{"e.cue", 2, column}, "write it"
		return f
	}
	for _, tt := range []struct {
		name string
		fs   []Finding
		want []string
	}{
		{"one", []Finding{at("a", "x", 1, "m")}, []string{"in a"}},
		{"two", []Finding{at("a", "x", 1, "m"), at("a", "y", 1, "m")}, []string{"in a, as x and y"}},
		{"three in two environments", []Finding{
			at("a", "x", 1, "m"), at("a", "y", 1, "m"), at("a", "z", 1, "m"), at("b", "x", 1, "m"), at("b", "y", 1, "m"), at("b", "z", 1, "m"),
		}, []string{"in a and b, as x and 2 others"}},
		{"one more in one of them", []Finding{at("a", "x", 1, "m"), at("a", "y", 1, "m"), at("b", "x", 1, "m")}, []string{"in a and b", "in a"}},
		{"another place", []Finding{at("a", "x", 1, "m"), at("a", "y", 2, "m")}, []string{"in a", "in a"}},
		{"another message", []Finding{at("a", "x", 1, "m"), at("a", "y", 1, "n")}, []string{"in a", "in a"}},
		{"a message with the label", []Finding{at("a", "t.x.k", 1, `no field "k" in "x"`), at("a", "t.y.k", 1, `no field "k" in "y"`)}, []string{"in a, as t.x.k and t.y.k"}},
		{"a message with the field", []Finding{at("a", "t.x.k", 1, "t.x.k is 1"), at("a", "t.y.k", 1, "t.y.k is 1")}, []string{"in a, as t.x.k and t.y.k"}},
		{"a message with what is around", []Finding{at("a", "t.x.k", 1, "t.x has k"), at("a", "t.y.k", 1, "t.y has k")}, []string{"in a, as t.x.k and t.y.k"}},
		{"a message with another value", []Finding{at("a", "t.x.k", 1, "t.x.k is 1"), at("a", "t.y.k", 1, "t.y.k is 2")}, []string{"in a", "in a"}},
		{"a label that is no word of the message", []Finding{at("a", "x", 1, "x"), at("a", "y", 1, "y")}, []string{"in a", "in a"}},
		{"no place", []Finding{{Code: "WO1", Path: "a.x", Message: "m"}, {Code: "WO1", Path: "a.y", Message: "m"}}, []string{"in a", "in a"}},
		{"the environment itself", []Finding{{Code: "WO1", Position: Position{"e.cue", 2, 1}, Path: "a"}, {Code: "WO1", Position: Position{"e.cue", 2, 1}, Path: "a"}}, []string{"in a", "in a"}},
	} {
		var got []string
		for _, g := range atOnce(together(tt.fs)) {
			got = append(got, g.in()+g.as())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestSummary(t *testing.T) {
	failed := func(env string) Finding { f := of(env, "x", "m"); f.Severity = Error; return f }
	known := func(env string) Finding { f := of(env, "x", "m"); f.Acknowledged = "why"; return f }
	for want, fs := range map[string][]Finding{
		"":                           {},
		"1 error":                    {failed("a")},
		"1 warning":                  {of("a", "x", "m")},
		"2 errors":                   {failed("a"), failed("a")},
		"3 errors in 2 environments": {failed("a"), failed("b"), failed("b")},
		"1 error, 2 warnings":        {of("a", "x", "m"), failed("a"), of("a", "y", "m")},
		"1 acknowledged warning":     {known("a")},
		"1 warning, 2 acknowledged warnings in 2 environments": {known("a"), of("a", "y", "m"), known("b")},
		"2 errors, 1 warning": {{Severity: Error}, {Severity: Error, Path: "_shared"}, of("a", "x", "m")},
	} {
		if got := Summary(fs); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The last line is apart from what stands above it.
func TestTotal(t *testing.T) {
	warned := of("a", "x", "m")
	known := warned
	known.Acknowledged = "why"
	for want, fs := range map[string][]Finding{
		"":                                      nil,
		"1 acknowledged warning\n":              {known},
		"\n1 warning\n":                         {warned},
		"\n1 warning, 1 acknowledged warning\n": {warned, known},
	} {
		if got := Total(fs); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What a strict run stops at, too, and what it does not.
func TestStops(t *testing.T) {
	warned, failed := of("a", "x", "m"), Finding{Severity: Error}
	known := warned
	known.Acknowledged = "why"
	for _, tt := range []struct {
		fs              []Finding
		lenient, strict bool
	}{
		{nil, false, false}, {[]Finding{known}, false, false}, {[]Finding{known, warned}, false, true}, {[]Finding{failed}, true, true}, {[]Finding{known, failed}, true, true},
	} {
		if got := Stops(tt.fs, false); got != tt.lenient {
			t.Errorf("%v: %v", tt.fs, got)
		}
		if got := Stops(tt.fs, true); got != tt.strict {
			t.Errorf("%v, strictly: %v", tt.fs, got)
		}
	}
}

// People see equal findings once and no acknowledged one; machines see all.
func TestPrintedTogether(t *testing.T) {
	known := of("a", "y", "known")
	known.Acknowledged = "we know"
	fs := []Finding{of("a", "x", "m of a"), known, of("b", "x", "m of b"), of("c", "x", "m of c")}
	var text, machine strings.Builder
	if err := WriteText(&text, fs, Options{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("a.cue:2:1: warning WO205: m of a\nin a and 2 others\nhelp: write it for a\n", text.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if err := WriteJSON(&machine, fs, Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(machine.String(), `"code"`); n != len(fs) || !strings.Contains(machine.String(), `"acknowledged": "we know"`) {
		t.Errorf("%d findings: %s", n, machine.String())
	}
}

// What is left out is counted by findings, not by groups.
func TestFewOfManyEnvironments(t *testing.T) {
	file := func(env, message string) Finding {
		return Finding{Code: "WO317", Severity: Warning, Position: Position{File: env}, Path: env, Message: message}
	}
	_, rest := few(together([]Finding{file("a", "m"), file("a", "n"), file("b", "n"), file("c", "n")}), 1)
	if want := "and 3 more of WO317, which --output json lists"; rest != want {
		t.Errorf("%q, want %q", rest, want)
	}
}

// No finding is lost when equal ones are one, and each group stands where its
// first one stood.
func TestTogetherLosesNothing(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		var fs []Finding
		for range r.IntN(30) {
			env := []string{"", "a", "eu-1", "eu-2", "7"}[r.IntN(5)]
			f := of(env, "f", []string{"m", "of " + env, "7 of a"}[r.IntN(3)])
			if env == "" {
				f.Path = ""
			}
			fs = append(fs, f)
		}
		groups := together(fs)
		n, at := 0, 0
		for _, g := range groups {
			n += max(1, len(g.environments))
			for at < len(fs) && fs[at] != g.Finding {
				at++
			}
		}
		if n != len(fs) || len(groups) > 0 && at == len(fs) {
			t.Errorf("seed %d: %d findings of %d, the order is lost: %v", seed, n, len(fs), at == len(fs))
		}
	}
}
