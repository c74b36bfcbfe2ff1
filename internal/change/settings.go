package change

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// flat are the fields that differ, tables of the catalogue row by row.
func (c *comparison) flat(p pair) []difference {
	var all []difference
	for _, d := range differences("", p.old.Value, p.new.Value) {
		columns := c.table(p.new, d.path)
		old, isText := d.old.(string)
		new, isTextToo := d.new.(string)
		if columns == nil || !isText || !isTextToo {
			all = append(all, d)
			continue
		}
		rows := differences(d.path, rowsOf(old, columns), rowsOf(new, columns))
		if len(rows) == 0 { // a comment
			rows = []difference{d}
		}
		all = append(all, rows...)
	}
	return all
}

func (c *comparison) table(o Object, path string) []string {
	key, ok := strings.CutPrefix(path, "data.")
	if !ok || c.Catalog == nil || o.Kind != "ConfigMap" {
		return nil
	}
	return c.Catalog.Tables[o.Name][key]
}

// rowsOf a table: a list of mappings, each with its name. Words beyond the columns are
// left out.
func rowsOf(text string, columns []string) []any {
	rows := []any{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		row := map[string]any{}
		for i, word := range words[:min(len(words), len(columns))] {
			if columns[i] != "settings" {
				row[columns[i]] = word
				continue
			}
			for pair := range strings.SplitSeq(word, ",") {
				key, setting, _ := strings.Cut(pair, "=")
				row[key] = setting
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// rules are the catalogue's about fields of the object. Rows of a table of which one
// rule says the same are one effect.
func (c *comparison) rules(p pair) {
	rules := c.owner(p.new)
	if len(rules) == 0 {
		return
	}
	all := c.flat(p)
	for _, rule := range rules {
		type values struct{ old, new string }
		rows := map[values][]string{}
		var order []values
		for _, d := range all {
			element, ok := rule.about(d.path)
			if !ok || !rule.holds(d) {
				continue
			}
			v := values{}
			v.old, v.new = display(p.new, d)
			if rows[v] == nil {
				order = append(order, v)
			}
			rows[v] = append(rows[v], element)
		}
		for _, v := range order {
			c.rule(p, rule, v.old, v.new, rows[v])
		}
	}
}

// appeared are the rules about objects that are new.
func (c *comparison) appeared(p pair) {
	o := p.new
	for _, rule := range c.owner(o) {
		if v := at(o.Value, rule.Field); rule.If == "appears" && rule.Kind == o.Kind && rule.Name == o.Name && v != nil {
			c.rule(p, rule, "", show(v), nil)
		}
	}
}

type ruled struct{ catalog.Change }

// owner has the rules about an object, of whichever component.
func (c *comparison) owner(o Object) []ruled {
	if c.Catalog == nil {
		return nil
	}
	var all []ruled
	for _, name := range slices.Sorted(maps.Keys(c.Catalog.Components)) {
		for _, rule := range c.Catalog.Components[name].Changes {
			if rule.Kind == o.Kind && rule.Name == o.Name {
				all = append(all, ruled{rule})
			}
		}
	}
	return all
}

// about tells whether a path is the rule's, and which element [*] stands for.
func (r ruled) about(path string) (element string, ok bool) {
	before, after, any := strings.Cut(r.Field, "[*]")
	if !any {
		return "", path == r.Field
	}
	rest, ok := strings.CutPrefix(path, before+"[")
	if !ok {
		return "", false
	}
	element, rest, ok = strings.Cut(rest, "]")
	return element, ok && rest == after
}

// holds tells whether a difference is the one that the rule speaks of.
func (r ruled) holds(d difference) bool {
	switch r.If {
	case "appears":
		return d.old == nil
	case "shrinks":
		old, isNumber := number(d.old)
		new, isNumberToo := number(d.new)
		return isNumber && isNumberToo && new < old
	default:
		return true
	}
}

// number of a value. -1 is how Kafka says that there is no bound.
func number(v any) (int64, bool) {
	if n, ok := v.(int64); ok {
		return n, true
	}
	text, _ := v.(string)
	n, err := strconv.ParseInt(text, 10, 64)
	if n == -1 {
		n = 1<<63 - 1
	}
	return n, err == nil
}

func (c *comparison) rule(p pair, r ruled, old, new string, elements []string) {
	words := strings.NewReplacer("{old}", old, "{new}", new, "{element}", enumerate(elements))
	field, _, _ := strings.Cut(r.Field, "[*]")
	c.say(p, Effect{
		Class: Class(r.Class), Field: field, Old: old, New: new,
		Message: words.Replace(r.Message), Help: words.Replace(r.Help),
		Says: []string{r.Says}, Harmless: r.Severity == "warning",
	})
}

// enumerate names a few of many: "a, b and 3 others".
func enumerate(names []string) string {
	const most = 3
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n <= most:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return strings.Join(names[:most-1], ", ") + " and " + plural(n-most+1, "other", "others")
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
