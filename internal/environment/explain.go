package environment

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// Formats of the evaluator's errors (cuelang.org/go v0.17.1, internal/core/adt
// and internal/core/compile). The text is never shown; it only tells the kinds
// of mistakes apart. An unknown one is explained in general words.
const (
	msgReference    = "reference %q not found"
	msgUndefined    = "undefined field: %s"
	msgConflict     = "conflicting values %s and %s"
	msgListLengths  = "incompatible list lengths"
	msgNotAllowed   = "field not allowed"
	msgCycle        = "cycle with field"
	msgStructural   = "structural cycle"
	msgIncomplete   = "incomplete value"
	msgNonConcrete  = "non-concrete value"
	msgInterpolate  = "invalid interpolation"
	msgOperand      = "invalid operand %s ("
	msgInvalid      = "invalid value %v"
	msgRequired     = "field is required but not present"
	msgDisjunction  = "%d errors in empty disjunction:"
	msgUnusedImport = "imported and not used"
	msgUnusedLet    = "unreferenced alias or let clause"
	msgRoot         = "cannot use value %v (type %s) as %s"
	msgOperands     = "invalid operands"
	msgUser         = "%s"
)

// explain turns the evaluator's errors about the user's own files into
// findings, one for each mistake. With cut, references were replaced by "_",
// and values that miss because of it are not mistakes of their own.
func (p *pack) explain(list []errors.Error, cut bool) []finding.Finding {
	var fs, consequences []finding.Finding
	for i := 0; i < len(list); i++ {
		e := list[i]
		format, args := e.Msg()
		switch {
		case strings.HasPrefix(format, msgDisjunction):
			// The errors of the branches follow, with the same path.
			branches := list[i+1:]
			for n, b := range branches {
				if !slices.Equal(cuePath(b), cuePath(e)) {
					branches = branches[:n]
					break
				}
			}
			i += len(branches)
			fs = append(fs, p.explainBranches(e, branches))
		case strings.HasPrefix(format, msgNonConcrete), strings.HasPrefix(format, msgInterpolate), strings.HasPrefix(format, msgOperand):
			// They follow from a value that is not concrete.
			consequences = append(consequences, p.explainIncomplete(e, nil))
		case strings.HasPrefix(format, msgIncomplete) && cut && fmt.Sprint(args...) == "_":
		default:
			fs = append(fs, p.explainOne(e))
		}
	}
	if len(fs) == 0 && !cut {
		fs = consequences
	}
	for i, f := range fs {
		fs[i] = hide(f)
		if f.Line == 0 {
			fs[i].Position = finding.Position{File: p.files[0].Filename, Line: 1, Column: 1}
		}
	}
	return distinct(fs)
}

// distinct keeps one finding of each place and code: what is wrong in a shared
// struct is wrong once.
func distinct(fs []finding.Finding) []finding.Finding {
	type key struct {
		code string
		pos  finding.Position
	}
	kept := map[key]int{}
	var out []finding.Finding
	for _, f := range fs {
		k := key{f.Code, f.Position}
		i, was := kept[k]
		switch {
		case !was:
			kept[k] = len(out)
			out = append(out, f)
		case out[i].Path == "":
			out[i] = f
		}
	}
	return out
}

func (p *pack) explainOne(e errors.Error) finding.Finding {
	format, args := e.Msg()
	label := JoinPath(cuePath(e)...)
	has := func(prefix string) bool { return strings.HasPrefix(format, prefix) }
	arg := func(i int) string {
		if i >= len(args) {
			return ""
		}
		return shorten(fmt.Sprint(args[i]))
	}
	where := p.errorPos(e)
	switch {
	case has(msgConflict) || has(msgListLengths):
		return p.explainConflict(e)
	case has(msgNotAllowed):
		last := lastOf(cuePath(e))
		if pl, whole := p.find(cuePath(e)); whole {
			where = pl.label
		}
		return at(where, CodeUnknown, label, fmt.Sprintf("field %q is not allowed here", last), "the definition that this struct refers to is closed: add the field there or leave it out")
	case has(msgUndefined):
		help := "write the field there: a reference sees what the files of this directory say, not the schema's defaults"
		if s := suggest(arg(0), p.names()); s != "" {
			help = fmt.Sprintf("did you mean %s?", s)
		}
		return at(where, CodeReference, label, fmt.Sprintf("reference to field %q, which does not exist", arg(0)), help)
	case has(msgCycle) || has(msgStructural):
		return p.explainCycle(e)
	case has(msgIncomplete):
		if _, _, cyclic := p.cycle(cuePath(e)); cyclic {
			return p.explainCycle(e)
		}
		return p.explainIncomplete(e, args)
	case has(msgInvalid):
		code, help := CodeBounds, "the bound is written in the files of this directory"
		if strings.Contains(arg(1), "=~") || strings.Contains(arg(1), "!~") {
			code, help = CodeForm, "the pattern is written in the files of this directory"
		}
		if other := e.Position(); other.IsValid() && position(other) != position(where) {
			help += ", at " + brief(other)
		}
		return at(where, code, label, fmt.Sprintf("%s does not satisfy what is said of %s", arg(0), quoted(lastOf(cuePath(e)))), help)
	case has(msgRequired):
		return at(where, CodeMissing, label, fmt.Sprintf("field %q is missing", lastOf(cuePath(e))), "the definition that this struct refers to requires it")
	case has(msgUnusedImport):
		return at(where, CodeUnused, "", fmt.Sprintf("import of %s is not used", arg(0)), "remove it")
	case has(msgUnusedLet):
		return at(where, CodeUnused, "", fmt.Sprintf("let clause %q is not used", arg(0)), "remove it")
	case has(msgRoot) && len(cuePath(e)) == 0:
		return at(p.rootValue(), CodeType, "", "a value that is no field", `a file holds fields, each an environment, for example production: {edge: host: "functions.example.com"}`)
	case has(msgOperands):
		return at(where, CodeExpression, label, fmt.Sprintf("%s and %s do not go together with %q", arg(0), arg(1), arg(2)), "both sides of an operator must be of the same type")
	case format == msgUser:
		return at(where, CodeExpression, label, arg(0), "this is said by error() in the files of this directory")
	}
	return at(where, CodeExpression, label, "this expression has no value", "write the value itself, or see that every part of the expression has a value of the right type")
}

