package environment

import (
	"bytes"
	"encoding/json"
	"fmt"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/schema"
)

// contract is the compiled schema, in the evaluator's context that it and the
// user's files share. A context keeps all that is built in it, so there is one
// to each call of Load.
type contract struct {
	ctx   *cue.Context
	value cue.Value // the schema's package
	env   cue.Value // #Environment
	fill  *node     // #ListDefaults
	shape *shape    // of #Environment
}

func newContract() (*contract, error) {
	files, err := schemaFiles()
	if err != nil {
		return nil, err
	}
	// The shape is read first: building resolves names inside the syntax.
	shape, err := newShapes(files).definition("#Environment")
	if err != nil {
		return nil, err
	}
	// An empty CUE_DEBUG here wins over the variable of the same name, which
	// could switch off that definitions are closed. CUE_EXPERIMENT changes
	// nothing in this version of CUE that is not final.
	c := &contract{ctx: cuecontext.New(cuecontext.EvaluatorVersion(cuecontext.EvalV3), cuecontext.CUE_DEBUG("")), shape: shape}
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
	c.fill = read(c.value.LookupPath(cue.ParsePath("#ListDefaults")))
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

// resolve fills in the defaults.
func (c *contract) resolve(data *node) (Environment, error) {
	v := c.ctx.BuildExpr(data.merge(c.fill).expr())
	return c.decode(c.env.Unify(v))
}

func (c *contract) decode(v cue.Value) (Environment, error) {
	if err := v.Validate(cue.Concrete(true), cue.Final()); err != nil {
		return Environment{}, err
	}
	b, err := v.MarshalJSON()
	if err != nil {
		return Environment{}, err
	}
	var env Environment
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&env); err != nil {
		return Environment{}, err
	}
	return env, nil
}

// disagreement is for data that the check let through and CUE does not. The
// tests hold the two together, so that no one should see it.
func (c *contract) disagreement(d datum, src *source, err error) finding.Finding {
	path := []string{}
	if list := errors.Errors(err); len(list) > 0 {
		path = cuePath(list[0])
	}
	if len(path) > 0 && path[0] == "#Environment" {
		path = path[1:]
	}
	pos, _ := src.value(path)
	return at(pos, CodeForm, JoinPath(append([]string{d.name}, path...)...), "the value does not fit the schema", "see the field's documentation in the reference of environments")
}
