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
	folded := map[foldedBy]foldedTo{}
	for fold := foldNothing; ; fold++ {
		p := &page{Report: sealed, folded: folded, fold: fold, most: most}
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
	folded     map[foldedBy]foldedTo
	fold, most int
	// short says that not every name and value is shown; left is what is not shown at all.
	short bool
	left  []string
}

// foldedBy is how effects were folded, and foldedTo what they became.
type (
	foldedBy struct {
		part     part
		variants int
	}
	foldedTo struct{ effects, settings []group }
)

// groups of a part. Those that differ by values alone are one from a fold on.
func (p *page) groups(of part, from int) foldedTo {
	by := foldedBy{of, mostVariants}
	if p.fold >= from {
		by.variants = 1
	}
	to, ok := p.folded[by]
	if !ok {
		for _, g := range fold(p.Report, of, by.variants) {
			if g.Class == change.Setting {
				to.settings = append(to.settings, g)
			} else {
				to.effects = append(to.effects, g)
			}
		}
		p.folded[by] = to
	}
	return to
}

func (p *page) write() {
	fmt.Fprintf(p, "%s\n### whiskops: %s\n", Marker, p.differ(code))
	p.rows()
	p.effects(!tool)
	p.findings()
	if slices.ContainsFunc(p.Environments, func(e Environment) bool { return len(e.Tool) > 0 }) {
		fmt.Fprintf(p, "\n### %s\n", p.toolHeading(code))
		p.effects(tool)
	}
	p.accepted()
	p.settings("settings", !tool)
	p.settings("settings that whiskops itself makes otherwise", tool)
	p.end()
}

// atEnd is the room that the end of a comment has.
const atEnd = 3 << 10

// list writes n items between two texts, as many as fit into a share of the comment;
// of what they are, it says how many it left out.
func (p *page) list(what, before, after string, share, n int, item func(int) string) {
	room := share - atEnd - len(before) - len(after) - p.Len()
	var items bytes.Buffer
	shown := 0
	for shown < n {
		text := item(shown)
		if p.fold == leaveOut && items.Len()+len(text) > room {
			break
		}
		items.WriteString(text)
		shown++
		if p.fold < leaveOut && p.Len()+items.Len() > p.most {
			// It is too long already, and will be folded further.
			break
		}
	}
	if shown > 0 {
		p.WriteString(before)
		p.Write(items.Bytes())
		p.WriteString(after)
	}
	if n > shown {
		p.left = append(p.left, fmt.Sprintf("%d of %s", n-shown, what))
	}
}

func (p *page) rows() {
	rows := rows(p.Report, 0)
	// What happens comes after it, and is worth as much.
	p.list("the environments", "\n| environment | what happens |\n|---|---|\n", "", p.most/2, len(rows), func(i int) string {
		names := p.environments(rows[i].environments)
		who := several(names, fewNames, cell)
		if len(names) > fewNames && p.fold == foldNothing {
			who = "<details><summary>" + who + "</summary>" + strings.Join(each(names, cell), ", ") + "</details>"
		} else {
			p.short = p.short || len(names) > fewNames
		}
		return "| " + who + " | " + rows[i].says + " |\n"
	})
}

// effects are lists, one for each class, but for settings.
func (p *page) effects(of part) {
	groups := p.groups(of, foldEffects).effects
	for len(groups) > 0 {
		class := groups[0].Class
		n := slices.IndexFunc(groups, func(g group) bool { return g.Class != class })
		if n < 0 {
			n = len(groups)
		}
		p.list(string(class), "\n#### "+heading(class)+"\n\n", "", p.most, n, func(i int) string { return p.effect(groups[i]) })
		groups = groups[n:]
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
	if len(g.findings) > 0 {
		lines = append(lines, p.places(g.findings))
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
	groups := p.apart()
	p.list("the findings", "\n#### findings\n\n", "", p.most, len(groups), func(i int) string {
		f := groups[i][0]
		item := "- " + p.places(groups[i]) + ": " + prose(f.Message)
		if f.Help != "" {
			item += "<br>\n  **What to do:** " + prose(f.Help)
		}
		return item + "\n"
	})
}

func (p *page) accepted() {
	all := acceptances(p.Report)
	p.list("what was accepted", "\n#### accepted\n\n", "", p.most, len(all), func(i int) string {
		where := ""
		if len(p.Environments) > 1 {
			where = " in " + several(p.environments(all[i].environments), fewNames, code)
		}
		return "- " + code(all[i].says) + where + "\n"
	})
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
