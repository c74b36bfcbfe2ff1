package rules

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/field"
)

// chain looks at the links of each flow that a field may set: one that holds less
// than the link behind it breaks the flow, and what it holds above that is of no
// use.
func (c *checker) chain() {
	for _, l := range c.Chain() {
		switch {
		case l.Field == "" || l.Short == "":
		case l.Amount < l.Least:
			c.shortLink(l)
		case l.Amount > l.Derived:
			c.warn("WO298", l.Field,
				fmt.Sprintf("%s is %s, but %s: what is above %s has no effect", l.Field, amount(l.Unit, l.Amount), l.Idle, amount(l.Unit, l.Derived)),
				fmt.Sprintf("leave out %s: it follows from %s", l.Field, list(l.From)))
		}
	}
}

// shortLink is a link that does not hold what is behind it.
func (c *checker) shortLink(l derived.Limited) {
	code := "WO249"
	if l.Unit == catalog.Seconds {
		code = "WO246"
	}
	value := any(l.Derived)
	if l.Unit == catalog.Seconds {
		value = fmt.Sprintf("%ds", l.Derived)
	}
	c.fail(code, c.written(append([]string{l.Field}, l.From...)...),
		fmt.Sprintf("%s is %s, but must be %s or more, %s (%s): %s", l.Field, amount(l.Unit, l.Amount), amount(l.Unit, l.Least), l.Why, from(c, l), l.Short),
		fmt.Sprintf("leave out %s: it follows from %s; or write %s", l.Field, list(l.From), cue(l.Field, value)))
}

// from shows the inputs of a link.
func from(c *checker, l derived.Limited) string {
	var all []string
	for _, path := range l.From {
		all = append(all, c.show(path, c.valueOf(path)))
	}
	return list(all)
}

// valueOf a field of the environment.
func (c *checker) valueOf(path string) any { return field.Of(c.Env, path).Interface() }

// amount with its unit, as a person reads it.
func amount(unit string, n int) string {
	switch unit {
	case catalog.Seconds:
		return fmt.Sprintf("%ds", n)
	case catalog.MiB:
		return fmt.Sprintf("%d MiB", n)
	}
	return fmt.Sprintf("%d bytes", n)
}
