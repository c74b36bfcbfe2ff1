package whiskenv

import "strings"

// CheckValue says what the start script of OpenWhisk 2.0.0 and later would do
// wrong with the value of a CONFIG_ variable, or "" if the value arrives as it
// is. The text is lower case, fits after the name of the variable, and never
// repeats the value, which may be a secret. The value is the one that the
// container sees, after Expand.
//
// It refuses a little more than 2.0.0 itself would break, so that a value it
// lets through is safe on every known release.
func CheckValue(value string) string {
	if value == "" {
		return "is empty: the start script ignores it, and the image's default stays"
	}
	if name, found := strings.CutPrefix(value, "$"); found {
		if identifier(name) || digits(name) {
			return "is $ and a name: the start script puts that variable's value in its place"
		}
		return "starts with $: the start script stops there, and drops this and every CONFIG_ variable that sorts after it"
	}
	if strings.Contains(value, "'") {
		return "has a single quote: the start script loses every JVM option"
	}
	if strings.Contains(value, "\n") {
		return "has a line break: the start script of 2.0.0 makes it a blank, a later one loses every JVM option"
	}
	if strings.Contains(value, "\t") {
		return "has a tab: the start script makes it a blank"
	}
	if strings.Contains(value, "  ") {
		return "has several blanks in a row: the start script makes them one"
	}
	if globbed(value) {
		return "has a word with *, ? or [ between blanks: the start script puts file names in its place"
	}
	return ""
}

// globbed looks at the words inside alone: the first is glued to -Dkey=' and
// the last to ', so neither is the name of a file.
func globbed(value string) bool {
	words := strings.Split(value, " ")
	for i, word := range words {
		if i > 0 && i < len(words)-1 && strings.ContainsAny(word, "*?[") {
			return true
		}
	}
	return false
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Expand does what the kubelet does to the value of a variable, or to a word
// of a command: $(NAME) becomes the value of a variable that lookup knows, and
// $$ becomes $. A reference that lookup does not know stays as it is, which is
// the usual way that a value comes to start with $.
//
// For the value of a variable, lookup must know those alone that stand before
// it in the container's list.
func Expand(value string, lookup func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(value, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		value = after
		if rest, found := strings.CutPrefix(value, "$"); found {
			b.WriteByte('$')
			value = rest
			continue
		}
		name, rest, closed := strings.Cut(value, ")")
		name, opened := strings.CutPrefix(name, "(")
		if !opened || !closed {
			b.WriteByte('$')
			continue
		}
		if v, ok := lookup(name); ok {
			b.WriteString(v)
		} else {
			b.WriteString("$(" + name + ")")
		}
		value = rest
	}
}
