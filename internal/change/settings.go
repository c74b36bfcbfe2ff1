package change

import (
	"slices"
	"strconv"
	"strings"
)

// flat are the fields that differ, tables of the catalogue row by row.
func (c *comparison) flat(p pair) []difference {
	var all []difference
	for _, d := range differences("", p.old.Value, p.new.Value) {
		read := c.rows(p.new, d.path)
		old, isText := d.old.(string)
		new, isTextToo := d.new.(string)
		if read == nil || !isText || !isTextToo {
			all = append(all, d)
			continue
		}
		rows := differences(d.path, read(old), read(new))
		if len(rows) == 0 { // a comment
			rows = []difference{d}
		}
		all = append(all, rows...)
	}
	return all
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// settings are what else differs: every difference that no effect has yet.
func (c *comparison) settings(p pair, said []Effect) {
	for _, d := range c.flat(p) {
		if d.path == "metadata.namespace" { // see move
			continue
		}
		if slices.ContainsFunc(said, func(e Effect) bool { return e.Field == d.path && d.path != "spec" }) {
			continue
		}
		old, new := display(p.new, d)
		c.say(p, Effect{Class: Setting, Field: d.path, Old: old, New: new, Message: saysOf(d, old, new)})
	}
}

// hidden stands for the values of Secrets.
const hidden = "(hidden)"

// secret tells whether a field is nobody's to see.
func secret(o Object, path string) bool {
	return o.Kind == "Secret" && (strings.HasPrefix(path, "data") || strings.HasPrefix(path, "stringData"))
}

// display are both values of a difference. Those of a Secret are nobody's to see.
func display(o Object, d difference) (old, new string) {
	if a, b, ok := isTexts(d.old, d.new); ok && !secret(o, d.path) {
		return displayTexts(a, b)
	}
	one := func(v any) string {
		if secret(o, d.path) && v != nil {
			return hidden
		}
		return show(v)
	}
	return one(d.old), one(d.new)
}

func saysOf(d difference, old, new string) string {
	a, b, ok := isTexts(d.old, d.new)
	switch {
	case ok:
		return textDifference(a, b)
	case d.old == nil:
		return "is set to " + quoted(new)
	case d.new == nil:
		return "is no longer set; it was " + quoted(old)
	default:
		return "was " + quoted(old) + ", and is " + quoted(new)
	}
}

func quoted(text string) string {
	if text == "" {
		return `""`
	}
	return text
}
