package change

import (
	"fmt"
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

// textDifference counts the lines of two texts that are not in the other.
func textDifference(old, new string) string {
	count := map[string]int{}
	for line := range strings.Lines(old) {
		count[line]++
	}
	added, removed := 0, 0
	for line := range strings.Lines(new) {
		if count[line] > 0 {
			count[line]--
			continue
		}
		added++
	}
	for _, n := range count {
		removed += n
	}
	if added == 0 && removed == 0 {
		return "lines in another order"
	}
	return fmt.Sprintf("+%d -%d lines", added, removed)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
