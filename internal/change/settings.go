package change

import "strconv"

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
