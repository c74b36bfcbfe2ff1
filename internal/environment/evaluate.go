package environment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"

	"github.com/whiskops/whiskops/internal/finding"
)

// evaluation is what the user's files say by themselves.
type evaluation struct {
	data     []datum
	findings []finding.Finding
}

// datum is an environment that nobody has checked.
type datum struct {
	name    string
	node    *node
	broken  bool // it has values that CUE could not evaluate
	partial bool // fields may be missing because of that
}

// evaluate unifies the files of the package and reads every environment.
func (p *pack) evaluate(ctx *cue.Context) evaluation {
	v := p.build(ctx)
	// A reference to nothing stops CUE from seeing anything else. With the
	// reference out of the way it sees the rest.
	dangling := p.danglers(v)
	if len(dangling) > 0 {
		p.cut(dangling)
		v = p.build(ctx)
	}
	var ev evaluation
	list := errors.Errors(v.Validate(cue.Concrete(true), cue.Final()))
	it, err := v.Fields(cue.ErrorsAsValues(true))
	if err != nil {
		if list == nil {
			list = errors.Errors(err)
		}
		ev.findings = append(dangling, p.explain(list, len(dangling) > 0)...)
		return ev
	}
	for it.Next() {
		if it.Selector().LabelType() != cue.StringLabel {
			continue
		}
		d := datum{name: it.Selector().Unquoted(), node: read(it.Value())}
		ev.data = append(ev.data, d)
		list = append(list, d.node.incomplete([]string{it.Selector().String()}, list)...)
	}
	ev.findings = append(dangling, p.explain(list, len(dangling) > 0)...)
	for i, d := range ev.data {
		ev.data[i].broken = len(ev.findings) > 0 && d.node.hasBottom()
		ev.data[i].partial = slices.ContainsFunc(ev.findings, func(f finding.Finding) bool {
			// What is wrong in a shared struct may be in any environment.
			first := append(splitPath(f.Path), "_")[0]
			return slices.Contains([]string{CodeReference, CodeCycle, CodeExpression}, f.Code) &&
				(first == d.name || strings.HasPrefix(first, "_") || strings.HasPrefix(first, "#"))
		})
	}
	return ev
}

// incomplete returns the errors of values that are not concrete and that known
// does not have: CUE keeps them back while there are conflicts.
func (n *node) incomplete(path []string, known []errors.Error) []errors.Error {
	var list []errors.Error
	for _, e := range errors.Errors(n.err) {
		if strings.HasPrefix(formatOf(e), msgIncomplete) && !slices.ContainsFunc(known, func(k errors.Error) bool { return slices.Equal(k.Path(), path) }) {
			// CUE may give it the path of what the value refers to.
			list = append(list, placed{e, path})
		}
	}
	for i, e := range n.elems {
		list = append(list, e.incomplete(append(path[:len(path):len(path)], strconv.Itoa(i)), known)...)
	}
	for _, m := range n.fields {
		list = append(list, m.node.incomplete(append(path[:len(path):len(path)], literal.Label.Quote(m.label)), known)...)
	}
	return list
}

// cueError is embedded under a name that leaves its method Error visible.
type cueError = errors.Error

// placed is an error at another path.
type placed struct {
	cueError
	path []string
}

func (p placed) Path() []string { return p.path }

func (n *node) hasBottom() bool {
	return n.kind == cue.BottomKind ||
		slices.ContainsFunc(n.elems, (*node).hasBottom) ||
		slices.ContainsFunc(n.fields, func(m member) bool { return m.node.hasBottom() })
}

// build compiles the package. What is wrong with it is in the value's error.
func (p *pack) build(ctx *cue.Context) cue.Value {
	inst := build.NewContext().NewInstance(p.dir, nil)
	for _, f := range p.files {
		// Both report what BuildInstance reports again.
		_ = inst.AddSyntax(f)
	}
	_ = inst.Complete()
	return ctx.BuildInstance(inst)
}

// danglers finds the references to nothing.
func (p *pack) danglers(v cue.Value) []finding.Finding {
	var fs []finding.Finding
	for _, e := range errors.Errors(v.Err()) {
		format, args := e.Msg()
		if format != msgReference || len(args) == 0 || !e.Position().IsValid() {
			continue
		}
		name := fmt.Sprint(args[0])
		help := "a reference names a field, a hidden field or a let clause of this directory's files"
		if s := suggest(name, p.names()); s != "" {
			help = fmt.Sprintf("did you mean %s?", s)
		}
		fs = append(fs, at(e.Position(), CodeReference, JoinPath(cuePath(e)...), fmt.Sprintf("reference %q to nothing", name), help))
	}
	return fs
}

// names lists what the user's files define.
func (p *pack) names() []string {
	var names []string
	for _, f := range p.files {
		ast.Walk(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				if name, _, err := ast.LabelName(n.Label); err == nil {
					names = append(names, name)
				}
			case *ast.LetClause:
				names = append(names, n.Ident.Name)
			}
			return true
		}, nil)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// cut puts "_", which is anything, in the place of the references in bad.
func (p *pack) cut(bad []finding.Finding) {
	gone := map[finding.Position]bool{}
	for _, f := range bad {
		gone[f.Position] = true
	}
	for i, f := range p.files {
		p.files[i] = astutil.Apply(f, func(c astutil.Cursor) bool {
			if id, ok := c.Node().(*ast.Ident); ok && gone[position(id.Pos())] {
				top := ast.NewIdent("_")
				ast.SetPos(top, id.Pos())
				c.Replace(top)
			}
			return true
		}, nil).(*ast.File)
	}
}
