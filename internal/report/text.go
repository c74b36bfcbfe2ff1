package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

const (
	// mostLines is how many environments have a line each. Of more, those of which
	// the same is to be said share one.
	mostLines = 50
	// mostVariants is how many effects that differ by their values alone are all
	// shown.
	mostVariants = 5
)

// WriteText writes a report for people at a terminal, of one environment without
// folding: a line for each environment,
// then what happens, the worst first, then settings:
//
//	production: 1 refused, 2 settings
//
//	refused by the API server
//	  StatefulSet openwhisk/kafka: golden/production/bus.yaml
//	    spec.volumeClaimTemplates: 20Gi -> 40Gi
//	    the API server does not let it change
//	    environments/production.cue:12:9: error WO401
//	    help: make the claims larger, ...
func WriteText(w io.Writer, r Report, o Options) error {
	sealed := seal(r, o)
	t := &text{Report: sealed, color: o.Color, names: fewNames}
	variants := mostVariants
	if len(r.Environments) == 1 {
		t.names, variants = unlimited, unlimited
	}
	t.rows()
	t.groups(fold(sealed, !tool, variants))
	if tool := fold(sealed, tool, variants); len(tool) > 0 {
		t.line("\n%s", t.paint(bold, sealed.toolHeading(finding.Plain)))
		t.groups(tool)
	}
	t.accepted()
	if err := t.findings(r, o); err != nil {
		return err
	}
	if t.folded {
		t.line("\n%s", t.paint(dim, "whiskops diff ENV shows all of one environment, --output json all of all"))
	}
	_, err := w.Write(t.Bytes())
	return err
}

// text is what is written of a sealed report.
type text struct {
	bytes.Buffer
	Report
	color bool
	// names is how many names are all said. Of one environment everything is.
	names int
	// folded says that not every name and value is shown.
	folded bool
}

func (t *text) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// Colours, as terminals know them.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	yellow = "33"
)

func (t *text) paint(color, s string) string {
	if !t.color || color == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

// colorOf a class: red is what cannot be taken back.
func colorOf(c change.Class) string {
	switch c {
	case change.Refused, change.Data, change.Quorum:
		return red
	case change.Exposed, change.Closed, change.Recreated, change.Restart, change.Rerun:
		return yellow
	}
	return bold
}

// rows are the lines of environments, and one for all.
func (t *text) rows() {
	for _, row := range rows(t.Report, mostLines) {
		t.line("%s: %s", t.paint(bold, t.several(t.environments(row.environments))), row.says)
	}
	t.line("%s", t.differ(finding.Plain))
}

func (t *text) several(names []string) string {
	t.folded = t.folded || len(names) > t.names
	return several(names, t.names, finding.Plain)
}

func (t *text) groups(groups []group) {
	for i, g := range groups {
		if i == 0 || g.Class != groups[i-1].Class {
			t.line("\n%s", t.paint(colorOf(g.Class), heading(g.Class)))
		}
		if g.Class == change.Setting {
			t.setting(g)
		} else {
			t.effect(g)
		}
	}
}

const (
	in  = "  "
	in2 = "    "
)

func (t *text) effect(g group) {
	because := g.because(t.names, finding.Plain)
	t.folded = t.folded || len(g.names) > t.names || g.Rollout != nil && len(g.Rollout.Because) > t.names
	file := ""
	if f := t.file(g); f != "" {
		file = t.paint(dim, ": "+finding.PlainFile(f))
	}
	t.line(in+"%s%s%s", g.object(t.names, finding.Plain), t.where(g), file)
	if g.Field != "" {
		t.line(in2+"%s", t.difference(g))
	}
	if g.Class != change.Added && g.Class != change.Removed { // the title says it
		t.line(in2+"%s", finding.Plain(g.Message))
	}
	if g.Rollout != nil {
		t.line(in2+"%s", g.rolls())
	}
	if because != "" {
		t.line(in2+"because of %s", because)
	}
	t.about(g)
}

// setting is a line: component, key, what it was and is, and where.
func (t *text) setting(g group) {
	whose := g.Component
	if whose == "" {
		whose = g.Object.String()
	}
	t.line(in+"%s  %s%s", finding.Plain(whose), t.difference(g), t.where(g))
	t.about(g)
}

// difference is a field with its values.
func (t *text) difference(g group) string {
	said := finding.Plain(g.Field)
	if said == "" {
		said = g.object(t.names, finding.Plain)
	}
	if values := g.values("->", finding.Plain); values != "" {
		said += ": " + values
	}
	if more := g.more(); more != "" {
		t.folded = true
		said += ", and " + more
	}
	return said
}

// where a group is, if that needs to be said.
func (t *text) where(g group) string {
	if len(t.Environments) < 2 {
		return ""
	}
	return t.paint(dim, ", in "+t.several(t.environments(g.environments)))
}

// about is what the findings of a group say: the lines to look at, and what to do.
func (t *text) about(g group) {
	few := g.findings[:min(t.names, len(g.findings))]
	for _, f := range few {
		t.line(in2+"%s", t.paint(dim, place(f)+level(f)+" "+finding.Plain(f.Code)))
	}
	if more := len(g.findings) - len(few); more > 0 {
		t.folded = true
		t.line(in2+"and at %s", count(more, "other place", "other places"))
	}
	help := g.help()
	if help == "" {
		return
	}
	of := ""
	if g.helps {
		of = " for " + finding.Plain(t.first(g))
	}
	t.line(in2+"help%s: %s", of, finding.Plain(help))
}

// help of a group: its finding's, which says how to accept it, too, or else its own.
func (g group) help() string {
	if len(g.findings) > 0 && g.findings[0].Help != "" {
		return g.findings[0].Help
	}
	return g.Help
}

// first environment of a group.
func (r Report) first(g group) string { return r.Environments[g.environments[0]].Name }

// file of golden/ that shows a group, in its first environment; empty if none does.
func (r Report) file(g group) string {
	if g.File == "" || r.Environments[g.environments[0]].State == Gone {
		return ""
	}
	return "golden/" + r.first(g) + "/" + g.File
}

// place of a finding, as it stands before its text.
func place(f finding.Finding) string {
	said := finding.PlainFile(f.File)
	for _, n := range []int{f.Line, f.Column} {
		if n == 0 || said == "" {
			break
		}
		said += fmt.Sprintf(":%d", n)
	}
	if said == "" {
		return ""
	}
	return said + ": "
}

// accepted is what somebody accepted, and where.
func (t *text) accepted() {
	for i, a := range acceptances(t.Report) {
		if i == 0 {
			t.line("\n%s", t.paint(bold, "accepted"))
		}
		where := ""
		if len(t.Environments) > 1 {
			where = ", in " + t.several(t.environments(a.environments))
		}
		t.line(in+"%s%s", finding.Plain(a.says), where)
	}
}

// findings are those that no effect shows, as the other commands show them.
func (t *text) findings(r Report, o Options) error {
	all := slices.Clone(r.Findings)
	for i, e := range t.Environments {
		for _, at := range other(e) {
			all = append(all, r.Environments[i].Findings[at])
		}
	}
	if len(all) == 0 {
		return nil
	}
	t.line("")
	return finding.WriteText(t, all, finding.Options{Dir: o.Dir, Read: o.Read, Secrets: o.Secrets})
}
