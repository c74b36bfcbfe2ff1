package contract

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// Check compares an environment's data with the schema, and says all that is
// wrong. partial data may lack fields that the user wrote, because CUE could not
// evaluate them: no field of it is missing.
func (c *Contract) Check(src *place.Source, partial bool) []finding.Finding {
	k := &checker{src: src, partial: partial, profile: c.profileOf(src.Data)}
	if label := c.label(); !label.Forms[0].Match(src.Name) {
		help := "folders are named after environments: write " + label.Want()
		if fixed := asLabel(src.Name); label.Forms[0].Match(fixed) {
			help = fmt.Sprintf("folders are named after environments: write %s", fixed)
		}
		k.say(src.Label(nil), place.CodeName, nil, fmt.Sprintf("name %q of an environment is no DNS label", src.Name), help)
	}
	k.value(nil, src.Data, c.shape)
	return k.findings
}

// label is what the name of an environment must be.
func (c *Contract) label() *Shape { return c.shape.Field("namespace").Shape }

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
	src      *place.Source
	partial  bool
	profile  string
	findings []finding.Finding
}

func (k *checker) value(path []string, n *place.Node, s *Shape) {
	if n.Kind == cue.BottomKind {
		return // the evaluation has said why
	}
	if n.Kind != s.Kind && s.Kind != cue.BottomKind {
		k.wrongType(path, n, s)
		return
	}
	switch s.Kind {
	case cue.StructKind:
		k.fields(path, n, s)
	case cue.ListKind:
		if len(n.Elems) < s.Min {
			pos, _ := k.src.Value(path)
			k.say(pos, place.CodeBounds, path, fmt.Sprintf("%s is empty", place.Quoted(k.name(path))), fmt.Sprintf("write at least %d: %s", s.Min, s.Elem.Words()))
		}
		for i, e := range n.Elems {
			k.value(append(path[:len(path):len(path)], place.IndexLabel(i)), e, s.Elem)
		}
	case cue.IntKind:
		k.integer(path, n, s)
	case cue.StringKind:
		k.text(path, n, s)
	}
}

func (k *checker) fields(path []string, n *place.Node, s *Shape) {
	meant := map[string]bool{} // fields that are there under a wrong name
	for _, m := range n.Fields {
		below := append(path[:len(path):len(path)], m.Label)
		if f := s.Field(m.Label); f != nil {
			k.value(below, m.Value, f.Shape)
			continue
		}
		if s.Keys == nil || len(s.Keys.Enum) > 0 && !slices.Contains(s.Keys.Enum, m.Label) {
			meant[k.unknown(below, s)] = true
			continue
		}
		if why := s.Keys.Refuses(m.Label); why != "" {
			k.say(k.src.Label(below), place.CodeForm, below, fmt.Sprintf("name %q %s", m.Label, why), "want "+s.Keys.Want())
		}
		k.value(below, m.Value, s.Values)
	}
	for _, f := range s.Fields {
		if f.Optional || n.Field(f.Label) != nil || meant[f.Label] {
			continue
		}
		below := append(path[:len(path):len(path)], f.Label)
		if f.Mandatory && k.partial {
			continue // it may stand where CUE could not evaluate
		}
		if f.Mandatory {
			if k.incomplete(path) {
				return
			}
			k.missing(path, f)
			continue
		}
		if f.Shape.Kind == cue.StructKind {
			// A struct that is not written may have fields that must be.
			k.fields(below, &place.Node{Kind: cue.StructKind}, f.Shape)
		}
	}
}

// missing says that a struct lacks a field.
func (k *checker) missing(path []string, f *Field) {
	below := append(path[:len(path):len(path)], f.Label)
	k.say(k.src.Label(path), place.CodeMissing, below, fmt.Sprintf("field %q of %s is missing", f.Label, place.Quoted(k.name(path))), "write it: "+f.Shape.Words())
}

// unknown says that a field is not known, and returns the one that was meant.
func (k *checker) unknown(path []string, s *Shape) string {
	label := path[len(path)-1]
	var known []string
	for _, f := range s.Fields {
		known = append(known, f.Label)
	}
	if s.Keys != nil {
		known = append(known, s.Keys.Enum...)
	}
	help, better := "", place.Suggest(label, known)
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
		message += " in " + place.Quoted(k.name(path[:len(path)-1]))
	}
	k.say(k.src.Label(path), place.CodeUnknown, path, message, help)
	return better
}

// takes tells that a struct has a field of this name for values of a kind.
func (s *Shape) takes(label string, kind cue.Kind) bool {
	return slices.ContainsFunc(s.Fields, func(f *Field) bool { return f.Label == label && f.Shape.Kind == kind })
}

