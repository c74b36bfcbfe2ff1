package report

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// strangers are strings that mean something to a terminal, a forge, a browser, or a
// reader of one of the outputs.
var strangers = []string{
	"", " ", "a\nb", "\r\n::error::x", "%0A::error::x", "::set-output name=x::y", "a:b,c=d",
	"\x1b[2J\x1b]8;;http://evil\a", "\x00\x7f\u0085\u2028", "\u202egnp.exe", "\u200b\ufeff\u2066x\u2069", "\xff\xfe", "\U000e0041",
	"@everyone", "mail@example.com", "#1", "owner/repo#1", "GH-1", "0123456789abcdef0123456789abcdef01234567", "!1", "~label", "$secret$", "&1", "%2",
	"/close", "- x", "1. x", "# x", "> x", "```", "`a` ``b``", "`", "\\", "\\`", "a|b", "a\\|b", "| a | b |\n|---|---|", "user|name@example.com",
	"<script>alert(1)</script>", "</code></summary></details><img src=x onerror=alert(1)>", "<!-- x", "--> x", "&lt;", "]]>",
	"[a](http://evil)", "![a](//evil/x.png)", "[a]: http://evil", "https://evil.example", "www.evil.example", "**b** __c__ ~~d~~", ":smile:", "$`x`$",
	"{0} {{", "[x](1)", "../../etc/passwd", "a b/ü%.cue", "c:/x", "//evil/x", "    indented", "\ttab", "---", "===", strings.Repeat("x", 5000),
}

// hostile is a report that has two strings in every place that is a stranger's.
func hostile(a, b string) Report {
	// They are told apart, and nothing is empty, so that lines can be counted.
	a, b = "x "+a, "y "+b
	effect := func(class change.Class, x, y string) change.Effect {
		return change.Effect{Class: class, Object: change.ID{Kind: x, Namespace: y, Name: x}, Component: y, File: x, Field: y, Old: x, New: y,
			Message: x + " " + y, Help: y + " " + x, Says: []string{x}, Rollout: &change.Rollout{Pods: 2, Away: 1, Seconds: 5, Because: []string{x, y}}}
	}
	environment := func(x, y string) Environment {
		e := Environment{Name: x, State: Changed, Accepted: []string{x + " " + y}, Tool: []change.Effect{effect(change.Restart, x, y)}}
		for _, class := range change.Classes {
			e.Effects = append(e.Effects, effect(class, x, y), effect(class, y, x))
		}
		for _, code := range []string{"WO401", "WO205"} {
			e.Findings = append(e.Findings, finding.Finding{Code: code, Severity: finding.Error, Position: finding.Position{File: y, Line: 1, Column: 2},
				Path: x + "." + x, Message: y + " " + x, Help: x + " " + y})
		}
		return e
	}
	return Report{Against: a, Commit: b, Since: a, Environments: []Environment{environment(a, b), environment(b, a)},
		Findings: []finding.Finding{{Code: "WO112", Severity: finding.Warning, Position: finding.Position{File: a}, Message: a, Help: b}}}
}

// lines that each output has.
var lines = sync.OnceValue(func() map[string]int {
	count := map[string]int{}
	for name, write := range writers {
		var b strings.Builder
		if write(&b, hostile("", ""), Options{}) == nil {
			count[name] = strings.Count(b.String(), "\n")
		}
	}
	return count
})

// FuzzHostile: whatever is in names and values, no output has a control character
// or markup of theirs, or a line more than those of harmless ones.
func FuzzHostile(f *testing.F) {
	for _, a := range strangers {
		f.Add(a, "`|")
	}
	f.Fuzz(harmless)
}

func harmless(t *testing.T, a, b string) {
	o := Options{}
	r := hostile(a, b)
	for name, write := range writers {
		text := written(t, write, r, o)
		for _, c := range text {
			if c != '\n' && !strconv.IsPrint(c) {
				t.Fatalf("%s of %q and %q has %q:\n%s", name, a, b, c, text)
			}
		}
		// A long comment is folded.
		got, want := strings.Count(text, "\n"), lines()[name]
		if got != want && (name != "md" || len(a)+len(b) < 200) {
			t.Fatalf("%s of %q and %q has %d lines, want %d:\n%s", name, a, b, got, want, text)
		}
	}
	valid(t, strictSchema(t), written(t, WriteJSON, r, o))
	valid(t, sarifSchema(t), written(t, WriteSARIF, r, o))
	for line := range strings.Lines(written(t, WriteAnnotations, r, o)) {
		if !command.MatchString(strings.TrimSuffix(line, "\n")) || strings.ContainsAny(strings.ReplaceAll(line, "%25", ""), "\r") {
			t.Fatalf("annotation of %q and %q: %s", a, b, line)
		}
	}
	for fold := foldNothing; fold <= leaveOut; fold++ {
		p := &page{Report: seal(r, o), fold: fold, most: MostComment}
		p.write()
		markdown(t, p.String())
	}
}

