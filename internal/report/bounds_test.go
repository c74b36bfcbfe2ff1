package report

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// TestFleetIsShort: a default that 30 environments share is read in less than 60
// lines, and so is one that 500 share, as text too.
func TestFleetIsShort(t *testing.T) {
	for _, tt := range []struct {
		name  string
		write Writer
		n     int
		most  int
	}{{"markdown", WriteMarkdown, 30, 60}, {"markdown", WriteMarkdown, 500, 60}, {"text", WriteText, 500, 60}, {"text", WriteText, 30, 30 + 60}} {
		text := written(t, tt.write, fleet(tt.n), options())
		n := strings.Count(text, "\n")
		t.Logf("%s of %d environments has %d lines, %d bytes", tt.name, tt.n, n, len(text))
		if n >= tt.most {
			t.Errorf("%s of %d environments has %d lines, want fewer than %d:\n%s", tt.name, tt.n, n, tt.most, text)
		}
	}
}

// TestMostLines: up to 50 environments have a line each.
func TestMostLines(t *testing.T) {
	for n, want := range map[int]int{49: 49, 50: 50, 51: 3} {
		text := written(t, WriteText, fleet(n), options())
		before, _, _ := strings.Cut(text, fmt.Sprintf("\n%d of", n))
		if got := strings.Count(before, "\n") + 1; got != want {
			t.Errorf("%d environments have %d lines, want %d:\n%s", n, got, want, text)
		}
	}
}

// TestMostVariants: up to five effects that differ by their values alone are all shown;
// of more, the first and how many there are.
func TestMostVariants(t *testing.T) {
	for n, want := range map[int]string{
		4: "HOST: old3 -> new3, in eu-4\n",
		5: "HOST: old4 -> new4, in eu-5\n",
		6: "HOST: old0 -> new0, and 5 other changes of it, in eu-1 and 5 others\n",
	} {
		r := fleet(n)
		for i := range r.Environments {
			r.Environments[i].Effects = []change.Effect{setting("nginx", "HOST", fmt.Sprintf("old%d", i), fmt.Sprintf("new%d", i))}
		}
		text := written(t, WriteText, r, options())
		if !strings.Contains(text, want) || n > 5 && strings.Contains(text, "old1") {
			t.Errorf("of %d values %q is not shown, or more:\n%s", n, want, text)
		}
	}
}

// TestOneEnvironmentIsShownWhole: of one, every object, value and reason is there,
// with nothing to look up elsewhere.
func TestOneEnvironmentIsShownWhole(t *testing.T) {
	e := Environment{Name: "production", State: Changed}
	for i := range 20 {
		s := setting("nginx", fmt.Sprintf("KEY%d", i), fmt.Sprintf("old%d", i), fmt.Sprintf("new%d", i))
		s.Field = "data.SAME"
		added := change.Effect{Class: change.Added, Object: change.ID{Kind: "Secret", Name: fmt.Sprintf("added%d", i)}, Message: "it is made"}
		e.Effects = append(e.Effects, s, added, restart("Deployment", fmt.Sprintf("pool%d", i), i+1, 1, 0, i+7, fmt.Sprintf("reason%d", i), "b", "c", "d", "e"))
		e.Effects[len(e.Effects)-1].Component = "invoker"
	}
	text := written(t, WriteText, Report{Environments: []Environment{e}}, options())
	for i := range 20 {
		for _, want := range []string{fmt.Sprintf("old%d -> new%d\n", i, i), fmt.Sprintf("added%d", i), fmt.Sprintf("pool%d\n", i),
			fmt.Sprintf("up to %d s\n", i+7), fmt.Sprintf("because of reason%d, b, c, d and e\n", i)} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not shown:\n%s", want, text)
			}
		}
	}
	if strings.Contains(text, "whiskops diff ENV") {
		t.Errorf("it sends its reader elsewhere:\n%s", text)
	}
}

