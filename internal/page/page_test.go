package page

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/report"
)

var update = flag.Bool("update", false, "rewrite testdata")

func written(t testing.TB, p Page, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, p, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSample shows a page with one of everything, and that it is the same twice.
func TestSample(t *testing.T) {
	got := written(t, sample(""), Options{})
	if again := written(t, sample(""), Options{}); again != got {
		t.Errorf("not the same twice:\n%s", cmp.Diff(got, again))
	}
	const file = "testdata/sample.html"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-file +got):\n%s", file, diff)
	}
	sound(t, got)
}

// elements that a page has, each with its attributes.
var elements = map[string]string{
	"html": "lang", "head": "", "body": "", "meta": "charset http-equiv content name", "title": "id", "style": "",
	"header": "", "main": "", "nav": "aria-label", "section": "class id aria-labelledby aria-label tabindex",
	"h1": "", "h2": "id", "h3": "class", "p": "class", "div": "class", "ul": "class", "li": "class", "a": "class href",
	"details": "class open", "summary": "", "code": "", "b": "", "strong": "", "del": "", "ins": "", "span": "class role aria-hidden aria-label",
	"table": "class", "caption": "", "thead": "", "tbody": "", "tr": "class", "th": "scope class", "td": "class colspan data-label",
	"svg": "class width height viewbox preserveaspectratio role aria-labelledby aria-hidden x y", "defs": "", "g": "class",
	"pattern": "id width height patternunits patterntransform", "marker": "id viewbox refx refy markerwidth markerheight orient",
	"path": "class d marker-end", "rect": "class x y width height rx", "circle": "class cx cy r", "text": "class x y dy text-anchor",
}

// sound fails if a page is not as a browser, a screen reader and a careful person want
// it. It returns how often each element is there.
func sound(t *testing.T, text string) map[string]int {
	t.Helper()
	for _, r := range text {
		if r != '\n' && !strconv.IsPrint(r) {
			t.Fatalf("%q is in the page", r)
		}
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	count, ids, refs := map[string]int{}, map[string]bool{}, map[string]bool{}
	level := 0
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("a comment: %s", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		allowed, known := elements[n.Data]
		if !known {
			t.Errorf("element %s", n.Data)
		}
		has := map[string]string{}
		for _, a := range n.Attr {
			key := strings.ToLower(a.Key)
			has[key] = a.Val
			if !strings.Contains(" "+allowed+" ", " "+key+" ") {
				t.Errorf("attribute %s of %s", key, n.Data)
			}
		}
		if id, ok := has["id"]; ok {
			if ids[id] {
				t.Errorf("two have the id %q", id)
			}
			ids[id] = true
		}
		if to, ok := has["href"]; ok {
			if !strings.HasPrefix(to, "#") {
				t.Errorf("a link to %q", to)
			}
			refs[strings.TrimPrefix(to, "#")] = true
		}
		if by, ok := has["aria-labelledby"]; ok {
			refs[by] = true
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			is := int(n.Data[1] - '0')
			if is > level+1 {
				t.Errorf("h%d after h%d", is, level)
			}
			level = is
		}
		if n.Data == "th" && has["scope"] == "" {
			t.Error("a header of a table that is nobody's")
		}
		if n.Data == "svg" && has["role"] == "" && has["aria-hidden"] == "" && n.Parent.Data != "svg" {
			t.Error("a picture that is nothing to who does not see it")
		}
	}
	for ref := range refs {
		if !ids[ref] {
			t.Errorf("nothing has the id %q", ref)
		}
	}
	for _, once := range []string{"h1", "main", "header", "nav", "title"} {
		if n := count[once]; n != 1 && once != "title" || n == 0 {
			t.Errorf("%d of %s", n, once)
		}
	}
	return count
}

// strangers are strings that mean something to a browser or to html/template, or are
// hard to read.
var strangers = []string{
	"<script>alert(1)</script>", "</title></style></script><img src=x onerror=alert(1)>", `" onload="alert(1)`, `' onclick='x`, "--></details>", "<!-- x", "]]>",
	"{{.}}", "{{template \"more\" 1}}", "javascript:alert(1)", "&lt;", "&#0;", "\x00\x1b[2J", "\u202egnp.exe", "\u2028", "\xff\xfe", "\r\n", "a\tb",
	"</svg><foreignObject>", "url(//evil)", "</code></td></tr></table>", "@import x;", strings.Repeat("x", 2000), strings.Repeat("<", 300), strings.Repeat("a b ", 300),
	"---\nkind: Secret", "日本語", "\U000e0041",
}

// FuzzHostile: whatever is in names, values and files, the page has the elements that it
// has with harmless ones.
func FuzzHostile(f *testing.F) {
	for _, s := range strangers {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		// A file has more lines with it, and a box a longer name.
		flat := strings.NewReplacer("\n", " ").Replace(s)
		got := sound(t, written(t, sample(" x"+flat), Options{}))
		want := sound(t, written(t, sample(" x"), Options{}))
		for _, varies := range []string{"text"} {
			delete(got, varies)
			delete(want, varies)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", s, diff)
		}
		sound(t, written(t, sample(s), Options{}))
	})
}

// TestMuchIsCounted: of 500 environments with 50 MB of differences a page has what a
// browser shows, and says how much more there is.
func TestMuchIsCounted(t *testing.T) {
	const environments, each = 500, 100 << 10
	var r report.Report
	p := Page{}
	text := func(word string) []byte {
		return bytes.Repeat([]byte(word+": a line of some length, as files of Kubernetes have\n"), each/2/55)
	}
	for i := range environments {
		name := fmt.Sprintf("env-%03d", i)
		e := report.Environment{Name: name, State: report.Changed}
		for k := range 20 {
			e.Effects = append(e.Effects, change.Effect{Class: change.Restart, Message: "pods are replaced",
				Object: change.ID{Kind: "Deployment", Namespace: name, Name: fmt.Sprint("w", k)}, Field: "spec.x", Old: fmt.Sprint(i), New: fmt.Sprint(k)})
		}
		r.Environments = append(r.Environments, e)
		p.Environments = append(p.Environments, Environment{Name: name, Topology: town(""), Files: []File{{"a.txt", text("old"), text("new")}, {"b.txt", text("x"), nil}, {"c.txt", nil, text("y")}}})
	}
	p.Outline = report.OutlineOf(r, report.Options{})
	begin := time.Now()
	got := written(t, p, Options{})
	t.Logf("%d bytes in %v", len(got), time.Since(begin).Round(time.Millisecond))
	if most := 8 << 20; len(got) > most {
		t.Errorf("the page has %d bytes", len(got))
	}
	for _, want := range []string{"450 more environments are not drawn", "200 more are not shown", "more lines are not shown", "more files differ and are not shown"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	sound(t, got)
	// One more than there is room for, and as many as there is.
	p.Environments = p.Environments[:mostDrawn+1]
	if got := written(t, p, Options{MostDifferences: 1}); !strings.Contains(got, "1 more environment is not drawn") {
		t.Error("one is left out in silence")
	}
	p.Environments = p.Environments[:mostDrawn]
	if got := written(t, p, Options{MostDifferences: 1}); strings.Contains(got, "not drawn") {
		t.Error("none is left out")
	}
}