var (
	command = regexp.MustCompile(`^::(error|warning) (file=[^:,]+,)?(line=\d+,)?(col=\d+,)?title=[^:,]+::[^:].*$`)
	tagged  = regexp.MustCompile(`<code>[^<>]*</code>`)
	ours    = regexp.MustCompile(`</?(details|summary)>|<br>$|\*\*What to do( in )?:\*\*|^#{3,4} |^<!-- whiskops diff -->$|^ {0,2}- |^\|-.*`)
	linked  = regexp.MustCompile(`(?i)://|www\.|^\s*([-+=>/]|\d+[.)]\s)|:\w+:|\b[0-9a-f]{12}|\bgh-\d`)
	ticks   = regexp.MustCompile("`+")
)

// markdown fails if a comment has markup that is not the writer's own. What is in
// code means nothing, so that is taken out, as CommonMark finds it (0.31, 6.1 Code
// spans), and of the rest, what the writer writes.
func markdown(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		rest := line
		if strings.HasPrefix(line, "| ") {
			cells := strings.Count(line, "|") - 1
			if cells != 2 && cells != 5 {
				t.Fatalf("%d cells: %s\n%s", cells, line, text)
			}
			rest = strings.ReplaceAll(rest, "|", "")
		}
		rest = withoutSpans(rest)
		rest = ours.ReplaceAllString(tagged.ReplaceAllString(rest, ""), "")
		if strings.ContainsAny(rest, "<>@#[]*_`~$\\&|{}") || linked.MatchString(rest) {
			t.Fatalf("markup: %q of %s\n%s", rest, line, text)
		}
	}
}

// withoutSpans is a line without its code spans.
func withoutSpans(line string) string {
	var out strings.Builder
	for {
		open := ticks.FindStringIndex(line)
		if open == nil {
			return out.String() + line
		}
		fence, behind := line[open[0]:open[1]], line[open[1]:]
		end := -1
		for _, close := range ticks.FindAllStringIndex(behind, -1) {
			if close[1]-close[0] == len(fence) {
				end = close[1]
				break
			}
		}
		if end < 0 {
			return out.String() + line
		}
		out.WriteString(line[:open[0]])
		line = behind[end:]
	}
}

// TestJSONIsExact: escapes are JSON's own, so that a reader has what was written.
func TestJSONIsExact(t *testing.T) {
	for _, s := range strangers {
		r := Report{Environments: []Environment{{Name: s, State: Changed}}}
		var d Document
		if err := json.Unmarshal([]byte(written(t, WriteJSON, r, Options{})), &d); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); d.Environments[0].Name != want && s != "\xff\xfe" {
			t.Errorf("%q is read as %q", s, d.Environments[0].Name)
		}
	}
}

// TestSecretsAreHidden: a value that is a secret is in no output, in whatever field.
func TestSecretsAreHidden(t *testing.T) {
	secrets := &finding.Secrets{}
	secrets.Add("hunter2zebra")
	secrets.Add("zq9")
	for _, secret := range []string{"hunter2zebra", `zq9`} {
		r := Report{Against: "golden/", Environments: []Environment{{Name: "a", State: Changed, Accepted: []string{`WO401 "` + secret + `"`},
			Effects: []change.Effect{{Class: change.Setting, Object: change.ID{Kind: "ConfigMap", Name: "b"}, Component: "b", Field: "data.X", Old: secret, New: secret,
				Message: `it is "` + secret + `"`, Help: `not "` + secret + `"`, Rollout: &change.Rollout{Because: []string{secret}}}},
			Findings: []finding.Finding{{Code: "WO205", Message: `"` + secret + `"`, Path: "a." + secret}}}}}
		for name, write := range writers {
			if text := written(t, write, r, Options{Secrets: secrets}); strings.Contains(text, secret) || !strings.Contains(text, finding.Mask) {
				t.Errorf("%s shows %q, or nothing:\n%s", name, secret, text)
			}
		}
	}
}
