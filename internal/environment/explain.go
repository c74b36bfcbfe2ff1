package environment

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// explainer turns the evaluator's errors about the user's own files into
// findings.
type explainer struct{ pkg *place.Package }

// all makes one finding for each mistake. With cut, references were replaced by
// "_", and values that miss because of it are not mistakes of their own.
func (x explainer) all(list []errors.Error, cut bool) []finding.Finding {
	var fs, consequences []finding.Finding
	for i := 0; i < len(list); i++ {
		e := list[i]
		switch kindOf(e) {
		case emptyDisjunction:
			// The errors of the branches follow, with the same path.
			branches := below(list[i+1:], e)
			i += len(branches)
			fs = append(fs, x.branches(e, branches))
		case notConcrete:
			// They follow from a value that is not concrete.
			consequences = append(consequences, x.incomplete(e, ""))
		case incomplete:
			if _, args := e.Msg(); cut && fmt.Sprint(args...) == "_" {
				continue
			}
			fs = append(fs, x.one(e))
		case conflict:
			if !within(e, list) {
				fs = append(fs, x.one(e))
			}
		default:
			fs = append(fs, x.one(e))
		}
	}
	if len(fs) == 0 && !cut {
		fs = consequences
	}
	for i, f := range fs {
		fs[i] = hide(f)
		if f.Line == 0 {
			fs[i].Position = finding.Position{File: x.pkg.Files[0].Filename, Line: 1, Column: 1}
		}
	}
	return distinct(fs)
}

// within tells that a conflict is about an element of lists whose lengths differ,
// too: it follows from that.
func within(e errors.Error, list []errors.Error) bool {
	path := place.ErrorPath(e)
	return len(path) > 0 && isElement(lastOf(path)) && slices.ContainsFunc(list, func(l errors.Error) bool {
		return kindOf(l) == listLengths && slices.Equal(place.ErrorPath(l), path[:len(path)-1])
	})
}

// below is the beginning of list that is about the same value as e, or what is in
// it: the errors of the branches of a disjunction.
func below(list []errors.Error, e errors.Error) []errors.Error {
	path := place.ErrorPath(e)
	other := slices.IndexFunc(list, func(b errors.Error) bool {
		p := place.ErrorPath(b)
		return len(p) < len(path) || !slices.Equal(p[:len(path)], path)
	})
	if other < 0 {
		return list
	}
	return list[:other]
}

// distinct keeps one finding of each place, code and environment: what is wrong in
// a shared struct is wrong once for each that has it. One that names no field
// says nothing beside one that does.
func distinct(fs []finding.Finding) []finding.Finding {
	type key struct {
		code string
		pos  finding.Position
		env  string
	}
	kept, named := map[key]bool{}, map[key]bool{}
	for _, f := range fs {
		if f.Path != "" {
			named[key{f.Code, f.Position, ""}] = true
		}
	}
	var out []finding.Finding
	for _, f := range fs {
		k := key{f.Code, f.Position, f.Environment()}
		if kept[k] || f.Path == "" && named[key{f.Code, f.Position, ""}] {
			continue
		}
		kept[k] = true
		out = append(out, f)
	}
	return out
}

// one explains an error that stands for itself.
func (x explainer) one(e errors.Error) finding.Finding {
	path := place.ErrorPath(e)
	field := place.JoinPath(path...)
	where := x.position(e)
	switch kindOf(e) {
	case conflict:
		return x.conflict(e)
	case listLengths:
		return x.lengths(e)
	case apartBounds:
		return x.bounds(e)
	case notAllowed:
		if pl, whole := x.pkg.Find(path); whole {
			where = pl.Label
		}
		definition, message := x.closed(path), fmt.Sprintf("field %q is not allowed here", lastOf(path))
		if definition.IsValid() {
			message += " by the definition"
		}
		return place.Both(where, definition, place.CodeUnknown, field, message, "the definition that this struct refers to is closed: add the field there or leave it out")
	case undefinedField:
		return place.At(where, place.CodeReference, field, fmt.Sprintf("reference to field %q, which does not exist", argument(e, 0)),
			x.didYouMean(argument(e, 0), "write the field there: a reference sees what the files of this directory say, not the schema's defaults"))
	case cycle:
		return x.cycle(e)
	case incomplete:
		if _, _, cyclic := x.pkg.Cycle(path); cyclic {
			return x.cycle(e)
		}
		return x.incomplete(e, argument(e, 0))
	case outOfBound:
		return x.outOfBound(e)
	case required:
		return place.At(where, place.CodeMissing, field, fmt.Sprintf("field %q is missing", lastOf(path)), "the definition that this struct refers to requires it")
	case importedName:
		return place.At(where, place.CodeConflict, "", fmt.Sprintf("%q is an imported package here, and a field too", argument(e, 0)),
			`write a name of its own before the path: import shared "..."`)
	case unusedImport:
		return place.At(where, place.CodeUnused, "", fmt.Sprintf("import of %s is not used", argument(e, 0)), "remove it")
	case unusedLet:
		if name := argument(e, 0); x.pkg.IsAlias(where) {
			return place.At(where, place.CodeUnused, "", fmt.Sprintf("%q is given as a name to a value, and nothing uses the name", name),
				fmt.Sprintf("a field is written %s: value; %s = value only names it", name, name))
		}
		return place.At(where, place.CodeUnused, "", fmt.Sprintf("let clause %q is not used", argument(e, 0)), "remove it")
	}
	return x.expression(e)
}

