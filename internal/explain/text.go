package explain

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// width of a line of prose, in characters.
const width = 76

// WriteText writes a field for a terminal, and a line for each one below it.
func WriteText(w io.Writer, f Field, below []Field) error {
	b := bufio.NewWriter(w)
	title := f.Path
	if title == "" {
		title = "the environment"
	}
	fmt.Fprintf(b, "%s\n", title)
	for _, line := range wrap(f.Doc) {
		fmt.Fprintf(b, "    %s\n", line)
	}
	fmt.Fprintf(b, "\n  holds:       %s\n", f.Holds)
	if f.Standing() != "" {
		fmt.Fprintf(b, "  not written: %s\n", f.Standing())
	}
	if len(below) > 0 {
		fmt.Fprintf(b, "\n  below it:\n")
		t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		for _, g := range below {
			rest, _ := after(f.Path, g.Path)
			fmt.Fprintf(t, "    %s\t%s\t%s\n", rest, g.Standing(), firstSentence(g.Doc))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return b.Flush()
}

// Standing is what the field is when it is not written: its default as CUE, or
// the word for it; "" for a struct.
func (f Field) Standing() string {
	if f.Default != "" {
		return f.Default
	}
	return string(f.Unwritten)
}

func firstSentence(doc string) string {
	first, _, _ := strings.Cut(doc+" ", ". ")
	return strings.TrimSuffix(strings.TrimSpace(first), ".")
}

// wrap breaks prose into lines.
func wrap(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
