package report

import (
	"cmp"
	"fmt"

	"github.com/whiskops/whiskops/internal/change"
)

// settings are a folded table.
func (p *page) settings(what string, of part) {
	variants := mostVariants
	if p.fold >= foldValues {
		variants = 1
	}
	var groups []group
	for _, g := range fold(p.Report, of, variants) {
		if g.Class == change.Setting {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		return
	}
	head, items := "| component | key | was | is | environments |\n|---|---|---|---|---|\n", []string{}
	if p.fold < foldKeys {
		for _, g := range groups {
			items = append(items, p.setting(g))
		}
	} else {
		head, items = "| component | settings |\n|---|---|\n", counts(groups)
	}
	before := fmt.Sprintf("\n<details><summary>%d %s</summary>\n\n", len(groups), what)
	p.list("the "+what, before+head, "\n</details>\n", p.most, items)
}

// setting is a row of the table.
func (p *page) setting(g group) string {
	or := func(value string) string { return cmp.Or(cell(value), none) }
	is := or(g.New)
	if more := g.more(); more != "" {
		p.short = true
		is += ", and " + more
	}
	names := p.environments(g.environments)
	p.short = p.short || len(names) > fewNames
	whose := cmp.Or(g.Component, g.Object.String())
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", or(whose), or(g.Field), or(g.Old), is, several(names, fewNames, cell))
}

// counts are rows that say how many settings a component has.
func counts(groups []group) []string {
	n := map[string]int{}
	var order []string
	for _, g := range groups {
		whose := cmp.Or(g.Component, g.Object.Kind)
		if n[whose] == 0 {
			order = append(order, whose)
		}
		n[whose]++
	}
	rows := make([]string, len(order))
	for i, whose := range order {
		rows[i] = fmt.Sprintf("| %s | %d |\n", cell(whose), n[whose])
	}
	return rows
}
