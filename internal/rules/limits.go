package rules

import (
	"fmt"
	"time"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// limits looks at what actions may ask for.
func (c *checker) limits() {
	l := c.Env.Limits
	nanos := func(d string) int64 { return int64(lasts(d)) }
	c.order("limits.time", "run time", texts(l.Time), nanos)
	c.order("limits.memory", "memory", texts(l.Memory), size)
	c.order("limits.log", "log size", texts(l.Log), size)
	c.concurrency()
	for _, kind := range []struct {
		field string
		of    environment.StringRange
	}{{"limits.memory", l.Memory}, {"limits.log", l.Log}} {
		c.wholeMiB(kind.field+".min", kind.of.Min)
		c.wholeMiB(kind.field+".max", kind.of.Max)
		c.wholeMiB(kind.field+".std", kind.of.Std)
	}
	c.drains()
}

// bounds are a smallest, largest and standard value as they are written.
type bounds struct{ min, max, std string }

func texts(r environment.StringRange) bounds { return bounds{r.Min, r.Max, r.Std} }

// order wants min <= std <= max. OpenWhisk judges its own standard by the
// bounds too.
func (c *checker) order(field, what string, b bounds, value func(string) int64) {
	least, most, std := field+".min", field+".max", field+".std"
	switch {
	case value(b.min) > value(b.max):
		c.noneAllowed(least, most, what, c.show(least, b.min), c.show(most, b.max))
	case value(b.std) < value(b.min):
		c.badStandard(std, least, what, "below", c.show(std, b.std), c.show(least, b.min), b.min)
	case value(b.std) > value(b.max):
		c.badStandard(std, most, what, "above", c.show(std, b.std), c.show(most, b.max), b.max)
	}
}

func (c *checker) noneAllowed(least, most, what, min, max string) {
	c.fail("WO241", c.written(most, least),
		fmt.Sprintf("%s is above %s: no action can be created, since none has a %s that is allowed", min, max, what),
		fmt.Sprintf("write %s at most as large as %s", least, most))
}

func (c *checker) badStandard(std, bound, what, side, is, shown string, value any) {
	c.fail("WO241", c.written(std, bound),
		fmt.Sprintf("%s is %s %s: an action that asks for no %s cannot be created", is, side, shown, what),
		"write "+cue(std, value))
}

// concurrency is for runtimes that take several activations at a time.
// Source: docs/concurrency.md of OpenWhisk: nodejs alone does, and an invoker
// that reads logs cannot tell whose they are.
func (c *checker) concurrency() {
	l := c.Env.Limits.Concurrency
	const least, most, std, what = "limits.concurrency.min", "limits.concurrency.max", "limits.concurrency.std", "concurrency"
	switch {
	case l.Min > l.Max:
		c.noneAllowed(least, most, what, c.show(least, l.Min), c.show(most, l.Max))
		return
	case l.Std < l.Min:
		c.badStandard(std, least, what, "below", c.show(std, l.Std), c.show(least, l.Min), l.Min)
		return
	case l.Std > l.Max:
		c.badStandard(std, most, what, "above", c.show(std, l.Std), c.show(most, l.Max), l.Max)
		return
	case l.Std > 1:
		c.warn("WO245", std,
			fmt.Sprintf("%s is %d: an action that asks for nothing runs several activations in one process, and most are not written for that", std, l.Std),
			fmt.Sprintf("leave out %s, and let actions ask for concurrency themselves", std))
	}
	if l.Max > 1 && c.Env.Invoker.Logs == "api" {
		c.warn("WO244", c.written(most, "invoker.logs"),
			fmt.Sprintf("%s is %d while invoker.logs is \"api\": an invoker cannot tell the logs of activations in one pod apart, and users see those of others", most, l.Max),
			"write invoker: logs: \"none\", and collect the pods' logs by other means")
	}
}

// wholeMiB refuses what would be rounded without a word.
func (c *checker) wholeMiB(field, q string) {
	n, err := quantity.Bytes(q)
	if err != nil || n%quantity.MiB == 0 {
		return
	}
	c.fail("WO242", c.written(field),
		fmt.Sprintf("%s is %q, which is no whole number of MiB: OpenWhisk counts in MiB, and the limit would be another than the one written", field, q),
		fmt.Sprintf("write %s or %q", cue(field, quantity.FormatMiB(n)), quantity.FormatMiB(n+quantity.MiB)))
}

// drains lets the longest action end before its controller or invoker does.
func (c *checker) drains() {
	longest := lasts(c.Env.Limits.Time.Max)
	var defaults []drain
	for _, d := range []drain{{"controller.drain", c.Env.Controller.Drain}, {"invoker.drain", c.Env.Invoker.Drain}} {
		switch {
		case lasts(d.value) >= longest:
		case c.Env.Source.Written(d.field):
			c.shortDrain(d.field, longest, d)
		default:
			defaults = append(defaults, d)
		}
	}
	// What is wrong with defaults is one long limit.
	if len(defaults) > 0 {
		c.shortDrain("limits.time.max", longest, defaults...)
	}
}

type drain struct{ field, value string }

func (c *checker) shortDrain(at string, longest time.Duration, drains ...drain) {
	var are, write []string
	for _, d := range drains {
		are = append(are, c.show(d.field, d.value))
		write = append(write, cue(d.field, fmt.Sprintf("%ds", int64(longest/time.Second)+30)))
	}
	c.warn("WO243", at,
		fmt.Sprintf("%s %s shorter than the longest action (limits.time.max %q): every update cuts off actions that run that long", list(are), verb(len(are), "is", "are"), c.Env.Limits.Time.Max),
		fmt.Sprintf("write %s, or more", list(write)))
}
