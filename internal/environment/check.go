package environment

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// check compares an environment with the schema, and says all that is wrong.
func (c *contract) check(d datum, src *source) []finding.Finding {
	k := &checker{env: d.name, src: src, partial: d.partial}
	if label := c.label(); !label.forms[0].MatchString(d.name) {
		help := "folders are named after environments: write " + label.want
		if fixed := asLabel(d.name); label.forms[0].MatchString(fixed) {
			help = fmt.Sprintf("folders are named after environments: write %s", fixed)
		}
		k.say(src.label(nil), CodeName, nil, fmt.Sprintf("name %q of an environment is no DNS label", d.name), help)
	}
	k.value(nil, d.node, c.shape)
	return k.findings
}

// label is what the name of an environment must be.
func (c *contract) label() *shape { return c.shape.field("namespace").shape }

func asLabel(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s))
	return strings.Trim(s, "-")
}

// checker collects the findings of one environment.
type checker struct {
	env      string
	src      *source
	partial  bool
	findings []finding.Finding
}

func (k *checker) value(path []string, n *node, s *shape) {
	if n.kind == cue.BottomKind {
		return // evaluate has said why
	}
	if n.kind != s.kind && s.kind != cue.BottomKind {
		k.wrongType(path, n, s)
		return
	}
	switch s.kind {
	case cue.StructKind:
		k.fields(path, n, s)
	case cue.ListKind:
		if len(n.elems) < s.min {
			pos, _ := k.src.value(path)
			k.say(pos, CodeBounds, path, fmt.Sprintf("%s is empty", quoted(k.name(path))), fmt.Sprintf("write at least %d: %s", s.min, s.elem.words()))
		}
		for i, e := range n.elems {
			k.value(append(path[:len(path):len(path)], indexLabel(i)), e, s.elem)
		}
	case cue.IntKind:
		k.integer(path, n, s)
	case cue.StringKind:
		k.text(path, n, s)
	}
}

func (k *checker) fields(path []string, n *node, s *shape) {
	meant := map[string]bool{} // fields that are there under a wrong name
	for _, m := range n.fields {
		below := append(path[:len(path):len(path)], m.label)
		if f := s.field(m.label); f != nil {
			k.value(below, m.node, f.shape)
			continue
		}
		if s.keys == nil || len(s.keys.enum) > 0 && !slices.Contains(s.keys.enum, m.label) {
			meant[k.unknown(below, s)] = true
			continue
		}
		if why := s.keys.refuses(m.label); why != "" {
			k.say(k.src.label(below), CodeForm, below, fmt.Sprintf("name %q %s", m.label, why), "want "+s.keys.want)
		}
		k.value(below, m.node, s.values)
	}
	for _, f := range s.fields {
		if f.optional || n.field(f.label) != nil || meant[f.label] {
			continue
		}
		below := append(path[:len(path):len(path)], f.label)
		if f.mandatory && k.partial {
			continue // it may stand where CUE could not evaluate
		}
		if f.mandatory {
			pos := k.src.label(path)
			k.say(pos, CodeMissing, below, fmt.Sprintf("field %q of %s is missing", f.label, quoted(k.name(path))), "write it: "+f.shape.words())
			continue
		}
		if f.shape.kind == cue.StructKind {
			// A struct that is not written may have fields that must be.
			k.fields(below, &node{kind: cue.StructKind}, f.shape)
		}
	}
}

// unknown says that a field is not known, and returns the one that was meant.
func (k *checker) unknown(path []string, s *shape) string {
	label := path[len(path)-1]
	var known []string
	for _, f := range s.fields {
		known = append(known, f.label)
	}
	if s.keys != nil {
		known = append(known, s.keys.enum...)
	}
	help, better := "", suggest(label, known)
	switch {
	case better != "":
		help = fmt.Sprintf("did you mean %q?", better)
	case len(known) == 0:
		help = "nothing may be written here: {}"
	default:
		slices.Sort(known)
		help = "known here: " + strings.Join(known, ", ")
	}
	// At the top the environment is not named: a shared struct has one
	// mistake, whoever uses it.
	message := fmt.Sprintf("unknown field %q", label)
	if len(path) > 1 {
		message += " in " + quoted(k.name(path[:len(path)-1]))
	}
	k.say(k.src.label(path), CodeUnknown, path, message, help)
	return better
}

