package runtimes

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// stemCell reads one. "count" is the older name of "initialCount", which wins.
func (p *parser) stemCell(n *node, what string) (StemCell, bool) {
	what = "a stem cell of " + what
	s := StemCell{Position: n.at}
	if n.value == nil {
		p.refused(codeStemCell, n.at, helpShape, "%s is null, and must be an object", what)
		return s, false
	}
	if !p.object(n, what, "initialCount", "count", "memory", "reactive") {
		return s, false
	}
	before := len(p.found)
	count := n.given("initialCount")
	if count == nil {
		count = n.given("count")
	}
	if count == nil {
		p.refused(codeStemCell, n.at, `write "initialCount": 1`, "%s has no initialCount", what)
	} else if c, ok := p.number(count, "initialCount", what); ok {
		if s.Count = c; c < 1 {
			p.refused(codeStemCell, count.at, `write 1 or more, or leave the stem cell out`, "initialCount of %s is %d", what, c)
		}
	}
	if m := n.given("memory"); m == nil {
		p.refused(codeStemCell, n.at, `write "memory": "256 MB"`, "%s has no memory", what)
	} else if text, ok := m.value.(string); !ok {
		p.refused(codeStemCell, m.at, `write "256 MB"`, "memory of %s is %s, and must be a text", what, m.what())
	} else if _, err := Bytes(text); errors.Is(err, errHuge) {
		p.wrong(codeStemCell, m.at, `write "256 MB"`, "memory of %s is %s, which %s: no invoker has that", what, quoted(text), err)
	} else if err != nil {
		p.refused(codeStemCell, m.at, `write a whole number and B, KB, MB or GB, for example "256 MB"`, "memory of %s is %s, which %s", what, quoted(text), err)
	} else {
		s.Memory = text
	}
	if r := n.given("reactive"); r != nil {
		s.Reactive = p.reactive(r, "reactive of "+what)
	}
	return s, len(p.found) == before
}

func (p *parser) reactive(n *node, what string) *Reactive {
	var r Reactive
	if !p.object(n, what, "minCount", "maxCount", "ttl", "threshold", "increment") {
		return nil
	}
	before := len(p.found)
	for _, f := range []struct {
		name string
		into *int
	}{{"minCount", &r.Min}, {"maxCount", &r.Max}, {"threshold", &r.Threshold}, {"increment", &r.Increment}} {
		if v := n.field(f.name); v == nil {
			p.refused(codeStemCell, n.at, helpShape, "%s has no %s", what, f.name)
		} else {
			*f.into, _ = p.number(v, f.name, what)
		}
	}
	if ttl := n.field("ttl"); ttl == nil {
		p.refused(codeStemCell, n.at, `write "ttl": "2 minutes"`, "%s has no ttl", what)
	} else if text, ok := ttl.value.(string); !ok {
		p.refused(codeStemCell, ttl.at, `write "2 minutes"`, "ttl of %s is %s, and must be a text", what, ttl.what())
	} else {
		r.TTL = text
	}
	if len(p.found) > before {
		return nil
	}
	for _, w := range r.Wrong() {
		p.refused(codeStemCell, n.given(w.Field).at, w.Help, "%s", fmt.Sprintf(w.Message, what+": "+w.Field))
	}
	return &r
}

// Wrong is a number of a stem cell that OpenWhisk refuses.
type Wrong struct {
	// Field is its name in the manifest.
	Field string
	// Message has %s where the field is named.
	Message, Help string
}