// expression explains an error of a value that no other kind of mistake is.
func (x explainer) expression(e errors.Error) finding.Finding {
	path := place.ErrorPath(e)
	field := place.JoinPath(path...)
	where := x.position(e)
	switch kind := kindOf(e); {
	case kind == notAStruct && len(path) == 0:
		return place.At(x.pkg.RootValue(), place.CodeType, "", "a value that is no field", `a file holds fields, each an environment, for example production: {edge: host: "functions.example.com"}`)
	case kind == wrongOperands:
		return place.At(where, place.CodeExpression, field, fmt.Sprintf("%s and %s do not go together with %q", argument(e, 0), argument(e, 1), argument(e, 2)), "both sides of an operator must be of the same type")
	case kind == saidByUser:
		return place.At(where, place.CodeExpression, field, argument(e, 0), "this is said by error() in the files of this directory")
	}
	return place.At(where, place.CodeExpression, field, "this expression has no value", "write the value itself, or see that every part of the expression has a value of the right type")
}

// outOfBound is for a bound or a pattern that the user wrote.
func (x explainer) outOfBound(e errors.Error) finding.Finding {
	path := place.ErrorPath(e)
	where := x.position(e)
	if !e.Position().IsValid() {
		return x.tooMuch(e)
	}
	code, what := place.CodeBounds, "bound"
	if bound := argument(e, 1); strings.Contains(bound, "=~") || strings.Contains(bound, "!~") {
		code, what = place.CodeForm, "pattern"
	}
	other, message := token.NoPos, fmt.Sprintf("%s does not satisfy what is said of %s", argument(e, 0), named(path))
	if q := e.Position(); x.pkg.Has(q) && place.Position(q) != place.Position(where) {
		other, message = q, fmt.Sprintf("%s does not satisfy the %s of %s", argument(e, 0), what, named(path))
	}
	return place.Both(where, other, code, place.JoinPath(path...), message, fmt.Sprintf("write a value that fits the %s, or change the %s", what, what))
}

// tooMuch is for a bound that stands nowhere: whiskops has set it on what could
// not be weighed.
func (x explainer) tooMuch(e errors.Error) finding.Finding {
	return place.At(x.position(e), place.CodeSize, place.JoinPath(place.ErrorPath(e)...), "this makes more text, or more values, than an environment needs",
		"write the value itself, or repeat less often")
}

// incomplete is for a value that CUE writes as text, or that it does not show.
func (x explainer) incomplete(e errors.Error, text string) finding.Finding {
	path := place.ErrorPath(e)
	label := place.Quoted(lastOf(path))
	message, help := fmt.Sprintf("%s depends on a value that is not known", label), "write the value itself"
	switch {
	case strings.Contains(text, " | "):
		message, help = fmt.Sprintf("%s is not decided: %s", label, text), "write one of them, or mark one as the default with *"
	case text != "":
		message = fmt.Sprintf("%s has no value, only a type: %s", label, text)
	}
	return place.At(x.position(e), place.CodeIncomplete, place.JoinPath(path...), message, help)
}

// cycle is reported at its first member. The evaluator reports each member: those
// that are not the first leave their path out, and distinct drops them.
func (x explainer) cycle(e errors.Error) finding.Finding {
	path := place.ErrorPath(e)
	where, field, name := x.position(e), place.JoinPath(path...), lastOf(path)
	if first, own, ok := x.pkg.Cycle(path); ok {
		where = first.Label
		if !own {
			field, name = "", first.Name
		}
	}
	return place.At(where, place.CodeCycle, field, fmt.Sprintf("%s depends on itself", place.Quoted(name)), "give one of the fields of the cycle a value of its own")
}

// position is the user's place of an error: what the evaluator says, or the
// place of the field's value.
func (x explainer) position(e errors.Error) token.Pos {
	// The evaluator places a value that is out of bounds at the bound.
	if q := e.Position(); x.pkg.Has(q) && kindOf(e) != outOfBound {
		return q
	}
	pl, whole := x.pkg.Find(place.ErrorPath(e))
	if whole {
		return pl.ValuePos()
	} else if in := e.InputPositions(); len(in) > 0 && x.pkg.Has(in[0]) {
		return in[0]
	} else if pl.Label.IsValid() {
		return pl.Label
	}
	return x.pkg.RootValue()
}

// didYouMean is the help for a name that nothing has.
func (x explainer) didYouMean(name, otherwise string) string {
	if s := place.Suggest(name, x.pkg.Names()); s != "" {
		return fmt.Sprintf("did you mean %s?", s)
	}
	return otherwise
}

// argument is what CUE puts in its message at a place, as text, or "".
func argument(e errors.Error, i int) string {
	if _, args := e.Msg(); i < len(args) {
		return place.Shorten(fmt.Sprint(args[i]))
	}
	return ""
}

// closed is where the definition begins whose struct a field is not allowed in.
func (x explainer) closed(path []string) token.Pos {
	for _, v := range x.pkg.Said(path[:max(0, len(path)-1)]) {
		if v.Referred {
			return v.Pos
		}
	}
	return token.NoPos
}

// hide takes secret values out of a finding of the evaluator.
func hide(f finding.Finding) finding.Finding {
	path := place.SplitPath(f.Path)
	if !contract.IsSecret(path) {
		return f
	}
	name := place.Quoted(lastOf(path))
	switch f.Code {
	case place.CodeConflict:
		f.Message = fmt.Sprintf("%s is said twice, differently", name)
		if f.Other != (finding.Position{}) {
			f.Message += ": here and"
		}
	case place.CodeType, place.CodeBounds, place.CodeEnum, place.CodeForm, place.CodeIncomplete, place.CodeExpression:
		f.Message, f.Other = fmt.Sprintf("%s has no value that fits what is said of it", name), finding.Position{}
	}
	return f
}

func lastOf(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return path[len(path)-1]
}
