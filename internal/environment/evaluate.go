package environment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// datum is an environment that nobody has checked.
type datum struct {
	*place.Source
	broken  bool // it has values that CUE could not evaluate
	partial bool // fields may be missing because of that
	lacks   bool // it has a value that refers to nothing, by whatever way
}

// evaluate unifies the files of the package, without the schema, and reads every
// environment.
func evaluate(pkg *place.Package, ctx *cue.Context) ([]datum, []finding.Finding) {
	v := compile(pkg, ctx)
	// A reference to nothing stops CUE from seeing anything else. With the
	// reference out of the way it sees the rest.
	x := explainer{pkg}
	dangling := x.danglers(v)
	if len(dangling) > 0 {
		pkg.Cut(dangling)
		v = compile(pkg, ctx)
	}
	list := errors.Errors(v.Validate(cue.Concrete(true), cue.Final()))
	it, err := v.Fields(cue.ErrorsAsValues(true))
	if err != nil {
		if list == nil {
			list = errors.Errors(err)
		}
		return nil, append(dangling, x.all(list, len(dangling) > 0)...)
	}
	var data []datum
	for it.Next() {
		if it.Selector().LabelType() != cue.StringLabel {
			continue
		}
		src := &place.Source{Package: pkg, Name: it.Selector().Unquoted(), Data: place.Read(it.Value())}
		data = append(data, datum{Source: src})
		list = append(list, keptBack(src.Data, []string{it.Selector().String()}, list)...)
	}
	fs := append(dangling, x.all(list, len(dangling) > 0)...)
	lacking := lacking(pkg, dangling, ctx)
	for i, d := range data {
		data[i].lacks = lacking(d.Name)
		data[i].broken = len(fs) > 0 && hasBottom(d.Data)
		data[i].partial = slices.ContainsFunc(fs, func(f finding.Finding) bool { return mayHideFields(f, d.Name) })
	}
	return data, fs
}

// lacking tells of an environment whether one of its values refers to nothing, also
// by way of other fields.
func lacking(pkg *place.Package, dangling []finding.Finding, ctx *cue.Context) func(name string) bool {
	if len(dangling) == 0 {
		return func(string) bool { return false }
	}
	pkg.Void(dangling)
	sound := map[string]bool{}
	if it, err := compile(pkg, ctx).Fields(cue.ErrorsAsValues(true)); err == nil {
		for it.Next() {
			sound[it.Selector().String()] = !hasBottom(place.Read(it.Value()))
		}
	}
	return func(name string) bool { return !sound[cue.Str(name).String()] }
}

// mayHideFields tells whether fields of the environment may be missing because
// of a finding. What is wrong in a shared struct may be in any environment.
func mayHideFields(f finding.Finding, env string) bool {
	first := append(place.SplitPath(f.Path), "_")[0]
	return slices.Contains([]string{place.CodeReference, place.CodeCycle, place.CodeExpression}, f.Code) &&
		(first == env || strings.HasPrefix(first, "_") || strings.HasPrefix(first, "#"))
}

// keptBack returns the errors of values that are not concrete and that known
// does not have: CUE keeps them back while there are conflicts.
func keptBack(n *place.Node, path []string, known []errors.Error) []errors.Error {
	var list []errors.Error
	for _, e := range errors.Errors(n.Err) {
		if kindOf(e) == incomplete && !slices.ContainsFunc(known, func(k errors.Error) bool { return slices.Equal(k.Path(), path) }) {
			// CUE may give it the path of what the value refers to.
			list = append(list, placed{e, path})
		}
	}
	for i, e := range n.Elems {
		list = append(list, keptBack(e, append(path[:len(path):len(path)], strconv.Itoa(i)), known)...)
	}
	for _, m := range n.Fields {
		list = append(list, keptBack(m.Value, append(path[:len(path):len(path)], literal.Label.Quote(m.Label)), known)...)
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

func hasBottom(n *place.Node) bool {
	return n.Kind == cue.BottomKind ||
		slices.ContainsFunc(n.Elems, hasBottom) ||
		slices.ContainsFunc(n.Fields, func(m place.Member) bool { return hasBottom(m.Value) })
}

// compile builds the package. What is wrong with it is in the value's error.
func compile(pkg *place.Package, ctx *cue.Context) cue.Value {
	return ctx.BuildInstance(instance(build.NewContext(), pkg))
}

// danglers finds the references to nothing.
func (x explainer) danglers(v cue.Value) []finding.Finding {
	var fs []finding.Finding
	for _, e := range errors.Errors(v.Err()) {
		_, args := e.Msg()
		if kindOf(e) != noReference || len(args) == 0 || !x.pkg.Has(e.Position()) {
			continue
		}
		name := fmt.Sprint(args[0])
		fs = append(fs, place.At(e.Position(), place.CodeReference, place.JoinPath(place.ErrorPath(e)...), fmt.Sprintf("reference %q to nothing", name),
			x.didYouMean(name, "a reference names a field, a hidden field or a let clause of this directory's files")))
	}
	return fs
}
