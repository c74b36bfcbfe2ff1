package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// Outline is a report in plain words, folded as people read it, for who lays it out: no
// secret is in it, and nothing that is no visible character. It is not escaped for
// any output.
type Outline struct {
	// Says what is compared: "2 of 31 environments differ from golden/".
	Says string
	// Environments that differ, in their order, and what each has to expect.
	Environments []Line
	// Parts are what people changed, and, if there is anything, what whiskops itself
	// makes otherwise.
	Parts []Part
	// Findings that no effect shows, and what was accepted.
	Findings []Said
	Accepted []Line
}

// Line is what is said of environments.
type Line struct {
	Environments []string
	Says         string
}

// Part of what happens.
type Part struct {
	// Heading of the tool's part; empty for what people changed.
	Heading  string
	Classes  []Class
	Settings []Item
}

// Class of effects, but for settings.
type Class struct {
	Heading string
	// Grave is what cannot be taken back.
	Grave bool
	Items []Item
}

// Item is one effect of objects and environments.
type Item struct {
	// Kind and Names of the objects, and the Component whose they are, if anybody's.
	Kind, Component string
	Names           []string
	// Environments in which it is; empty where there is one in all.
	Environments []string
	// Field, what it was and is, and that there are others like it.
	Field, Old, New, More string
	// Message says what happens; empty where the heading does.
	Message string
	// Rolls says how pods are replaced, Because of what.
	Rolls   string
	Because []string
	// Places of findings about it, each with its level and code.
	Places []string
	File   string
	// Help says what to do; where it is not the same everywhere, in HelpIn.
	Help, HelpIn string
}

// Said is a finding, with all places that it is at.
type Said struct {
	Level, Code, Message, Help string
	Places                     []string
}

// OutlineOf a report.
func OutlineOf(r Report, o Options) Outline {
	r = seal(r, o)
	plain := finding.Plain
	out := Outline{Says: r.differ(plain)}
	for _, e := range r.Environments {
		out.Environments = append(out.Environments, Line{[]string{plain(e.Name)}, tally(e)})
	}
	variants := mostVariants
	if len(r.Environments) == 1 {
		variants = unlimited
	}
	out.Parts = append(out.Parts, r.outline("", fold(r, !tool, variants)))
	if groups := fold(r, tool, variants); len(groups) > 0 {
		out.Parts = append(out.Parts, r.outline(r.toolHeading(plain), groups))
	}
	for _, group := range r.apart() {
		f := group[0]
		out.Findings = append(out.Findings, Said{string(level(f)), plain(f.Code), plain(f.Message), plain(f.Help), each(placesOf(group), plain)})
	}
	for _, a := range acceptances(r) {
		out.Accepted = append(out.Accepted, Line{each(r.environments(a.environments), plain), plain(a.says)})
	}
	return out
}

func (r Report) outline(heading string, groups []group) Part {
	p := Part{Heading: heading}
	for i, g := range groups {
		item := r.item(g)
		if g.Class == change.Setting {
			p.Settings = append(p.Settings, item)
			continue
		}
		if i == 0 || g.Class != groups[i-1].Class {
			p.Classes = append(p.Classes, Class{Heading: headingOf(g.Class), Grave: colorOf(g.Class) == red})
		}
		last := &p.Classes[len(p.Classes)-1]
		last.Items = append(last.Items, item)
	}
	return p
}

// headingOf a class, which somebody else's may be, too.
func headingOf(c change.Class) string { return finding.Plain(heading(c)) }

func (r Report) item(g group) Item {
	plain := finding.Plain
	item := Item{
		Kind: plain(g.Object.Kind), Component: plain(g.Component), Names: each(g.names, plain),
		Field: plain(g.Field), Old: plain(g.Old), New: plain(g.New), More: g.more(), Message: plain(g.Message),
		File: finding.PlainFile(r.file(g)), Help: plain(g.help()),
	}
	if len(g.names) == 1 && !g.mixed && g.Object.Namespace != "" {
		item.Names[0] = plain(g.Object.Namespace + "/" + g.names[0])
	}
	if len(r.Environments) > 1 {
		item.Environments = each(r.environments(g.environments), plain)
	}
	if g.Class == change.Added || g.Class == change.Removed { // the heading says it
		item.Message, item.File = "", ""
	}
	if g.Rollout != nil {
		item.Rolls, item.Because = g.rolls(), each(g.Rollout.Because, plain)
	}
	for _, f := range g.findings {
		item.Places = append(item.Places, strings.TrimSuffix(fmt.Sprintf("%s %s at %s", level(f), plain(f.Code), strings.TrimSuffix(place(f), ": ")), " at "))
	}
	if g.helps && item.Help != "" {
		item.HelpIn = plain(r.first(g))
	}
	return item
}

// apart are the findings of a sealed report that no effect shows, those that say the
// same together.
func (r Report) apart() [][]finding.Finding {
	all := slices.Clone(r.Findings)
	for _, e := range r.Environments {
		for _, i := range other(e) {
			all = append(all, e.Findings[i])
		}
	}
	type said struct{ level, code, message, help string }
	at := map[said]int{}
	var groups [][]finding.Finding
	for _, f := range all {
		s := said{string(level(f)), f.Code, f.Message, f.Help}
		i, ok := at[s]
		if !ok {
			i = len(groups)
			at[s] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

// placesOf findings, as people write them; of one that has none, what it is about.
func placesOf(fs []finding.Finding) []string {
	var all []string
	for _, f := range fs {
		if at := cmp.Or(strings.TrimSuffix(place(f), ": "), f.Path); at != "" {
			all = append(all, at)
		}
	}
	return all
}