// distinct is a change of which nothing is equal, in n environments.
func distinct(n int) Report {
	r := Report{Against: "golden/"}
	for i := range n {
		e := Environment{Name: fmt.Sprintf("environment-%d", i), State: Changed}
		for j := range 40 {
			s := setting("nginx", fmt.Sprintf("KEY%d_%d", i, j), fmt.Sprintf("old%d", i), fmt.Sprintf("new%d", j))
			broken := change.Effect{Class: change.Refused, Object: change.ID{Kind: "Service", Namespace: e.Name, Name: fmt.Sprintf("a%d", j)}, Component: "nginx",
				Field: fmt.Sprintf("spec.x%d", j), Old: "1", New: "2", Message: fmt.Sprintf("the API server refuses %d of %d", j, i), Says: []string{fmt.Sprintf("x%d", j)}}
			e.Effects = append(e.Effects, s, broken)
			e.Findings = append(e.Findings, finding.Finding{Code: "WO401", Severity: finding.Error, Position: finding.Position{File: e.Name + ".cue", Line: j + 1},
				Path: fmt.Sprintf("%s.x%d", e.Name, j), Message: broken.Object.String() + ": " + broken.Message, Help: "do otherwise"})
		}
		for range i % 30 {
			e.Accepted = append(e.Accepted, "WO401 x")
		}
		r.Environments = append(r.Environments, e)
	}
	return r
}

// TestCommentEnds: a comment never has more characters than GitHub takes, and says
// what it leaves out and how to see it. It folds no more than it must.
func TestCommentEnds(t *testing.T) {
	whole := written(t, WriteMarkdown, distinct(2), Options{Most: 1 << 30})
	const folded = "This was folded to fit into a comment of"
	if strings.Contains(whole, folded) || strings.Contains(whole, "Left out") {
		t.Errorf("without a bound it is folded:\n%s", whole)
	}
	for most, want := range map[int]bool{len(whole) - 1: true, len(whole): false, len(whole) + 1: false} {
		text := written(t, WriteMarkdown, distinct(2), Options{Most: most})
		if len(text) > most || strings.Contains(text, folded) != want || (text == whole) == want {
			t.Errorf("of %d bytes at most: %d, folded %v, want %v", most, len(text), !want, want)
		}
	}
	for _, n := range []int{10, 150} {
		text := written(t, WriteMarkdown, distinct(n), Options{})
		if length := len(utf16.Encode([]rune(text))); length > MostComment {
			t.Errorf("%d environments: %d characters, want at most %d", n, length, MostComment)
		}
		if !strings.Contains(text, folded) || !strings.Contains(text, "--output json") {
			t.Errorf("%d environments are folded, and it is not said:\n%s", n, text[len(text)-500:])
		}
		if n == 150 && !strings.Contains(text, "Left out: ") {
			t.Errorf("effects are left out, and it is not said:\n%s", text[len(text)-500:])
		}
		for _, tag := range []string{"details", "summary"} {
			if open, shut := strings.Count(text, "<"+tag+">"), strings.Count(text, "</"+tag+">"); open != shut {
				t.Errorf("%d environments: %d <%s> and %d ends of it", n, open, tag, shut)
			}
		}
	}
}

// TestWhatIsLeftOutIsCounted: of each list, what is shown and what is said to be
// left out are all.
func TestWhatIsLeftOutIsCounted(t *testing.T) {
	text := written(t, WriteMarkdown, distinct(100), Options{Most: 1 << 15})
	var left int
	if _, after, ok := strings.Cut(text, "Left out: "); !ok {
		t.Fatal("nothing is left out")
	} else if i := strings.Index(after, " of refused"); i < 0 {
		t.Fatal("no refused one is left out")
	} else {
		fmt.Sscanf(after[strings.LastIndex(after[:i], " ")+1:], "%d", &left)
	}
	if shown := strings.Count(text, "- `Service`"); shown == 0 || shown+left != 100*40 {
		t.Errorf("%d are shown and %d left out, of %d", shown, left, 100*40)
	}
}
