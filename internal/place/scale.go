package place

import (
	"fmt"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// scale weighs the expressions of a package.
type scale struct {
	walk  *walker
	known map[ast.Node]weight
	open  map[ast.Node]bool // being weighed
	hops  int               // references that are being followed
	// numbers that expressions are, each looked for once: one that names another
	// twice would take twice as long for each step.
	numbers map[ast.Expr]integer
	// imported packages by the name that a file gives them.
	imported map[string]string
	found    []finding.Finding
}

// weigh finds the expressions that would be too much for the evaluator: of each
// chain of references the one with which it becomes too much.
func (p *Package) weigh() []finding.Finding {
	s := &scale{
		// Shared by all: what is beyond it weighs nothing.
		walk:  &walker{p, 200_000},
		known: map[ast.Node]weight{},
		open:  map[ast.Node]bool{},

		numbers:  map[ast.Expr]integer{},
		imported: map[string]string{},
	}
	for _, f := range p.Files {
		for spec := range f.ImportSpecs() {
			if name, err := strconv.Unquote(spec.Path.Value); err == nil {
				s.imported[importName(spec)] = name
			}
		}
	}
	var all []ast.Decl
	for _, f := range p.Files {
		all = append(all, f.Decls...)
	}
	// The bounds are those of an environment: there may be many.
	s.decls(all, p.top())
	s.guard()
	return s.found
}

// of is the weight of an expression in a scope.
func (s *scale) of(e ast.Expr, in *scope) weight {
	if e == nil || s.open[e] {
		return weight{} // a cycle: the evaluator finds it
	}
	if w, ok := s.known[e]; ok {
		return w
	}
	s.open[e] = true
	w := s.expr(e, in)
	delete(s.open, e)
	s.known[e] = s.judge(w, e.Pos())
	return s.known[e]
}

// judge reports what is too heavy, once: what has it in it is not reported again.
func (s *scale) judge(w weight, at token.Pos) weight {
	text, help := w.excess()
	if text == "" || w.told {
		return w
	}
	s.found = append(s.found, At(at, CodeSize, "", text, help))
	return weight{told: true}
}

// excess says what is too much.
func (w weight) excess() (text, help string) {
	switch {
	case w.ways > maxWays:
		return fmt.Sprintf("these alternatives can be combined in more than %d ways", maxWays),
			"write the value that is meant, or fewer alternatives"
	case w.values > maxValues:
		return fmt.Sprintf("this makes more than %d values", maxValues),
			"an environment has some hundreds, and a dozen for each tenant: write those that it needs"
	case w.bytes > maxBytes:
		return fmt.Sprintf("this makes more than %d MiB of text", maxBytes>>20),
			"an environment has some kilobytes: write what it needs"
	case w.depth > maxDepth:
		return fmt.Sprintf("this is more than %d structs, lists and references inside one another", maxDepth),
			"an environment needs no more than eight levels"
	}
	return "", ""
}

func (s *scale) expr(e ast.Expr, in *scope) weight {
	switch e := e.(type) {
	case *ast.BasicLit:
		w := weight{values: 1}
		if e.Kind == token.STRING {
			w.bytes = len(e.Value)
		}
		return w
	case *ast.Interpolation:
		w := s.sum(e.Elts, in)
		return weight{values: 1, bytes: w.bytes, depth: w.depth, told: w.told}
	case *ast.ParenExpr:
		return s.of(e.X, in)
	case *ast.UnaryExpr:
		return s.of(e.X, in)
	case *ast.Alias:
		return s.of(e.Expr, in)
	case *ast.BinaryExpr:
		return s.binary(e, in)
	case *ast.ListLit:
		return s.list(e, in)
	case *ast.StructLit:
		return s.fields(e, in)
	case *ast.CallExpr:
		return s.call(e, in)
	case *ast.Comprehension:
		return s.comprehension(e, in)
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		return s.reference(e, in)
	}
	return weight{values: 1}
}

func (s *scale) sum(list []ast.Expr, in *scope) weight {
	var w weight
	for _, e := range list {
		w = w.and(s.of(e, in))
	}
	return w
}

func (s *scale) binary(e *ast.BinaryExpr, in *scope) weight {
	x, y := s.of(e.X, in), s.of(e.Y, in)
	switch e.Op {
	case token.OR:
		w := x.and(y)
		w.ways = plus(max(x.ways, 1), max(y.ways, 1))
		return w
	case token.AND:
		return x.unified(y)
	case token.MUL:
		if n, ok := s.number(e.Y, in); ok {
			return x.longer(n)
		}
		if n, ok := s.number(e.X, in); ok {
			return y.longer(n)
		}
	}
	w := x.and(y)
	w.ways = 1 // of alternatives the operator takes the default
	return w
}

func (s *scale) list(e *ast.ListLit, in *scope) weight {
	w := weight{values: 1}
	for _, elem := range e.Elts {
		one := s.of(elem, in)
		one.elems = 1
		if c, ok := elem.(*ast.Comprehension); ok {
			one.elems = s.rounds(c, in)
		}
		w = w.and(one)
	}
	w.ways = 1
	return w.around()
}

func (s *scale) fields(lit *ast.StructLit, outer *scope) weight {
	return s.decls(lit.Elts, s.walk.pkg.inside(lit, outer)).around()
}

// decls weighs the declarations of a struct. A field that is written more than
// once must be all that is written; the others are apart from one another.
func (s *scale) decls(list []ast.Decl, in *scope) weight {
	whole, embedded := weight{values: 1}, weight{ways: 1}
	named := map[string]weight{}
	for _, d := range list {
		w := s.decl(d, in)
		f, isField := d.(*ast.Field)
		if !isField {
			embedded = embedded.unified(w)
			continue
		}
		w.elems = 1
		name, _, err := ast.LabelName(f.Label)
		if err != nil {
			whole = whole.and(w)
			continue
		}
		if before, ok := named[name]; ok {
			w = s.judge(before.unified(w), f.Label.Pos())
		}
		named[name] = w
	}
	for _, w := range named {
		whole = whole.and(w)
	}
	whole = whole.and(embedded)
	whole.ways = embedded.ways
	return whole
}

func (s *scale) decl(d ast.Decl, in *scope) weight {
	switch d := d.(type) {
	case *ast.Field:
		return s.of(d.Value, in)
	case *ast.EmbedDecl:
		return s.of(d.Expr, in)
	case *ast.LetClause:
		s.of(d.Expr, in)
	case *ast.Alias:
		s.of(d.Expr, in)
	case *ast.Comprehension:
		return s.of(d, in)
	}
	return weight{}
}

// comprehension weighs what is made in all rounds.
func (s *scale) comprehension(e *ast.Comprehension, in *scope) weight {
	w := s.of(e.Value, in)
	w.elems = max(w.elems, 1)
	w = w.repeated(s.rounds(e, in))
	w.ways = 1
	return w
}

// rounds is how often a comprehension makes its value, at most.
func (s *scale) rounds(e *ast.Comprehension, in *scope) int {
	n := 1
	for _, c := range e.Clauses {
		if f, ok := c.(*ast.ForClause); ok {
			n = times(n, max(s.of(f.Source, in).elems, 1))
		}
	}
	return n
}

// counted are the calls whose result is larger than what they are given, with the
// number of their arguments.
var counted = map[string]int{
	"list.Range": 3, "list.Repeat": 2, "strings.Repeat": 2, "strings.Replace": 4, "strings.Join": 2,
	"regexp.ReplaceAll": 3, "regexp.ReplaceAllLiteral": 3, "math/bits.Lsh": 2, "strconv.FormatFloat": 4,
}

// widest is what an encoder makes of one byte, at most.
var widest = map[string]int{
	"encoding/hex.Encode": 2, "encoding/base64.Encode": 2, "encoding/json.Marshal": 2, "strconv.Quote": 2, "html.Escape": 2,
}

func (s *scale) call(e *ast.CallExpr, in *scope) weight {
	w := s.sum(e.Args, in)
	w.ways = 1
	name, _ := s.function(e)
	if n, ok := widest[name]; ok {
		return w.longer(n)
	}
	if len(e.Args) != counted[name] || len(e.Args) == 0 {
		return w
	}
	var numbers []int
	for _, a := range e.Args {
		n, _ := s.number(a, in)
		numbers = append(numbers, n)
	}
	arg := func(i int) weight { return s.of(e.Args[i], in) }
	long := func(i int) int { return max(arg(i).bytes, 1) }
	switch name {
	case "list.Range":
		if numbers[2] != 0 {
			n := max(0, (numbers[1]-numbers[0])/numbers[2])
			return weight{values: n, elems: n}
		}
	case "list.Repeat":
		return arg(0).repeated(max(numbers[1], 1))
	case "strings.Repeat":
		return weight{values: 1, bytes: long(0), told: arg(0).told}.longer(numbers[1])
	case "strings.Replace":
		return w.grown(times(long(0), arg(2).bytes))
	case "regexp.ReplaceAll", "regexp.ReplaceAllLiteral":
		return w.grown(times(long(1), arg(2).bytes))
	case "strings.Join":
		return w.grown(times(arg(0).elems, arg(1).bytes))
	case "math/bits.Lsh":
		return w.grown(numbers[1] / 8)
	case "strconv.FormatFloat":
		return w.grown(numbers[2])
	}
	return w
}

// reference weighs what a reference names. All places of one name must agree.
func (s *scale) reference(e ast.Expr, in *scope) weight {
	if s.hops > maxDepth {
		return weight{depth: maxDepth + 1}
	}
	s.hops++
	defer func() { s.hops-- }()
	w := weight{values: 1}
	for i, pl := range s.walk.follow(e, in, 0) {
		if pl.value == nil {
			continue
		}
		if one := s.of(pl.value, pl.scope); i == 0 {
			w = one
		} else {
			w = w.unified(one)
		}
	}
	return w.around()
}
