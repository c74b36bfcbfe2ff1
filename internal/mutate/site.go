package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// site is the code around mutants that can choose between them and itself when
// it runs, so that one compilation serves them all. Which kind decides how.
type site struct {
	kind       kind
	start, end int // bytes of the file
}

type kind int

const (
	// alone: none; the mutant is compiled by itself.
	alone kind = iota
	// condition is evaluated in a function of its own.
	condition
	// number is chosen from all values that it may have.
	numeric
	// leaving is a statement that is passed over.
	leaving
)

// siteOf the mutants below a node, or none.
func (f *finder) siteOf(n ast.Node) site {
	k := alone
	switch n := n.(type) {
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			k = condition
		}
	case *ast.BinaryExpr:
		k = f.kindOf(n)
	case *ast.CallExpr:
		if extremes(n) && safe(n) && slices.ContainsFunc(n.Args, func(e ast.Expr) bool { return !f.constant(e) }) {
			k = numeric
		}
	case *ast.ReturnStmt:
		if len(n.Results) == 0 {
			k = leaving
		}
	case *ast.BranchStmt:
		if n.Label == nil {
			k = leaving
		}
	}
	if f.plain[n] {
		k = condition
	}
	if k == alone || f.fixed[n] {
		return site{}
	}
	return site{k, f.fset.Position(n.Pos()).Offset, f.fset.Position(n.End()).Offset}
}

func (f *finder) kindOf(n *ast.BinaryExpr) kind {
	switch n.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ, token.LAND, token.LOR:
		return condition
	case token.SHL, token.SHR:
		return alone
	}
	// The type of a constant is that of what it meets, which is not known here.
	if f.constant(n) || !safe(n) {
		return alone
	}
	return numeric
}

// safe tells that all values of an expression may be worked out, whichever is
// wanted: no element that is not there, no division by zero.
func safe(e ast.Expr) bool {
	is := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.FuncLit:
			is = false
		case *ast.BinaryExpr:
			if n.Op == token.QUO || n.Op == token.REM {
				is = is && plain(n.Y) || literal(n.Y)
			}
		}
		return is
	})
	return is
}

// constant tells whether an expression may be one.
func (f *finder) constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return f.known[e.Name]
	case *ast.SelectorExpr:
		return f.constant(e.X)
	case *ast.ParenExpr:
		return f.constant(e.X)
	case *ast.BinaryExpr:
		return f.constant(e.X) && f.constant(e.Y)
	}
	return false
}

func literal(e ast.Expr) bool {
	_, ok := e.(*ast.BasicLit)
	return ok
}

// together writes a file with all the mutants that have a site; ids are those by
// which one is chosen, in the order of the mutants, which are sorted.
func together(source []byte, mutants []mutant, ids []int) []byte {
	var b strings.Builder
	done := 0
	for i := 0; i < len(mutants); {
		s := mutants[i].site
		n := i + 1
		for n < len(mutants) && mutants[n].site == s {
			n++
		}
		if s.kind != alone {
			b.Write(source[done:s.start])
			b.WriteString(s.choose(source, mutants[i:n], ids[i:n]))
			done = s.end
		}
		i = n
	}
	b.Write(source[done:])
	return []byte(b.String())
}

// choose writes the code of a site with its mutants.
func (s site) choose(source []byte, mutants []mutant, ids []int) string {
	original := string(source[s.start:s.end])
	var b strings.Builder
	switch s.kind {
	case condition:
		b.WriteString("func() bool { switch activeMutant {")
		for i, m := range mutants {
			fmt.Fprintf(&b, "\ncase %d: return (%s)", ids[i], m.within(source))
		}
		fmt.Fprintf(&b, "\n}; return (%s) }()", original)
	case numeric:
		fmt.Fprintf(&b, "chooseMutant([]int{%s}, %s", strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ", "), "[]"), original)
		for _, m := range mutants {
			b.WriteString(", " + m.within(source))
		}
		b.WriteString(")")
	case leaving:
		fmt.Fprintf(&b, "if activeMutant != %d { %s }", ids[0], original)
	}
	return b.String()
}

// within is the site of a mutant, with the change.
func (m mutant) within(source []byte) string {
	return string(source[m.site.start:m.offset]) + m.text + string(source[m.offset+m.length:m.site.end])
}

// chooser is a file of the mutated package that knows which mutant is active.
func chooser(name string) []byte {
	return []byte(`package ` + name + `

import (
	"os"
	"strconv"
)

var activeMutant = func() int { n, _ := strconv.Atoi(os.Getenv("` + variable + `")); return n }()

func chooseMutant[T any](ids []int, original T, mutants ...T) T {
	for i, id := range ids {
		if id == activeMutant {
			return mutants[i]
		}
	}
	return original
}
`)
}

// variable of the environment with the number of the active mutant; 0 is none.
const variable = "ACTIVE_MUTANT"
