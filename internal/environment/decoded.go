package environment

import (
	"regexp"
	"strings"

	"cuelang.org/go/cue/ast"
)

// Values of a text of JSON or YAML: in quotes, after a label, in a list.
var dataValues = []*regexp.Regexp{
	regexp.MustCompile(`("(?:[^"\\]|\\.)*"?)`),
	regexp.MustCompile(`('[^']*'?)`),
	regexp.MustCompile(`:\s+([^\s,\[\]{}"'][^,\[\]{}]*)`),
	regexp.MustCompile(`[\[,]\s*([^\s,\[\]{}:"']+)`),
	regexp.MustCompile(`^\s*-\s+(.+)`),
}

// decoded takes what a string of the user's has of secrets, if it is data for
// json.Unmarshal or the like: it may be broken, and what comes of it stands
// nowhere in the files.
func (c *collector) decoded(lit *ast.BasicLit) {
	text := written(lit)
	if !strings.Contains(text, ":") {
		return
	}
	data := tornFile{lines: strings.Split(text, "\n"), hidden: map[int]bool{}}
	if !data.hide(map[string]bool{}) {
		return
	}
	c.hold(lit)
	for i, line := range data.lines {
		if !data.hidden[i] {
			continue
		}
		for _, value := range dataValues {
			// From the secret's label on, if it is on this line.
			from := max(secretAt(line, nil), 0)
			for _, m := range value.FindAllStringSubmatchIndex(line[from:], most) {
				if rest := strings.TrimSpace(line[from+m[3]:]); !strings.HasPrefix(rest, ":") {
					c.add(strings.Trim(line[from+m[2]:from+m[3]], " \t\r\"'"))
				}
			}
		}
	}
}