func (k *checker) wrongType(path []string, n *node, s *shape) {
	pos, written := k.src.value(path)
	help := "want " + s.words()
	shown := n.show()
	switch {
	case isSecret(path):
		shown = ""
	case len(path) == 0:
		help = `an environment is a struct; the name of a shared value begins with "_"`
	case s.kind == cue.StringKind && (n.kind == cue.IntKind || n.kind == cue.FloatKind):
		if written == "" || strings.HasPrefix(written, `"`) {
			written = n.text
		}
		shown = written
		help = fmt.Sprintf("put it in double quotes: %q", written)
		if s.refuses(written) != "" {
			help = "put it in double quotes; want " + s.words()
		}
	case n.kind == cue.StringKind && s.kind == cue.IntKind && isNumber(n.text):
		help = "leave the quotes out: " + n.text
	case n.kind == cue.StringKind && s.kind == cue.BoolKind && (n.text == "true" || n.text == "false"):
		help = "leave the quotes out: " + n.text
	}
	k.say(pos, CodeType, path, fmt.Sprintf("%s is %s, not %s", quoted(k.name(path)), article(n.kind, shown), noun(s.kind)), help)
}

func isNumber(s string) bool {
	_, ok := new(big.Int).SetString(s, 10)
	return ok
}

func (k *checker) integer(path []string, n *node, s *shape) {
	v, ok := new(big.Int).SetString(n.text, 10)
	if !ok {
		return
	}
	if (s.low == nil || v.Cmp(big.NewInt(*s.low)) >= 0) && (s.high == nil || v.Cmp(big.NewInt(*s.high)) <= 0) {
		return
	}
	pos, _ := k.src.value(path)
	k.say(pos, CodeBounds, path, fmt.Sprintf("%s is %s, which is out of bounds", quoted(k.name(path)), shorten(n.text)), "want "+s.words())
}

func (k *checker) text(path []string, n *node, s *shape) {
	if len(s.enum) > 0 {
		if slices.Contains(s.enum, n.text) {
			return
		}
		pos, _ := k.src.value(path)
		help := "want " + s.words()
		if better := suggest(n.text, s.enum); better != "" {
			help = fmt.Sprintf("did you mean %q? Allowed: %s", better, list(s.enum))
		}
		k.say(pos, CodeEnum, path, fmt.Sprintf("%s is %q, which is not one of the values allowed", quoted(k.name(path)), shorten(n.text)), help)
		return
	}
	why := s.refuses(n.text)
	if why == "" {
		return
	}
	pos, _ := k.src.value(path)
	help := "want " + s.words()
	if isSecret(path) {
		k.say(pos, CodeForm, path, fmt.Sprintf("%s %s", quoted(k.name(path)), why), help)
		return
	}
	if better := s.repair(n.text); better != "" {
		help = fmt.Sprintf("did you mean %q? Want %s", better, s.words())
	}
	k.say(pos, CodeForm, path, fmt.Sprintf("%s is %q, which %s", quoted(k.name(path)), shorten(n.text), why), help)
}

// refuses says why a string does not have the form of s, or "".
func (s *shape) refuses(v string) string {
	if slices.Contains(s.not, v) {
		if v == "" {
			return "is empty"
		}
		return "is not allowed"
	}
	if s.maxRunes > 0 && utf8.RuneCountInString(v) > s.maxRunes {
		return fmt.Sprintf("is longer than %d characters", s.maxRunes)
	}
	for _, re := range s.forms {
		if !re.MatchString(v) {
			return "has the wrong form"
		}
	}
	return meaning(s.def, v)
}

// name is what a finding calls the field.
func (k *checker) name(path []string) string {
	if len(path) == 0 {
		return k.env
	}
	last := path[len(path)-1]
	if _, ok := index(last); ok && len(path) > 1 {
		return path[len(path)-2] + last
	}
	return last
}

func (k *checker) say(pos token.Pos, code string, path []string, message, help string) {
	k.findings = append(k.findings, at(pos, code, JoinPath(append([]string{k.env}, path...)...), message, help))
}
