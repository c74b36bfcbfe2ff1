package origin

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/whiskops/whiskops/internal/finding"
)

// The widest columns of paths and values, in characters; what is longer pushes
// its own line alone.
const widestPath, widestValue = 54, 32

// WriteText prints a line for each value: its path, what it is, where it comes
// from.
func WriteText(w io.Writer, values []Value) error {
	path, value := 0, 0
	for _, v := range values {
		path, value = max(path, utf8.RuneCountInString(v.Path)), max(value, utf8.RuneCountInString(v.text()))
	}
	path, value = min(path, widestPath), min(value, widestValue)
	b := bufio.NewWriter(w)
	for _, v := range values {
		fmt.Fprintf(b, "%-*s  %-*s  %s\n", path, v.Path, value, v.text(), v.from())
	}
	return b.Flush()
}

func (v Value) from() string {
	switch {
	case v.At != nil:
		return location(*v.At)
	case len(v.From) > 0:
		return string(v.Origin) + " from " + strings.Join(v.From, ", ")
	}
	return string(v.Origin)
}

func location(p finding.Position) string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// text is a value as a user would write it.
func (v Value) text() string {
	if v.Hidden {
		return "(hidden)"
	}
	if list, ok := v.Value.([]string); ok {
		quoted := make([]string, len(list))
		for i, s := range list {
			quoted[i] = quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	return quote(v.Value)
}

// quote writes a value that is no list of strings.
func quote(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v) // strings, numbers, bools and lists of them have JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}