func (p *pack) explainIncomplete(e errors.Error, args []any) finding.Finding {
	text := ""
	if len(args) > 0 {
		text = shorten(fmt.Sprint(args[0]))
	}
	label := quoted(lastOf(cuePath(e)))
	message, help := fmt.Sprintf("%s depends on a value that is not known", label), "write the value itself"
	switch {
	case strings.Contains(text, " | "):
		message, help = fmt.Sprintf("%s is not decided: %s", label, text), "write one of them, or mark one as the default with *"
	case text != "":
		message = fmt.Sprintf("%s has no value, only a type: %s", label, text)
	}
	return at(p.errorPos(e), CodeIncomplete, JoinPath(cuePath(e)...), message, help)
}

// explainCycle reports a cycle at its first member. The evaluator reports each
// member: those that are not the first leave their path out, and distinct drops
// them.
func (p *pack) explainCycle(e errors.Error) finding.Finding {
	const help = "give one of the fields of the cycle a value of its own"
	first, own, ok := p.cycle(cuePath(e))
	switch {
	case ok && !own:
		return at(first.label, CodeCycle, "", fmt.Sprintf("%s depends on itself", quoted(first.name)), help)
	case ok:
		return at(first.label, CodeCycle, JoinPath(cuePath(e)...), fmt.Sprintf("%s depends on itself", quoted(lastOf(cuePath(e)))), help)
	}
	return at(p.errorPos(e), CodeCycle, JoinPath(cuePath(e)...), fmt.Sprintf("%s depends on itself", quoted(lastOf(cuePath(e)))), help)
}

// errorPos is the user's place of an error: the place of the field's value, or
// what the evaluator says.
func (p *pack) errorPos(e errors.Error) token.Pos {
	if q := e.Position(); q.IsValid() && !strings.HasPrefix(formatOf(e), msgInvalid) {
		return q
	}
	if pl, ok := p.find(cuePath(e)); ok && pl.whole {
		return pl.valuePos()
	} else if in := e.InputPositions(); len(in) > 0 && in[0].IsValid() {
		return in[0]
	} else if pl.label.IsValid() {
		return pl.label
	}
	return p.rootValue()
}

// rootValue is the place of a value that stands where fields should.
func (p *pack) rootValue() token.Pos {
	for _, f := range p.files {
		for _, d := range f.Decls {
			if e, ok := d.(*ast.EmbedDecl); ok {
				if _, ok := e.Expr.(*ast.StructLit); !ok {
					return e.Pos()
				}
			}
		}
	}
	return p.files[0].Pos()
}

func formatOf(e errors.Error) string {
	f, _ := e.Msg()
	return f
}

func brief(p token.Pos) string {
	q := p.Position()
	return fmt.Sprintf("%s:%d:%d", path.Base(q.Filename), q.Line, q.Column)
}

func comparePos(a, b token.Pos) int {
	p, q := a.Position(), b.Position()
	if p.Filename != q.Filename {
		return strings.Compare(p.Filename, q.Filename)
	}
	return p.Offset - q.Offset
}

func lastOf(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return path[len(path)-1]
}

func quoted(label string) string {
	if label == "" {
		return "a value"
	}
	return fmt.Sprintf("%q", strings.Trim(label, `"`))
}

// shorten keeps a value in one line.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
