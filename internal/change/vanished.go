package change

import "strings"

// vanished are the rules about objects that are gone: what was made by what they say
// may outlast them, or go with them. Of several objects one rule says it once.
func (c *comparison) vanished(gone []Object) {
	type said struct {
		rule     ruled
		at       pair
		old      string
		elements []string
		objects  int
	}
	var all []*said
	by := map[string]*said{}
	for _, o := range gone {
		p := pair{old: o}
		for _, rule := range c.owner(o) {
			old, elements, ok := c.had(p, rule)
			if rule.If != "goes" || !ok {
				continue
			}
			key := strings.Join([]string{rule.Kind, rule.Name, o.Namespace, rule.Field, rule.Message}, "\x00")
			if by[key] == nil {
				by[key] = &said{rule: rule, at: p, old: old}
				all = append(all, by[key])
			}
			by[key].elements = append(by[key].elements, elements...)
			by[key].objects++
		}
	}
	for _, s := range all {
		if s.objects > 1 {
			s.old = ""
		}
		c.rule(s.at, s.rule, s.old, "", s.elements)
	}
}

// had is what an object that is gone had where a rule looks: a value, by which it is
// told apart, or the rows of a table.
func (c *comparison) had(p pair, rule ruled) (old string, elements []string, ok bool) {
	if !strings.Contains(rule.Field, "[*]") {
		v := c.at(p.old, rule.Field)
		return show(v), []string{show(v)}, v != nil
	}
	for _, d := range c.differing(p, rule) {
		if element, ok := rule.about(d.path); ok {
			elements = append(elements, element)
		}
	}
	return "", elements, len(elements) > 0
}
