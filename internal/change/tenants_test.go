package change_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/change"
)

// tenantMaps are ConfigMaps with lines, as golden has them, by file.
func tenantMaps(texts ...string) map[string][]byte {
	all := map[string][]byte{}
	for i, text := range texts {
		all[fmt.Sprintf("configmap-tenants-%d.yaml", i+1)] = fmt.Appendf(nil, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tenants-%[1]d-bcdfghkmt2, namespace: x, labels: {app.kubernetes.io/name: tenants-sync}}\ndata:\n  tenants-%[1]d.jsonl: |\n    %[2]s\n",
			i+1, strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    "))
	}
	return all
}

// Whoever has no line any more stays, and who is told to go is let in no more.
func TestTenants(t *testing.T) {
	line := func(subject, state, namespaces string) string {
		return fmt.Sprintf(`{"subject":%q,"state":%q,"namespaces":{%s}}`, subject, state, namespaces) + "\n"
	}
	alice, bobby := line("alice", "", `"alice":{},"dev":{}`), line("bobby", "", `"bobby":{}`)
	const left, out = "left behind: ", "closed: "
	stays := func(n string) string {
		return n + " in the database as before, with keys and limits: "
	}
	for name, c := range map[string]struct {
		before, after []string
		want          string
	}{
		"other limits":         {[]string{alice}, []string{line("alice", "", `"alice":{"firesPerMinute":1},"dev":{}`)}, ""},
		"one more":             {[]string{bobby}, []string{alice + bobby}, ""},
		"to the next":          {[]string{alice, bobby}, []string{line("aaaaa", "", `"aaaaa":{}`), alice + bobby}, ""},
		"gone":                 {[]string{alice + bobby}, []string{bobby}, left + stays("1 tenant or namespace has no line any more, and stays") + "alice"},
		"all gone":             {[]string{alice, bobby}, nil, left + stays("2 tenants or namespaces have no line any more, and stay") + "alice, bobby"},
		"gone after removal":   {[]string{line("alice", "removed", `"alice":{}`) + bobby}, []string{bobby}, ""},
		"a namespace is gone":  {[]string{alice}, []string{line("alice", "", `"alice":{}`)}, left + stays("1 tenant or namespace has no line any more, and stays") + "alice (dev)"},
		"a namespace is taken": {[]string{alice}, []string{line("alice", "", `"alice":{},"dev":null`)}, out + "1 tenant or namespace is let in no more, at the latest five minutes after it is written: alice (dev)"},
		"a taken one is gone":  {[]string{line("alice", "", `"alice":{},"dev":null`)}, []string{line("alice", "", `"alice":{}`)}, ""},
		"removed":              {[]string{alice}, []string{line("alice", "removed", `"alice":{},"dev":{}`)}, out + "1 tenant or namespace is let in no more, at the latest five minutes after it is written: alice"},
		"blocked":              {[]string{alice}, []string{line("alice", "blocked", `"alice":{},"dev":{}`)}, out + "1 tenant or namespace is let in no more, at the latest five minutes after it is written: alice"},
		"blocked before":       {[]string{line("alice", "blocked", `"alice":{}`)}, []string{line("alice", "removed", `"alice":{}`)}, ""},
		"let in again":         {[]string{line("alice", "blocked", `"alice":{}`)}, []string{line("alice", "active", `"alice":{}`)}, ""},
		"no line of a tenant":  {[]string{"nothing"}, []string{"{}"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			facts, err := catalog.Load(catalog.Releases()[0])
			if err != nil {
				t.Fatal(err)
			}
			before, after, unreadable := change.Read(tenantMaps(c.before...), tenantMaps(c.after...))
			if len(unreadable) > 0 {
				t.Fatal(unreadable)
			}
			var got []string
			for _, e := range change.Compare(before, after, change.Facts{Catalog: facts, Prunes: true}) {
				if e.Class == change.Left || e.Class == change.Closed {
					got = append(got, string(e.Class)+": "+e.Message)
					if e.Help == "" || len(e.Says) == 0 {
						t.Errorf("it does not say what to do, or where: %+v", e)
					}
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Of many some are named.
func TestManyTenantsGo(t *testing.T) {
	facts, err := catalog.Load(catalog.Releases()[0])
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, `{"subject":"tenant-%04d","namespaces":{"tenant-%04d":{}}}`+"\n", i, i)
	}
	before, after, _ := change.Read(tenantMaps(text.String()), tenantMaps())
	for _, e := range change.Compare(before, after, change.Facts{Catalog: facts, Prunes: true}) {
		if e.Class == change.Left && strings.HasSuffix(e.Message, ": tenant-0000, tenant-0001, tenant-0002, tenant-0003, tenant-0004 and 995 others") {
			return
		}
	}
	t.Error("nobody says that a thousand stay")
}
