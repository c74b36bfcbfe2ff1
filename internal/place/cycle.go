package place

import (
	"slices"

	"cuelang.org/go/cue/ast"
)

// Cycle tells whether the value at path depends on itself. It returns the first
// member of that cycle in the order of the files, and whether path is that one.
func (p *Package) Cycle(path []string) (first Place, own, ok bool) {
	start, ok := p.Find(path)
	if !ok {
		return Place{}, false, false
	}
	c := &cycleSearch{w: p.walker(), state: map[ast.Expr]int{}}
	c.visit(start)
	if len(c.members) == 0 {
		return Place{}, false, false
	}
	slices.SortFunc(c.members, func(a, b Place) int { return Compare(a.Label, b.Label) })
	return c.members[0], Compare(c.members[0].Label, start.Label) == 0, true
}

// cycleSearch follows every reference, depth first.
type cycleSearch struct {
	w       *walker
	state   map[ast.Expr]int // 1 while its references are followed, 2 after
	stack   []Place
	members []Place
}

func (c *cycleSearch) visit(pl Place) {
	switch {
	case pl.value == nil || len(c.members) > 0 || c.w.steps < 0:
	case c.state[pl.value] == 1:
		i := slices.IndexFunc(c.stack, func(q Place) bool { return q.value == pl.value })
		c.members = slices.Clone(c.stack[i:])
	case c.state[pl.value] == 0:
		c.state[pl.value] = 1
		c.stack = append(c.stack, pl)
		c.follow(pl.value, pl.scope, pl.hops)
		c.stack = c.stack[:len(c.stack)-1]
		c.state[pl.value] = 2
	}
}

// follow visits what n refers to. Labels are no references.
func (c *cycleSearch) follow(n ast.Node, s *scope, hops int) {
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StructLit:
			inner := c.w.pkg.inside(n, s)
			for _, d := range n.Elts {
				c.follow(d, inner, hops)
			}
			return false
		case *ast.Field:
			c.follow(n.Value, s, hops)
			return false
		case *ast.SelectorExpr, *ast.IndexExpr, *ast.Ident:
			for _, next := range c.w.follow(n.(ast.Expr), s, hops) {
				c.visit(next)
			}
			return false
		}
		return true
	}, nil)
}
