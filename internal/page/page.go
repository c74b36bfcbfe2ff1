// Package page lays out a change as one page of HTML that needs nothing else: no
// script, no style and no picture from elsewhere. It judges nothing, and reads nothing.
//
// In: the outline of a report, and of each environment its topology and the files that
// differ. Out: HTML, the same bytes for the same change. Names, values and files are
// strangers': html/template escapes them where they stand, and the page forbids itself
// everything but its own style. What there is too much of is counted, never left out in
// silence.
package page

import (
	"bytes"
	"cmp"
	_ "embed"
	"html/template"
	"io"
	"sync"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/report"
	"github.com/whiskops/whiskops/internal/topology"
)

// Page of a change.
type Page struct {
	Outline      report.Outline
	Environments []Environment
}

// Environment to be drawn.
type Environment struct {
	Name string
	// Topology as it will be; nil where there is none, or none is known.
	Topology *topology.Topology
	// Marks say in a word or two what happens to a component; Gone are those that
	// there will be no more.
	Marks map[string]string
	Gone  []string
	// Files that differ, by their names.
	Files []File
}

// File that differs. Old or New is nil where it is not there.
type File struct {
	Name     string
	Old, New []byte
}

// Options of Write. The zero value hides no secret.
type Options struct {
	Secrets *finding.Secrets
	// MostDrawn is how many environments are drawn, and MostDifferences how many bytes
	// of HTML the differences of all together take; 0: what a browser shows at once.
	MostDrawn, MostDifferences int
}

const (
	mostDrawn       = 50
	mostDifferences = 4 << 20
	// mostOpen is how many environments are not folded.
	mostOpen = 3
	// mostItems of a list, and mostNames of an item, are shown.
	mostItems = 300
	mostNames = 100
	// fewNames are shown unfolded.
	fewNames = 3
)

var (
	//go:embed style.css
	style string
	//go:embed page.html
	source string

	// layout is parsed when the first page is written: most runs write none.
	layout = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("page").Funcs(template.FuncMap{
			"style": func() template.CSS { return template.CSS(style) },
			"names": folded,
			"items": shown[report.Item],
			"lines": shown[report.Line],
			"said":  shown[report.Said],
			"slot":  func(i int) int { return i + 1 },
			"files": func(d Differences) string { return count(len(d.Files)+d.NotShown, "file") },
		}).Parse(source))
	})
)

// Write a page.
func Write(w io.Writer, p Page, o Options) error {
	var b bytes.Buffer
	if err := layout().Execute(&b, view(p, o)); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// whole is what the template reads.
type whole struct {
	report.Outline
	Drawn []drawn
	// NotDrawn is how many environments there are beside those.
	NotDrawn int
	// Links are the numbers of the drawn environments by their names.
	Links map[string]int
}

func view(p Page, o Options) whole {
	v := whole{Outline: p.Outline, Links: map[string]int{}}
	n := min(len(p.Environments), cmp.Or(o.MostDrawn, mostDrawn))
	room := cmp.Or(o.MostDifferences, mostDifferences)
	for i, e := range p.Environments[:n] {
		d := draw(e, i+1, o.Secrets)
		d.Open = n <= mostOpen
		// Each has its part of the room, and of what those before it left.
		d.Differences = differences(e.Files, room/(n-i), o.Secrets)
		room -= d.Differences.size
		v.Links[d.Name] = d.Number
		v.Drawn = append(v.Drawn, d)
	}
	v.NotDrawn = len(p.Environments) - n
	return v
}

// seal is a stranger's text that anyone may see.
func seal(s *finding.Secrets, text string) string { return finding.Plain(s.HideValues(text)) }

// list is what of a longer one is shown.
type list[T any] struct {
	All  []T
	More int
}

func shown[T any](all []T) list[T] {
	n := min(len(all), mostItems)
	return list[T]{all[:n], len(all) - n}
}

// names that are folded if there are many.
type names struct {
	list[string]
	// First and Others are what is said of many.
	First  string
	Others int
}

func folded(all []string) names {
	n := min(len(all), mostNames)
	out := names{list: list[string]{all[:n], len(all) - n}}
	if len(all) > fewNames {
		out.First, out.Others = all[0], len(all)-1
	}
	return out
}
