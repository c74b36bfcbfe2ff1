package change

import (
	"fmt"
	"strings"
)

// changedLines are the lines of two texts that are not in the other, in their order.
func changedLines(old, new string) (removed, added []string) {
	return without(old, new), without(new, old)
}

// without are the lines of a text that another has not, or not as often.
func without(text, other string) []string {
	count := map[string]int{}
	for line := range strings.Lines(other) {
		count[strings.TrimSuffix(line, "\n")]++
	}
	var rest []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if count[line] > 0 {
			count[line]--
			continue
		}
		rest = append(rest, line)
	}
	return rest
}

// isTexts tells whether two values are texts, and one of them has several lines.
func isTexts(old, new any) (a, b string, ok bool) {
	a, isText := old.(string)
	b, isTextToo := new.(string)
	return a, b, isText && isTextToo && (strings.Contains(a, "\n") || strings.Contains(b, "\n"))
}

// textDifference counts the lines of two texts that are not in the other.
func textDifference(old, new string) string {
	removed, added := changedLines(old, new)
	if len(added) == 0 && len(removed) == 0 {
		return "lines in another order"
	}
	return fmt.Sprintf("+%d -%d lines", len(added), len(removed))
}

// displayTexts shows of two texts the one line that differs, and of more lines how many.
func displayTexts(old, new string) (was, is string) {
	removed, added := changedLines(old, new)
	if len(removed) < 2 && len(added) < 2 {
		line := func(lines []string) string { return shorten(strings.TrimSpace(strings.Join(lines, ""))) }
		// Spaces alone would show as no difference.
		if was, is = line(removed), line(added); was != is {
			return was, is
		}
	}
	differ := fmt.Sprintf("+%d -%d", len(added), len(removed))
	if len(removed)+len(added) == 0 {
		differ = "in another order"
	}
	return show(old), show(new) + " (" + differ + ")"
}
