// Package contract owns what the schema says: it compiles schema/*.cue, reads
// the shape of #Environment from it, holds the user's data to that shape, and
// fills in the defaults.
//
// Data comes in as CUE evaluated it, with its places (internal/place), and goes
// out as findings (Check), or as JSON with every default (Resolve). The check
// reads the schema's own syntax (Shape) and says what is wrong in words; CUE's
// unification has the last say on what is valid, and a test holds the two
// together. What became of the user's files before they were data is left to
// internal/environment.
package contract

import (
	"fmt"
	"maps"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
	"github.com/whiskops/whiskops/schema"
)

// Contract is the compiled schema, in the evaluator's context that it and the
// user's files share. A context keeps all that is built in it, and is for one
// caller at a time: Borrow has it used again while that is little.
type Contract struct {
	ctx   *cue.Context
	value cue.Value   // the schema's package
	env   cue.Value   // #Environment
	fill  *place.Node // #ListDefaults
	shape *Shape      // of #Environment
	built int         // bytes of source that the context was given (Return)

	definitions map[string]*Shape // of what #Environment refers to
	names       []string          // of all definitions
}

// New compiles the schema that is in the binary. An error is a fault of the
// schema.
func New() (*Contract, error) {
	files, err := schemaFiles()
	if err != nil {
		return nil, err
	}
	// The shape is read first: building resolves names inside the syntax.
	shapes := newShapes(files)
	shape, err := shapes.definition("#Environment")
	if err != nil {
		return nil, err
	}
	// An empty CUE_DEBUG here wins over the variable of the same name, which
	// could switch off that definitions are closed. CUE_EXPERIMENT changes
	// nothing in this version of CUE that is not final.
	c := &Contract{ctx: cuecontext.New(cuecontext.EvaluatorVersion(cuecontext.EvalV3), cuecontext.CUE_DEBUG("")), shape: shape,
		definitions: shapes.done, names: slices.Sorted(maps.Keys(shapes.exprs))}
	inst := build.NewContext().NewInstance("schema", nil)
	for _, f := range files {
		if err := inst.AddSyntax(f); err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
	}
	if err := inst.Complete(); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	c.value = c.ctx.BuildInstance(inst)
	if err := c.value.Err(); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	c.env = c.value.LookupPath(cue.ParsePath("#Environment"))
	c.fill = place.Read(c.value.LookupPath(cue.ParsePath("#ListDefaults")))
	return c, nil
}

func schemaFiles() ([]*ast.File, error) {
	entries, err := schema.Contract.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	var files []*ast.File
	for _, e := range entries {
		src, err := schema.Contract.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
		f, err := parser.ParseFile("schema/"+e.Name(), src, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
		files = append(files, f)
	}
	return files, nil
}

// Context is the evaluator's context that the user's files must be built in.
func (c *Contract) Context() *cue.Context { return c.ctx }

// Shape is what #Environment says, with the lists that #ListDefaults holds as
// their fields' defaults.
func (c *Contract) Shape() *Shape { return c.shape.withDefaults(c.fill) }

// Definition is what the schema says of "#Name" by itself, or nil: where a field
// refers to it, a default or a bound may have been added.
func (c *Contract) Definition(name string) *Shape { return c.definitions[name] }

// Definitions names what #Environment refers to, sorted.
func (c *Contract) Definitions() []string { return slices.Sorted(maps.Keys(c.definitions)) }

// Names are those of all definitions, sorted: of #Base too.
func (c *Contract) Names() []string { return c.names }

// Resolve fills in the defaults. The result is the JSON of an environment; the
// error is the evaluator's.
func (c *Contract) Resolve(data *place.Node) ([]byte, error) {
	return concrete(c.env.Unify(c.ctx.BuildExpr(data.Merge(c.fill).Expr())))
}

// Base is Resolve for #Base.
func (c *Contract) Base() ([]byte, error) {
	return concrete(c.value.LookupPath(cue.ParsePath("#Base")).Unify(c.ctx.BuildExpr(c.fill.Expr())))
}

func concrete(v cue.Value) ([]byte, error) {
	if err := v.Validate(cue.Concrete(true), cue.Final()); err != nil {
		return nil, err
	}
	return v.MarshalJSON()
}

// Disagreement is for data that Check let through and Resolve does not. The
// tests hold the two together, so that no one should see it.
func Disagreement(src *place.Source, err error) finding.Finding {
	path := []string{}
	if list := errors.Errors(err); len(list) > 0 {
		path = place.ErrorPath(list[0])
	}
	if len(path) > 0 && path[0] == "#Environment" {
		path = path[1:]
	}
	pos, _ := src.Value(path)
	return place.At(pos, place.CodeForm, place.JoinPath(append([]string{src.Name}, path...)...), "the value does not fit the schema", "see the field's documentation in the reference of environments")
}
