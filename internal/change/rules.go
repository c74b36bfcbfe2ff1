package change

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/value"
)

// rules are the catalogue's about fields of the object. Rows of a table of which one
// rule says the same are one effect.
func (c *comparison) rules(p pair) {
	for _, rule := range c.owner(p.new) {
		if rule.Still != "" && !value.Equal(c.at(p.old, rule.Still), c.at(p.new, rule.Still)) {
			continue
		}
		rule = c.placed(p, rule)
		type values struct{ old, new string }
		rows := map[values][]string{}
		var order []values
		for _, d := range c.differing(p, rule) {
			element, ok := rule.about(d.path)
			if !ok || !rule.holds(d) {
				continue
			}
			v := values{}
			if value.Map(d.old) == nil && value.Map(d.new) == nil { // else it is a row, which has a name
				v.old, v.new = display(p.new, d)
			}
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

// differing is what differs where a rule looks, whether or not what it is in was there
// before and is there now.
func (c *comparison) differing(p pair, r ruled) []difference {
	before, _, rows := strings.Cut(r.Field, "[*]")
	old, new := c.either(p.old, before, r.Else), c.either(p.new, before, r.Else)
	if !rows {
		if secret(p.is(), before) { // which differ, though nobody sees by how much
			old, new = at(p.old.Value, before), at(p.new.Value, before)
		}
		if value.Equal(old, new) {
			return nil
		}
		return []difference{{before, old, new}}
	}
	if read := c.rows(p.is(), before); read != nil {
		a, _ := old.(string)
		b, _ := new.(string)
		old, new = read(a), read(b)
	}
	if _, ok := old.(map[string]any); ok && new == nil {
		new = map[string]any{}
	}
	if _, ok := new.(map[string]any); ok && old == nil {
		old = map[string]any{}
	}
	return differences(before, old, new)
}

// either is the value of the first field, or of the second where there is none.
func (c *comparison) either(o Object, first, second string) any {
	if v := c.at(o, first); v != nil || second == "" {
		return v
	}
	return c.at(o, second)
}

// placed is a rule at the field that it finds in the objects.
func (c *comparison) placed(p pair, r ruled) ruled {
	if r.Else != "" && c.at(p.old, r.Field) == nil && c.at(p.new, r.Field) == nil {
		r.Field = r.Else
	}
	return r
}

// appeared are the rules about objects that are new. Who is refused while pods of before
// and after are there is not among them: there are none of before.
func (c *comparison) appeared(p pair) {
	o := p.new
	for _, rule := range c.owner(o) {
		if slices.Contains([]Class{Quorum, Closed}, Class(rule.Class)) {
			continue
		}
		if v := at(o.Value, rule.Field); rule.If == "appears" && v != nil {
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
	add := func(rules []catalog.Change) {
		for _, rule := range rules {
			if rule.Kind == o.Kind && (rule.Name == o.Name || rule.Name == "*") && (len(rule.When) == 0 || c.Holds != nil && c.Holds(rule.When)) {
				all = append(all, ruled{rule})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Catalog.Components)) {
		add(c.Catalog.Components[name].Changes)
	}
	add(c.Catalog.Changes)
	return all
}

// about tells whether a path is the rule's, and which element [*] stands for.
func (r ruled) about(path string) (element string, ok bool) {
	before, after, any := strings.Cut(r.Field, "[*]")
	if !any {
		return "", path == r.Field
	}
	rest, ok := strings.CutPrefix(path, before)
	if !ok || rest == "" {
		return "", false
	}
	if field, ok := strings.CutPrefix(rest, "."); ok {
		return field, after == "" && plainKey.MatchString(field)
	}
	element, rest, ok = strings.Cut(rest[1:], "]")
	if name, err := strconv.Unquote(element); err == nil {
		element = name
	}
	return element, ok && rest == after
}

// holds tells whether a difference is the one that the rule speaks of.
func (r ruled) holds(d difference) bool {
	became := d.new
	if said, ok := became.(bool); ok {
		became = strconv.FormatBool(said)
	}
	if !isOneOf(d.old, r.From) || !isOneOf(became, r.To) {
		return false
	}
	if r.named(d.old) && r.named(d.new) {
		return false
	}
	old, isNumber := number(d.old, r.Units)
	new, isNumberToo := number(d.new, r.Units)
	switch r.If {
	case "appears":
		return d.old == nil
	case "disappears":
		return d.new == nil
	case "goes":
		return false // with its object: see vanished
	case "shrinks":
		return isNumber && isNumberToo && new < old
	case "grows":
		return isNumber && isNumberToo && new > old
	case "parts":
		return apartFrom(d.old, d.new)
	default:
		return true
	}
}

// isOneOf tells whether a value is among some that are meant: any where there are
// none, and "" is what is not there.
func isOneOf(v any, meant []string) bool {
	text, isText := v.(string)
	return len(meant) == 0 || (isText || v == nil) && slices.Contains(meant, text)
}

// named tells whether a value is a name of what the rule says is always the same.
func (r ruled) named(v any) bool {
	name, isText := v.(string)
	return isText && slices.Contains(r.Same, name)
}

// apartFrom tells whether two texts with commas have nothing in common.
func apartFrom(old, new any) bool {
	a, isText := old.(string)
	b, isTextToo := new.(string)
	if !isText || !isTextToo {
		return false
	}
	names := strings.Split(b, ",")
	for name := range strings.SplitSeq(a, ",") {
		if slices.Contains(names, name) {
			return false
		}
	}
	return true
}

// number of a value, in the smallest of its units. -1 is how Kafka says that there is no bound.
func number(v any, units map[string]int64) (int64, bool) {
	if n, ok := v.(int64); ok {
		return n, true
	}
	text, _ := v.(string)
	digits := strings.TrimRightFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.ParseInt(digits, 10, 64)
	if n == -1 {
		n = 1<<63 - 1
	}
	times, known := int64(1), true
	if unit := strings.TrimSpace(text[len(digits):]); unit != "" {
		times, known = units[unit]
	}
	return n * times, err == nil && known
}

func (c *comparison) rule(p pair, r ruled, old, new string, elements []string) {
	words := strings.NewReplacer("{old}", old, "{new}", new, "{element}", enumerate(elements), "{namespace}", p.is().Namespace)
	field, _, _ := strings.Cut(r.Field, "[*]")
	says := []string{r.Says}
	if component, ok := c.component(p.is()); ok && r.Says == "" && component.Data != nil {
		says = []string{component.Data.Volume}
	}
	harmless := r.Severity == "note"
	if class := Class(r.Class); class == Data || class == Quorum {
		harmless = r.Severity == "warning" // the others are none that stop the work
	}
	c.say(p, Effect{
		Class: Class(r.Class), Field: field, Old: old, New: new,
		Message: words.Replace(r.Message), Help: words.Replace(r.Help),
		Says: fields(says...), Harmless: harmless,
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
