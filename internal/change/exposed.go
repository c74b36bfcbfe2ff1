package change

import "github.com/whiskops/whiskops/internal/value"

// exposed says who reaches what they did not reach, and what reaches whom it did not;
// and who and what reach it no more.
func (c *comparison) exposed(p pair) {
	c.ways(p, waysOf(p.old), waysOf(p.new))
}

// opened is the same of an object that is new. A policy that is new closes what
// was open, and a namespace that is new has no pods yet: they are none.
func (c *comparison) opened(p pair) {
	if o := p.new; o.Kind != networkPolicy && o.Kind != "Namespace" && !value.RunsPods(o.Kind) {
		c.ways(p, nil, waysOf(o))
	}
}

// shut is the same of an object that is deleted. What a policy kept from others is
// gone with it: see freed.
func (c *comparison) shut(p pair) {
	if p.old.Kind != networkPolicy {
		c.ways(p, waysOf(p.old), nil)
	}
}

func (c *comparison) ways(p pair, old, new []way) {
	component, ours := c.component(p.is())
	field := "spec"
	if p.is().Kind == "Namespace" {
		field = levelField
	}
	for _, w := range sentences(lacking(new, old)) {
		c.say(p, Effect{
			Class: Exposed, Field: field, Message: w.says, Help: "be sure that this is meant",
			Says: c.saysWay(component, p.new, w), Harmless: w.out,
		})
	}
	for _, w := range sentences(lacking(old, new)) {
		if w.right || w.out && ours {
			continue // a component calls whom it needs, and no others
		}
		c.say(p, Effect{
			Class: Closed, Field: field, Message: "no longer: " + w.says, Help: "be sure that nobody uses it any more, or has the new way",
			Says: c.saysWay(component, p.is(), w), Harmless: w.out,
		})
	}
}
