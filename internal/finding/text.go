package finding

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Options of the printers.
type Options struct {
	// Dir is the absolute path of the directory that files are shown
	// relative to. Empty: files are shown as they are.
	Dir string
	// Read returns the content of a file, by the name in its Position. The
	// text printer shows the line of a finding with it. Nil, or an error:
	// no line is shown.
	Read func(file string) ([]byte, error)
	// Secrets are hidden, whoever made the findings.
	Secrets *Secrets
	// Most is how many findings of one code the text printer shows that are
	// about whole files; the rest are counted. 0: all.
	Most int
}

// WriteText prints findings for people:
//
//	environments/ci.cue:18:19: error WO104: "profile" is "prod", which is not one of the values allowed
//	    profile: "prod"
//	             ^
//	in ci
//	help: did you mean "production"?
//
// Equal findings of several environments are one, "in ci and 29 others", and so are
// those of one place, "in ci, as tenants.a.limits and 2 others".
// Acknowledged ones are left out.
func WriteText(w io.Writer, fs []Finding, o Options) error {
	sources := map[string][]byte{}
	var b bytes.Buffer
	open := slices.DeleteFunc(o.Secrets.Seal(fs), func(f Finding) bool { return f.Acknowledged != "" })
	shown, rest := few(atOnce(together(open)), o.Most)
	for i, f := range shown {
		if i > 0 && !sameHelp(shown[i-1], f) {
			b.WriteByte('\n')
		}
		if place := f.shown(o.Dir); place != "" {
			b.WriteString(place + ": ")
		}
		fmt.Fprintf(&b, "%s %s: %s\n", f.Severity, f.Code, Plain(f.Said(o.Dir)))
		if f.Line > 0 && o.Read != nil && !f.Hidden && !f.secret() {
			if _, ok := sources[f.File]; !ok {
				// A file that is gone costs the line, not the finding.
				sources[f.File], _ = o.Read(f.File)
			}
			if line := lineOf(sources[f.File], f.Line); !o.Secrets.Shows(line) {
				excerpt(&b, line, f.Column)
			}
		}
		if in := f.in(); in != "" {
			b.WriteString(in + f.as() + "\n")
		}
		if f.Help != "" && (i+1 == len(shown) || !sameHelp(f, shown[i+1])) {
			fmt.Fprintf(&b, "help: %s\n", Plain(f.Help))
		}
	}
	if rest != "" {
		fmt.Fprintf(&b, "\n%s\n", rest)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// few leaves out what is more than most of one code, about whole files, and says
// how many those are.
func few(fs []group, most int) (shown []group, rest string) {
	if most == 0 {
		return fs, ""
	}
	seen, more := map[string]int{}, map[string]int{}
	for _, f := range fs {
		if f.Line == 0 && f.File != "" {
			if seen[f.Code]++; seen[f.Code] > most {
				more[f.Code] += max(1, len(f.environments))
				continue
			}
		}
		shown = append(shown, f)
	}
	for _, code := range slices.Sorted(maps.Keys(more)) {
		rest += fmt.Sprintf(", %d more of %s", more[code], code)
	}
	if rest == "" {
		return shown, ""
	}
	return shown, "and " + strings.TrimPrefix(rest, ", ") + ", which --output json lists"
}

// sameHelp tells that two findings about whole files want the same to be done: it
// is said once, below the last of them.
func sameHelp(a, b group) bool {
	return a.Line == 0 && b.Line == 0 && a.Code == b.Code && a.Help == b.Help && a.Help != ""
}

// secret tells that the line of a finding may hold a password or a key, which
// must not end in a log.
func (f Finding) secret() bool {
	return strings.Contains(f.Path, ".secrets.plain") || strings.HasSuffix(f.Path, ".password")
}

// shown is a place as people see it, the file as seen from a directory:
// environments/ci.cue:18:19. What is zero is left out.
func (p Position) shown(dir string) string {
	s := PlainFile(relative(p.File, dir))
	if s == "" || p.Line == 0 {
		return s
	}
	s += ":" + strconv.Itoa(p.Line)
	if p.Column > 0 {
		s += ":" + strconv.Itoa(p.Column)
	}
	return s
}

// relative shows a file as seen from dir, with forward slashes, unless it is
// outside of dir and the way there is no shorter than its whole path.
func relative(file, dir string) string {
	if dir != "" && filepath.IsAbs(file) {
		if r, err := filepath.Rel(dir, file); err == nil && len(r) < len(file) {
			file = r
		}
	}
	return filepath.ToSlash(file)
}

const (
	indent = "    "
	// Columns of a line that are shown. A longer one is cut around the place.
	before, after = 100, 60
)

// lineOf is a line of a text, or "".
func lineOf(src []byte, line int) string {
	for range line - 1 {
		_, rest, ok := bytes.Cut(src, []byte("\n"))
		if !ok {
			return ""
		}
		src = rest
	}
	text, _, _ := bytes.Cut(src, []byte("\n"))
	return string(bytes.TrimSuffix(text, []byte("\r")))
}

// excerpt prints a line and a caret under its column, which counts bytes.
func excerpt(b *bytes.Buffer, text string, column int) {
	if len(text) == 0 || column < 1 {
		return
	}
	at := min(column-1, len(text))
	head, tail := printable(text[:at]), printable(text[at:])
	if len(head) > before {
		head = append([]rune("..."), head[len(head)-before+3:]...)
	}
	if len(tail) > after {
		tail = append(tail[:after-3:after-3], []rune("...")...)
	}
	fmt.Fprintf(b, "%s%s%s\n%s", indent, string(head), string(tail), indent)
	for _, r := range head {
		// A tab under a tab is as wide as it.
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	b.WriteString("^\n")
}

// printable makes a line safe to show: a file must not move the cursor of
// whoever reads about it.
func printable(line string) []rune {
	out := make([]rune, 0, len(line))
	for len(line) > 0 {
		r, size := utf8.DecodeRuneInString(line)
		if r != '\t' && !strconv.IsPrint(r) {
			r = utf8.RuneError
		}
		out = append(out, r)
		line = line[size:]
	}
	return out
}
