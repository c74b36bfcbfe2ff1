package report

import (
	"cmp"
	"fmt"
)

// settings are a folded table.
func (p *page) settings(what string, of part) {
	groups := p.groups(of, foldValues).settings
	before := fmt.Sprintf("\n<details><summary>%d %s</summary>\n\n", len(groups), what)
	if p.fold < foldKeys {
		before += "| component | key | was | is | environments |\n|---|---|---|---|---|\n"
		p.list("the "+what, before, "\n</details>\n", p.most, len(groups), func(i int) string { return p.setting(groups[i]) })
		return
	}
	rows := counts(groups)
	before += "| component | settings |\n|---|---|\n"
	p.list("the components with "+what, before, "\n</details>\n", p.most, len(rows), func(i int) string { return rows[i] })
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
