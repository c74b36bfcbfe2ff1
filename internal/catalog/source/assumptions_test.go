package source

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
)

// What an entry of the list may not be is found when the catalogue is made.
func TestAssumptions(t *testing.T) {
	good := catalog.Assumption{
		ID: "a", Must: "it is so", Breaks: "it breaks", Source: "a book", Field: "cluster.dns",
		Show: []string{"get", "nodes"}, Judge: "found",
	}
	for name, c := range map[string]struct {
		change func(*catalog.Assumption)
		want   string
	}{
		"good":            {func(*catalog.Assumption) {}, ""},
		"a person's":      {func(a *catalog.Assumption) { a.Show, a.Judge = nil, "" }, ""},
		"asks for rights": {func(a *catalog.Assumption) { a.Show = []string{"auth", "can-i", "create", "pods"} }, ""},
		"the first node's": {func(a *catalog.Assumption) {
			a.First, a.Show = []string{"get", "nodes"}, []string{"get", "node", "FIRST"}
		}, ""},
		"changes":             {func(a *catalog.Assumption) { a.Show = []string{"delete", "nodes"} }, "kubectl delete nodes does not just read"},
		"changes rights":      {func(a *catalog.Assumption) { a.Show = []string{"auth", "reconcile"} }, "does not just read"},
		"a verb alone":        {func(a *catalog.Assumption) { a.Show = []string{"auth"} }, "does not just read"},
		"waits":               {func(a *catalog.Assumption) { a.Show = []string{"get", "nodes", "--watch-only"} }, "does not just read"},
		"waits, in short":     {func(a *catalog.Assumption) { a.Show = []string{"get", "nodes", "-w"} }, "does not just read"},
		"first changes":       {func(a *catalog.Assumption) { a.First, a.Show = []string{"apply"}, []string{"get", "FIRST"} }, "does not just read"},
		"first for nothing":   {func(a *catalog.Assumption) { a.First = []string{"get", "nodes"} }, "first and its place"},
		"FIRST of nothing":    {func(a *catalog.Assumption) { a.Show = []string{"get", "FIRST"} }, "first and its place"},
		"judged by nothing":   {func(a *catalog.Assumption) { a.Judge = "" }, "go together"},
		"nothing to judge":    {func(a *catalog.Assumption) { a.Show = nil }, "go together"},
		"no such field":       {func(a *catalog.Assumption) { a.Field = "cluster.dsn" }, "cluster.dsn"},
		"no such condition":   {func(a *catalog.Assumption) { a.When = catalog.When{"edge.igress": true} }, "edge.igress"},
		"says not why":        {func(a *catalog.Assumption) { a.Breaks = "" }, "or why"},
		"nobody says so":      {func(a *catalog.Assumption) { a.Source = "" }, "who says so"},
		"an item's own field": {func(a *catalog.Assumption) { a.Field = "{{.Item.Field}}" }, ""},
	} {
		a := good
		c.change(&a)
		k := &checker{catalog: &catalog.Catalog{Release: "x", Assumptions: catalog.Of([]catalog.Assumption{a})}}
		k.assumptions()
		var said strings.Builder
		for _, err := range k.wrong {
			said.WriteString(err.Error() + "\n")
		}
		if c.want == "" && said.Len() > 0 || !strings.Contains(said.String(), c.want) {
			t.Errorf("%s: %q, want %q", name, said.String(), c.want)
		}
	}
	k := &checker{catalog: &catalog.Catalog{Release: "x", Assumptions: catalog.Of([]catalog.Assumption{good, good})}}
	k.assumptions()
	if len(k.wrong) != 1 || !strings.Contains(k.wrong[0].Error(), "it is there twice") {
		t.Errorf("the same twice: %v", k.wrong)
	}
}
