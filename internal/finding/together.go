package finding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Environment is the name of the environment that a finding is about, or "": what
// is wrong in a shared value, or with a file, is about none.
func (f Finding) Environment() string {
	name, _ := f.split()
	return name
}

// Field is the field of its environment that a finding is about: "kafka.replicas".
func (f Finding) Field() string {
	_, field := f.split()
	return field
}

// split is the environment of Path, and the field in it.
func (f Finding) split() (environment, field string) {
	if strings.HasPrefix(f.Path, "_") || strings.HasPrefix(f.Path, "#") {
		return "", f.Path
	}
	if quoted, err := strconv.QuotedPrefix(f.Path); err == nil {
		name, _ := strconv.Unquote(quoted)
		return name, strings.TrimPrefix(f.Path[len(quoted):], ".")
	}
	environment, field, _ = strings.Cut(f.Path, ".")
	return environment, field
}

// group is a finding with the environments that have its equals.
type group struct {
	Finding
	environments []string // in the order of the findings, each once
	// fields are those that one place has made, if there are several: the elements of
	// a comprehension.
	fields []string
}

// together makes one of equal findings of several environments: those of one code
// that say the same, but for the environment's name, of the same field. The first
// stands for all.
func together(fs []Finding) []group {
	type key struct {
		code, severity, field, message, help string
		other                                Position
		hidden                               bool
	}
	at := map[key]int{}
	var all []group
	for _, f := range fs {
		name, field := f.split()
		if name == "" {
			all = append(all, group{Finding: f})
			continue
		}
		k := key{f.Code, string(f.Severity), field, anonymous(f.Message, name), anonymous(f.Help, name), f.Other, f.Hidden || f.secret()}
		i, known := at[k]
		switch {
		case !known:
			at[k] = len(all)
			all = append(all, group{Finding: f, environments: []string{name}})
		case slices.Contains(all[i].environments, name):
			// Twice in one environment, at two places: both are shown.
			all = append(all, group{Finding: f, environments: []string{name}})
		default:
			all[i].environments = append(all[i].environments, name)
		}
	}
	return all
}

// atOnce makes one of groups that say the same of the same place, but for the names in
// their fields: a mistake within a comprehension is one, however many elements it has.
func atOnce(groups []group) []group {
	type key struct {
		code, severity, message, help, environments string
		at, other                                   Position
		hidden                                      bool
	}
	at := map[key]int{}
	var all []group
	for _, g := range groups {
		field := g.Field()
		if g.Line == 0 || field == "" {
			all = append(all, g)
			continue
		}
		k := key{g.Code, string(g.Severity), unnamed(g.Message, field), unnamed(g.Help, field), strings.Join(g.environments, "\x00"), g.Position, g.Other, g.Hidden || g.secret()}
		i, known := at[k]
		if !known {
			at[k] = len(all)
			g.fields = []string{field}
			all = append(all, g)
		} else if !slices.Contains(all[i].fields, field) {
			all[i].fields = append(all[i].fields, field)
		}
	}
	return all
}

// unnamed is a text without the names in a field: the field itself and what it is in, and its
// labels between quotes.
func unnamed(text, field string) string {
	for around := field; ; {
		i := strings.LastIndex(around, ".")
		if i < 0 {
			break
		}
		text = strings.ReplaceAll(text, around, "\x00")
		around = around[:i]
	}
	for label := range strings.SplitSeq(field, ".") {
		text = strings.ReplaceAll(text, `"`+label+`"`, "\x00")
	}
	return text
}

// as says which fields one place has made, behind what in says.
func (g group) as() string {
	switch n := len(g.fields); n {
	case 0, 1:
		return ""
	case 2:
		return ", as " + Plain(g.fields[0]) + " and " + Plain(g.fields[1])
	default:
		return fmt.Sprintf(", as %s and %d others", Plain(g.fields[0]), n-1)
	}
}

// in says which environments a group is about.
func (g group) in() string {
	switch n := len(g.environments); n {
	case 0:
		return ""
	case 1:
		return "in " + PlainFile(g.environments[0])
	case 2:
		return "in " + PlainFile(g.environments[0]) + " and " + PlainFile(g.environments[1])
	default:
		return fmt.Sprintf("in %s and %d others", PlainFile(g.environments[0]), n-1)
	}
}

// anonymous puts the same sign for an environment's name in a text, where it
// stands as a word. A name that is a number may be any number there.
func anonymous(text, name string) string {
	if strings.Trim(name, "0123456789") == "" || !strings.Contains(text, name) {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, name)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if inWord(last) || inWord(next) {
			b.WriteString(name)
		} else {
			b.WriteByte(0)
		}
		text = after
	}
}

func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// Summary counts findings in a line: "3 errors in 2 environments, 12 warnings".
// Empty without a finding.
func Summary(fs []Finding) string {
	var parts []string
	for _, s := range []Severity{Error, Warning} {
		of := slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Severity != s || f.Acknowledged != "" })
		if len(of) > 0 {
			parts = append(parts, count(len(of), string(s))+environments(of))
		}
	}
	of := slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Acknowledged == "" })
	if len(of) > 0 {
		parts = append(parts, count(len(of), "acknowledged warning")+environments(of))
	}
	return strings.Join(parts, ", ")
}

// Total is Summary as the last line below findings that WriteText has printed.
func Total(fs []Finding) string {
	total := Summary(fs)
	switch {
	case total == "":
		return ""
	case slices.ContainsFunc(fs, func(f Finding) bool { return f.Acknowledged == "" }):
		return "\n" + total + "\n"
	}
	return total + "\n"
}

// environments are how many findings are about; empty for one, whose name stands
// with them.
func environments(fs []Finding) string {
	names := map[string]bool{}
	for _, f := range fs {
		names[f.Environment()] = true
	}
	delete(names, "")
	if n := len(names); n > 1 {
		return " in " + count(n, "environment")
	}
	return ""
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
