package environment

import (
	"fmt"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"

	"github.com/whiskops/whiskops/internal/finding"
)

// evaluation is what the user's files say by themselves.
type evaluation struct {
	data     []datum
	broken   map[string]bool // environments that CUE has no value for
	findings []finding.Finding
}

// datum is an environment that nobody has checked.
type datum struct {
	name string
	node *node
}

// evaluate unifies the files of the package and reads every environment.
func (p *pack) evaluate(ctx *cue.Context) evaluation {
	ev := evaluation{broken: map[string]bool{}}
	v := p.build(ctx)
	bad := p.danglers(v)
	cut := len(bad) > 0
	if cut {
		// A reference to nothing stops CUE from seeing anything else.
		// With the reference out of the way it sees the rest.
		ev.findings = append(ev.findings, bad...)
		p.cut(bad)
		v = p.build(ctx)
		ev.findings = append(ev.findings, p.explain(v.Validate(cue.Concrete(true), cue.Final()), cut)...)
	} else {
		ev.findings = p.explain(v.Validate(cue.Concrete(true), cue.Final()), cut)
	}
	it, err := v.Fields(cue.ErrorsAsValues(true))
	if err != nil {
		if len(ev.findings) == 0 {
			ev.findings = p.explain(err, false)
		}
		return ev
	}
	for it.Next() {
		if it.Selector().LabelType() != cue.StringLabel {
			continue
		}
		name := it.Selector().Unquoted()
		d := datum{name, read(it.Value())}
		ev.data = append(ev.data, d)
		ev.broken[name] = cut || len(ev.findings) > 0 && d.node.hasBottom()
	}
	return ev
}

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
				c.Replace(ast.NewIdent("_"))
			}
			return true
		}, nil).(*ast.File)
	}
}
