package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// MostComment is how many characters a comment on GitHub may have. Bytes are
// counted, of which there are as many or more.
// Source: GitHub's API refuses a longer one ("body is too long (maximum is 65536
// characters)"); GitLab takes a million.
const MostComment = 65536

// Marker begins the comment that WriteMarkdown writes, so that the next run finds
// and replaces it. It is not shown.
const Marker = "<!-- whiskops diff -->"

// folds are how a comment is made shorter, one after the other, until it fits.
const (
	foldNothing = iota
	// foldValues makes one line of all values of a setting.
	foldValues
	// foldKeys counts the settings of a component.
	foldKeys
	// foldEffects makes one line of effects that differ by fields and values.
	foldEffects
	// leaveOut ends each list where the comment is full, and says so.
	leaveOut
)

// WriteMarkdown writes a report as a comment for a pull request: a table of the
// environments, what happens, and, folded, the settings. One that would be too long
// is folded further, and then cut; it says so, and how to see the rest. Most must
// have room for the end (4 KiB).
func WriteMarkdown(w io.Writer, r Report, o Options) error {
	sealed := seal(r, o)
	most := cmp.Or(o.Most, MostComment)
	for fold := foldNothing; ; fold++ {
		p := &page{Report: sealed, fold: fold, most: most}
		p.write()
		if p.Len() <= most || fold == leaveOut {
			_, err := w.Write(p.Bytes())
			return err
		}
	}
}

// page is a comment in the making.
type page struct {
	bytes.Buffer
	Report
	fold, most int
	// short says that not every name and value is shown; left is what is not shown at all.
	short bool
	left  []string
}

func (p *page) write() {
	fmt.Fprintf(p, "%s\n### whiskops: %s\n", Marker, p.differ(code))
	p.rows()
	p.effects(otherPart)
	p.findings()
	if slices.ContainsFunc(p.Environments, func(e Environment) bool { return len(e.Tool) > 0 }) {
		fmt.Fprintf(p, "\n### %s\n", p.toolHeading(code))
		p.effects(toolPart)
	}
	p.accepted()
	p.settings("settings", otherPart)
	p.settings("settings that whiskops itself makes otherwise", toolPart)
	p.end()
}

// atEnd is the room that the end of a comment has.
const atEnd = 3 << 10

// list writes items between two texts, as many as fit into a share of the comment;
// of what they are, it says how many it left out.
func (p *page) list(what, before, after string, share int, items []string) {
	if len(items) == 0 {
		return
	}
	room := share - atEnd - len(before) - len(after) - p.Len()
	shown := 0
	for shown < len(items) && (p.fold < leaveOut || len(items[shown]) <= room) {
		room -= len(items[shown])
		shown++
	}
	if shown > 0 {
		p.WriteString(before)
		for _, item := range items[:shown] {
			p.WriteString(item)
		}
		p.WriteString(after)
	}
	if n := len(items) - shown; n > 0 {
		p.left = append(p.left, fmt.Sprintf("%d of %s", n, what))
	}
}

func (p *page) rows() {
	var items []string
	for _, row := range rows(p.Report, 0) {
		names := p.environments(row.environments)
		who := several(names, fewNames, cell)
		if len(names) > fewNames && p.fold == foldNothing {
			who = "<details><summary>" + who + "</summary>" + strings.Join(each(names, cell), ", ") + "</details>"
		} else {
			p.short = p.short || len(names) > fewNames
		}
		items = append(items, "| "+who+" | "+row.says+" |\n")
	}
	// What happens comes after it, and is worth as much.
	p.list("the environments", "\n| environment | what happens |\n|---|---|\n", "", p.most/2, items)
}

// effects are lists, one for each class, but for settings.
func (p *page) effects(of part) {
	variants := mostVariants
	if p.fold >= foldEffects {
		variants = 1
	}
	items := map[change.Class][]string{}
	var classes []change.Class
	for _, g := range fold(p.Report, of, variants) {
		if g.Class == change.Setting {
			continue
		}
		if items[g.Class] == nil {
			classes = append(classes, g.Class)
		}
		items[g.Class] = append(items[g.Class], p.effect(g))
	}
	for _, class := range classes {
		p.list(string(class), "\n#### "+heading(class)+"\n\n", "", p.most, items[class])
	}
}

