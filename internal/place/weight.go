package place

import (
	"errors"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// weight is what an expression costs the evaluator once its references are put
// in their places, as far as that can be read from the syntax. What it cannot
// read (the arguments of most calls, the variables of a comprehension) weighs
// nothing: a budget of time and memory is for that.
type weight struct {
	values int  // structs, lists and what is in them
	bytes  int  // of strings
	elems  int  // of the list or struct itself
	ways   int  // in which its alternatives can be combined
	depth  int  // of structs, lists and references in one another
	told   bool // it has what is too heavy, and that is reported
}

// What an environment may weigh. One that uses every field has some hundreds of
// values and some 10 KiB, and up to 16 values besides for each of its tenants, of
// whom there may be a thousand. The evaluator's time grows faster than these numbers:
// 100,000 values take 15 s, 16,384 ways half a minute.
const (
	maxValues = 30_000
	maxBytes  = 1 << 20
	maxWays   = 1_000
	maxDepth  = 400
)

// most is where numbers stop growing: far above each bound, far below what
// overflows when two are added.
const most = 1 << 40

func plus(a, b int) int { return min(a+b, most) }

func times(a, b int) int {
	if a > 0 && b > most/a {
		return most
	}
	return a * b
}

// and is the weight of two expressions side by side.
func (w weight) and(o weight) weight {
	return weight{
		values: plus(w.values, o.values), bytes: plus(w.bytes, o.bytes), elems: plus(w.elems, o.elems),
		ways: max(w.ways, o.ways), depth: max(w.depth, o.depth), told: w.told || o.told,
	}
}

// unified is the weight of what both must be.
func (w weight) unified(o weight) weight {
	u := w.and(o)
	u.elems, u.ways = max(w.elems, o.elems), times(max(w.ways, 1), max(o.ways, 1))
	return u
}

// repeated is the weight of n of them.
func (w weight) repeated(n int) weight {
	w.values, w.bytes, w.elems = times(w.values, n), times(w.bytes, n), times(w.elems, n)
	return w
}

// longer is the weight of a text that is n times as long.
func (w weight) longer(n int) weight {
	w.bytes = times(w.bytes, max(n, 0))
	return w
}

// grown is the weight with more text.
func (w weight) grown(n int) weight {
	w.bytes = plus(w.bytes, max(n, 0))
	return w
}

// around is the weight of a struct, list or reference that has w in it.
func (w weight) around() weight {
	w.depth++
	return w
}

// integer is one, if it is known.
type integer struct {
	n  int
	ok bool
}

// number is the integer that an expression is, if that can be read from it.
func (s *scale) number(e ast.Expr, in *scope) (int, bool) {
	if known, ok := s.numbers[e]; ok {
		return known.n, known.ok
	}
	n, ok := s.read(e, in)
	s.numbers[e] = integer{n, ok}
	return n, ok
}

func (s *scale) read(e ast.Expr, in *scope) (int, bool) {
	if s.hops++; s.hops > maxDepth {
		s.hops--
		return 0, false
	}
	defer func() { s.hops-- }()
	switch e := e.(type) {
	case *ast.BasicLit:
		var n literal.NumInfo
		if literal.ParseNum(e.Value, &n) != nil {
			return 0, false
		}
		f, err := strconv.ParseFloat(n.String(), 64)
		return int(min(max(f, -most), most)), err == nil || errors.Is(err, strconv.ErrRange)
	case *ast.ParenExpr:
		return s.number(e.X, in)
	case *ast.UnaryExpr:
		n, ok := s.number(e.X, in)
		if e.Op == token.SUB {
			n = -n
		}
		return n, ok
	case *ast.BinaryExpr:
		return s.arithmetic(e, in)
	case *ast.Ident, *ast.SelectorExpr:
		if found := s.walk.follow(e, in, 0); len(found) == 1 && found[0].value != nil {
			return s.number(found[0].value, found[0].scope)
		}
	}
	return 0, false
}

func (s *scale) arithmetic(e *ast.BinaryExpr, in *scope) (int, bool) {
	x, okX := s.number(e.X, in)
	y, okY := s.number(e.Y, in)
	if !okX || !okY {
		return 0, false
	}
	switch e.Op {
	case token.ADD:
		return min(max(x+y, -most), most), true
	case token.SUB:
		return min(max(x-y, -most), most), true
	case token.MUL:
		n := times(max(x, -x), max(y, -y))
		if (x < 0) != (y < 0) {
			n = -n
		}
		return n, true
	}
	return 0, false
}