// Wrong are the numbers that OpenWhisk refuses.
func (r Reactive) Wrong() []Wrong {
	var all []Wrong
	add := func(field, help, format string, args ...any) {
		all = append(all, Wrong{field, "%s " + fmt.Sprintf(format, args...), help})
	}
	if r.Min < 0 {
		add("minCount", "write 0 or more", "is %d, less than none", r.Min)
	}
	switch {
	case r.Max < 1:
		add("maxCount", "write 1 or more", "is %d, and must be 1 or more", r.Max)
	case r.Min > r.Max:
		add("minCount", fmt.Sprintf("write %d or less, or a larger maxCount", r.Max), "is %d, more than maxCount %d", r.Min, r.Max)
	}
	if r.Threshold < 1 {
		add("threshold", "write 1 or more", "is %d, and must be 1 or more", r.Threshold)
	}
	switch {
	case r.Increment < 1:
		add("increment", "write 1 or more", "is %d, and must be 1 or more", r.Increment)
	case r.Max >= 1 && r.Increment > r.Max:
		add("increment", fmt.Sprintf("write %d or less, or a larger maxCount", r.Max), "is %d, more than maxCount %d", r.Increment, r.Max)
	}
	if d, err := duration(r.TTL); err != nil {
		add("ttl", `write a number and a unit, for example "2 minutes"`, "is %s, which %s", quoted(r.TTL), err)
	} else if d < time.Millisecond {
		add("ttl", `write a time, for example "2 minutes"`, "is %s, less than a millisecond", quoted(r.TTL))
	}
	return all
}

// size is how OpenWhisk reads one (Size.scala).
var size = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^\s?(\d+)\s?(GB|MB|KB|B|G|M|K)\s?$`) })

// errHuge is about a size that OpenWhisk reads, and counts wrongly.
var errHuge = errors.New("is more bytes than a number can hold")

// Bytes of a text like "256 MB". Units are of 1024 each.
func Bytes(text string) (int64, error) {
	m := size().FindStringSubmatch(text)
	if m == nil {
		return 0, errors.New("is no size")
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	shift := map[byte]int{'B': 0, 'K': 10, 'M': 20, 'G': 30}[strings.ToUpper(m[2])[0]]
	switch {
	case err != nil:
		return 0, errors.New("is more than a number can hold")
	case n > math.MaxInt64>>shift:
		return 0, errHuge
	}
	return n << shift, nil
}

// units of Scala's durations, of which "m" is none. Source: the class itself was asked.
var units = []struct {
	names []string
	is    time.Duration
}{
	{[]string{"d", "day", "days"}, 24 * time.Hour},
	{[]string{"h", "hour", "hours"}, time.Hour},
	{[]string{"min", "minute", "minutes"}, time.Minute},
	{[]string{"s", "sec", "second", "secs", "seconds"}, time.Second},
	{[]string{"ms", "milli", "millisecond", "millis", "milliseconds"}, time.Millisecond},
	{[]string{"µs", "micro", "microsecond", "micros", "microseconds"}, time.Microsecond},
	{[]string{"ns", "nano", "nanosecond", "nanos", "nanoseconds"}, time.Nanosecond},
}

// duration as Scala reads it: a number and a unit, whatever white space is in it.
func duration(text string) (time.Duration, error) {
	text = strings.Join(strings.Fields(text), "")
	number := strings.TrimRightFunc(text, unicode.IsLetter)
	at := slices.IndexFunc(units, func(u struct {
		names []string
		is    time.Duration
	}) bool {
		return slices.Contains(u.names, text[len(number):])
	})
	if at < 0 {
		return 0, errors.New("has no unit that Scala knows")
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, errors.New("begins with no number")
	}
	nanos := n * float64(units[at].is)
	if math.IsNaN(nanos) || math.Abs(nanos) >= math.MaxInt64 {
		return 0, errors.New("is longer than Scala can hold")
	}
	return time.Duration(nanos), nil
}

// Default says what is wrong with the defaults of a family, of which OpenWhisk
// wants exactly one where there are several kinds; nil if nothing is. The kind
// is the one to blame.
func Default(family string, kinds []Kind) (*Kind, string) {
	var defaults []*Kind
	for i := range kinds {
		if kinds[i].Default {
			defaults = append(defaults, &kinds[i])
		}
	}
	switch {
	case len(defaults) > 1:
		return defaults[1], fmt.Sprintf("the family %s has two defaults, %s and %s%s", quoted(family), quoted(defaults[0].Kind), quoted(defaults[1].Kind), refuses)
	case len(defaults) == 0 && len(kinds) > 1:
		return &kinds[0], fmt.Sprintf("the family %s has %d kinds and no default%s", quoted(family), len(kinds), refuses)
	}
	return nil, ""
}