func (k *checker) wrongType(path []string, n *place.Node, s *Shape) {
	pos, written := k.src.Value(path)
	help := "want " + s.Words()
	shown := show(n)
	switch {
	case IsSecret(path):
		shown = ""
	case len(path) == 0:
		help = `an environment is a struct; the name of a shared value begins with "_"`
	case s.Kind == cue.StringKind && (n.Kind == cue.IntKind || n.Kind == cue.FloatKind):
		if written == "" || strings.HasPrefix(written, `"`) {
			written = n.Text
		}
		shown = written
		help = fmt.Sprintf("put it in double quotes: %q", written)
		if s.Refuses(written) != "" {
			help = "put it in double quotes; want " + s.Words()
			if better := s.repair(written); better != "" {
				help = fmt.Sprintf("put it in double quotes, with a unit: %q", better)
			}
		}
	case s.Kind == cue.StructKind && s.takes("value", n.Kind):
		help = "put value: before it; " + help
	case n.Kind == cue.StringKind && s.Kind == cue.IntKind && isNumber(n.Text):
		help = "leave the quotes out: " + n.Text
	case n.Kind == cue.StringKind && s.Kind == cue.IntKind && len(path) > 0 && unitless(path[len(path)-1], n.Text) != "":
		help = "write it without a unit: " + unitless(path[len(path)-1], n.Text)
	case n.Kind == cue.StringKind && s.Kind == cue.BoolKind && (n.Text == "true" || n.Text == "false"):
		help = "leave the quotes out: " + n.Text
	}
	k.say(pos, place.CodeType, path, fmt.Sprintf("%s is %s, not %s", place.Quoted(k.name(path)), article(n.Kind, shown), noun(s.Kind)), help)
}

func isNumber(s string) bool {
	_, ok := new(big.Int).SetString(s, 10)
	return ok
}

func (k *checker) integer(path []string, n *place.Node, s *Shape) {
	v, ok := new(big.Int).SetString(n.Text, 10)
	if !ok {
		return
	}
	if (s.Low == nil || v.Cmp(big.NewInt(*s.Low)) >= 0) && (s.High == nil || v.Cmp(big.NewInt(*s.High)) <= 0) {
		return
	}
	pos, _ := k.src.Value(path)
	k.say(pos, place.CodeBounds, path, fmt.Sprintf("%s is %s, which is out of bounds", place.Quoted(k.name(path)), place.Shorten(n.Text)), "want "+s.Words())
}

func (k *checker) text(path []string, n *place.Node, s *Shape) {
	if len(s.Enum) > 0 {
		if slices.Contains(s.Enum, n.Text) {
			return
		}
		pos, _ := k.src.Value(path)
		help := "want " + s.Words()
		if better := place.Suggest(n.Text, s.Enum); better != "" {
			help = fmt.Sprintf("did you mean %q? Allowed: %s", better, list(s.Enum))
		}
		k.say(pos, place.CodeEnum, path, fmt.Sprintf("%s is %q, which is not one of the values allowed", place.Quoted(k.name(path)), place.Shorten(n.Text)), help)
		return
	}
	why := s.Refuses(n.Text)
	if why == "" {
		return
	}
	pos, _ := k.src.Value(path)
	help := "want " + s.Words()
	if IsSecret(path) {
		k.say(pos, place.CodeForm, path, fmt.Sprintf("%s %s", place.Quoted(k.name(path)), why), help)
		return
	}
	if better := s.meant(n.Text); better != "" {
		help = fmt.Sprintf("did you mean %s? Want %s", better, s.Words())
	}
	k.say(pos, place.CodeForm, path, fmt.Sprintf("%s is %q, which %s", place.Quoted(k.name(path)), place.Shorten(n.Text), why), help)
}

// Refuses says why a string does not have the form of s, or "".
func (s *Shape) Refuses(v string) string {
	if slices.Contains(s.Not, v) {
		if v == "" {
			return "is empty"
		}
		return "is not allowed"
	}
	if s.MaxRunes > 0 && utf8.RuneCountInString(v) > s.MaxRunes {
		return fmt.Sprintf("is longer than %d characters", s.MaxRunes)
	}
	for _, form := range s.Forms {
		if !form.Match(v) {
			return "has the wrong form"
		}
	}
	return meaning(s.Def, v)
}

// name is what a finding calls the field.
func (k *checker) name(path []string) string {
	if len(path) == 0 {
		return k.src.Name
	}
	last := path[len(path)-1]
	if _, ok := place.Index(last); ok && len(path) > 1 {
		return path[len(path)-2] + last
	}
	return last
}

func (k *checker) say(pos token.Pos, code string, path []string, message, help string) {
	k.findings = append(k.findings, place.At(pos, code, place.JoinPath(append([]string{k.src.Name}, path...)...), message, help))
}
