package place

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/errors"
)

// JoinPath writes the path of a field: labels with dots between them, a label
// that is no plain word in double quotes, an element of a list as "[0]". The
// result is what Source.Position and finding.Finding.Path take.
//
//	JoinPath("runtimes", "stemCells", "python:3.12") // runtimes.stemCells."python:3.12"
//	JoinPath("kafka", "external", "bootstrap", "[0]") // kafka.external.bootstrap[0]
func JoinPath(labels ...string) string {
	var b strings.Builder
	for _, l := range labels {
		if _, ok := Index(l); ok {
			b.WriteString(l)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if l == "" || strings.ContainsAny(l, ".[]\"\\") || strings.IndexFunc(l, func(r rune) bool { return !strconv.IsPrint(r) }) >= 0 {
			l = strconv.Quote(l)
		}
		b.WriteString(l)
	}
	return b.String()
}

// SplitPath is the inverse of JoinPath. What is no path comes back as well as
// can be: positions are found for its beginning.
func SplitPath(path string) []string {
	var labels []string
	for path != "" {
		switch {
		case path[0] == '"':
			q, err := strconv.QuotedPrefix(path)
			if err != nil {
				return append(labels, path)
			}
			l, _ := strconv.Unquote(q)
			labels = append(labels, l)
			path = path[len(q):]
		case path[0] == '[':
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return append(labels, path)
			}
			labels = append(labels, path[:end+1])
			path = path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			labels = append(labels, path[:end])
			path = path[end:]
		}
		path = strings.TrimPrefix(path, ".")
	}
	return labels
}

// Index reads "[3]".
func Index(label string) (int, bool) {
	if len(label) < 3 || label[0] != '[' || label[len(label)-1] != ']' {
		return 0, false
	}
	n, err := strconv.Atoi(label[1 : len(label)-1])
	return n, err == nil && n >= 0
}

// IndexLabel writes "[3]".
func IndexLabel(i int) string { return "[" + strconv.Itoa(i) + "]" }

// ErrorPath reads the path of an evaluator's error, whose labels are CUE syntax.
func ErrorPath(e errors.Error) []string {
	var labels []string
	for _, l := range e.Path() {
		if strings.HasPrefix(l, `"`) {
			if u, err := strconv.Unquote(l); err == nil {
				l = u
			}
		} else if i, err := strconv.Atoi(l); err == nil {
			l = IndexLabel(i)
		}
		labels = append(labels, l)
	}
	return labels
}