// effect is an item of a list.
func (p *page) effect(g group) string {
	lines := []string{"- " + g.object(fewNames, code) + p.where(g) + ": " + prose(g.Message)}
	p.short = p.short || len(g.names) > fewNames || g.variants > 1 || g.Rollout != nil && len(g.Rollout.Because) > fewNames
	if g.Field != "" {
		lines = append(lines, p.difference(g))
	}
	if g.Rollout != nil {
		rolls := g.rolls()
		if because := g.because(fewNames, code); because != "" {
			rolls += ", because of " + because
		}
		lines = append(lines, rolls)
	}
	few, more := about(g, fewNames)
	for _, f := range few {
		at := p.places([]finding.Finding{f})
		if f.Message != "" {
			at += ": " + prose(f.Message)
		}
		lines = append(lines, at)
	}
	if more > 0 {
		p.short = true
		lines = append(lines, "and "+count(more, "other place", "other places"))
	}
	if file := p.file(g); file != "" {
		lines = append(lines, "shown in "+code(file))
	}
	if help := g.help(); help != "" {
		of := ""
		if g.helps {
			of = " in " + code(p.first(g))
		}
		lines = append(lines, "**What to do"+of+":** "+prose(help))
	}
	return strings.Join(lines, "<br>\n  ") + "\n"
}

func (p *page) where(g group) string {
	if len(p.Environments) < 2 {
		return ""
	}
	return " in " + several(p.environments(g.environments), fewNames, code)
}

func (p *page) difference(g group) string {
	said := code(g.Field)
	if values := g.values("→", code); values != "" {
		said += ": " + values
	}
	if more := g.more(); more != "" {
		said += ", and " + more
	}
	return said
}

// places of findings, each with its code.
func (p *page) places(fs []finding.Finding) string {
	var said []string
	for i, f := range fs {
		if i == fewNames {
			p.short = true
			said = append(said, count(len(fs)-i, "other place", "other places"))
			break
		}
		at := string(level(f)) + " " + code(f.Code)
		if where := strings.TrimSuffix(place(f), ": "); where != "" {
			at += " at " + code(where)
		}
		said = append(said, at)
	}
	return strings.Join(said, ", ")
}

// findings are those that no effect shows, equal ones of many places made one.
func (p *page) findings() {
	all := slices.Clone(p.Findings)
	for _, e := range p.Environments {
		for _, i := range other(e) {
			all = append(all, e.Findings[i])
		}
	}
	type said struct{ level, code, message, help string }
	by := map[said][]finding.Finding{}
	var order []said
	for _, f := range all {
		s := said{level(f), f.Code, f.Message, f.Help}
		if by[s] == nil {
			order = append(order, s)
		}
		by[s] = append(by[s], f)
	}
	items := make([]string, len(order))
	for i, s := range order {
		items[i] = "- " + p.places(by[s]) + ": " + prose(s.message)
		if s.help != "" {
			items[i] += "<br>\n  **What to do:** " + prose(s.help)
		}
		items[i] += "\n"
	}
	p.list("the findings", "\n#### findings\n\n", "", p.most, items)
}

func (p *page) accepted() {
	var items []string
	for _, a := range acceptances(p.Report) {
		where := ""
		if len(p.Environments) > 1 {
			where = " in " + several(p.environments(a.environments), fewNames, code)
		}
		items = append(items, "- "+code(a.says)+where+"\n")
	}
	p.list("what was accepted", "\n#### accepted\n\n", "", p.most, items)
}

// end says what is not shown, and how to see it.
func (p *page) end() {
	var said []string
	if p.fold > foldNothing {
		said = append(said, fmt.Sprintf("This was folded to fit into a comment of %d characters.", p.most))
	}
	if len(p.left) > 0 {
		said = append(said, "Left out: "+strings.Join(p.left, ", ")+".")
	}
	if p.short || len(said) > 0 {
		said = append(said, "`whiskops diff ENV` shows all of one environment, `whiskops diff --output json` all of all.")
	}
	if len(said) > 0 {
		fmt.Fprintf(p, "\n%s\n", strings.Join(said, " "))
	}
}
