package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// mutant is one change within one line of a file.
type mutant struct {
	// file is relative to the module, with slashes.
	file string
	// line counts from 1; offset and length are bytes of the file.
	line, offset, length int
	// text stands in their place.
	text string
	// before and after are the whole line, without the space around it. One that
	// goes has the line before it in front.
	before, after string
	site          site
}

// apply returns the file with the change made.
func (m mutant) apply(source []byte) []byte {
	return slices.Concat(source[:m.offset], []byte(m.text), source[m.offset+m.length:])
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d\n\t- %s\n\t+ %s", m.file, m.line, m.before, m.after)
}

// mutantsOf a file, in the order of their places. What a tool has written has
// none: its author is tested where it is.
func mutantsOf(file string, source []byte) ([]mutant, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(tree) {
		return nil, nil
	}
	f := &finder{file: file, source: source, fset: fset, plain: map[ast.Node]bool{}, fixed: map[ast.Node]bool{}, known: map[string]bool{}}
	f.constants(tree)
	f.inspect(tree)
	slices.SortFunc(f.found, func(a, b mutant) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.after, b.after))
	})
	return slices.Compact(f.found), nil
}

// finder collects the mutants of one file.
type finder struct {
	file   string
	source []byte
	fset   *token.FileSet
	found  []mutant
	// site of what is being visited.
	site site
	// plain conditions of an if, without an operator.
	plain map[ast.Node]bool
	// fixed are the expressions of constants, which nothing can choose, and known
	// the names of what may be one: constants of the file, and packages.
	fixed map[ast.Node]bool
	known map[string]bool
}

// constants notes what nothing can choose when it runs.
func (f *finder) constants(tree *ast.File) {
	for _, i := range tree.Imports {
		name := strings.Trim(i.Path.Value, `"`)
		f.known[name[strings.LastIndex(name, "/")+1:]] = true
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		d, ok := n.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST {
			return true
		}
		ast.Inspect(d, func(n ast.Node) bool {
			f.fixed[n] = true
			return true
		})
		for _, s := range d.Specs {
			for _, name := range s.(*ast.ValueSpec).Names {
				f.known[name.Name] = true
			}
		}
		return true
	})
}

// inspect a node and all below it. The outermost site is that of all.
func (f *finder) inspect(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		s := site{}
		if n != nil && f.site.kind == alone {
			s = f.siteOf(n)
		}
		if s.kind == alone {
			f.visit(n)
			return true
		}
		f.site = s
		f.inspect(n)
		f.site = site{}
		return false
	})
}

// change replaces what is between two places of one line.
func (f *finder) change(from, to token.Pos, text string) {
	at := f.fset.Position(from)
	start := at.Offset - (at.Column - 1)
	end := len(f.source)
	if i := bytes.IndexByte(f.source[start:], '\n'); i >= 0 {
		end = start + i
	}
	before, after := string(f.source[start:at.Offset]), string(f.source[at.Offset+int(to-from):end])
	if strings.TrimSpace(before) == "" && text == "" {
		before = f.lineBefore(start) + " " // a continue says nothing by itself
	}
	f.found = append(f.found, mutant{
		file: f.file, line: at.Line, offset: at.Offset, length: int(to - from), text: text, site: f.site,
		before: strings.TrimSpace(before + string(f.source[at.Offset:end])), after: strings.TrimSpace(before + text + after),
	})
}

// lineBefore the one that starts at an offset.
func (f *finder) lineBefore(start int) string {
	before := strings.TrimRight(string(f.source[:start]), "\n")
	return strings.TrimSpace(before[strings.LastIndexByte(before, '\n')+1:])
}

func (f *finder) visit(n ast.Node) {
	if f.plain[n] {
		f.change(n.Pos(), n.Pos(), "!")
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.operator(n)
		f.operands(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.change(n.OpPos, n.OpPos+1, "")
		}
	case *ast.IfStmt:
		f.plain[n.Cond] = plain(n.Cond)
	case *ast.CallExpr:
		if extremes(n) {
			f.extreme(n)
		}
	case *ast.ReturnStmt, *ast.BranchStmt:
		f.leave(n)
	}
}

// neighbours of an operator.
var neighbours = map[token.Token][]string{
	token.LSS: {"<="}, token.LEQ: {"<"}, token.GTR: {">="}, token.GEQ: {">"},
	token.EQL: {"!="}, token.NEQ: {"=="},
	token.LAND: {"||"}, token.LOR: {"&&"},
}

func (f *finder) operator(n *ast.BinaryExpr) {
	texts := neighbours[n.Op]
	// One number among many is a bound to both sides. Nothing is below zero here.
	if v, ok := number(n.Y); n.Op == token.EQL && ok && v > 0 {
		texts = append(slices.Clone(texts), "<=", ">=")
	}
	for _, text := range texts {
		f.change(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), text)
	}
}

// operands of an operator: conditions are negated, numbers are off by one.
func (f *finder) operands(n *ast.BinaryExpr) {
	up, down := true, true
	switch n.Op {
	case token.LAND, token.LOR:
		f.negate(n.X)
		f.negate(n.Y)
		return
	case token.SHL, token.SHR:
		return
	case token.QUO, token.REM:
		if v, ok := number(n.Y); ok && v == 1 {
			down = false // nothing is divided by zero
		}
	case token.GTR, token.LEQ:
		down = false // is what the neighbour of the operator does
	case token.LSS, token.GEQ:
		up = false
	}
	f.offByOne(n.X, true, true)
	f.offByOne(n.Y, up, down)
}

// negate a condition that has no operator of its own.
func (f *finder) negate(e ast.Expr) {
	if plain(e) {
		f.change(e.Pos(), e.Pos(), "!")
	}
}

func plain(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.CallExpr, *ast.SelectorExpr, *ast.IndexExpr:
		return true
	}
	return false
}

func (f *finder) offByOne(e ast.Expr, up, down bool) {
	v, ok := number(e)
	if !ok {
		return
	}
	if up {
		f.change(e.Pos(), e.End(), strconv.FormatInt(v+1, 10))
	}
	if down {
		f.change(e.Pos(), e.End(), strconv.FormatInt(v-1, 10))
	}
}

// number of a literal.
func number(e ast.Expr) (int64, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.INT {
		return 0, false
	}
	v, err := strconv.ParseInt(l.Value, 0, 64)
	return v, err == nil
}

// extremes tells whether a call is of min or max.
func extremes(n *ast.CallExpr) bool {
	name, ok := n.Fun.(*ast.Ident)
	return ok && len(n.Args) > 1 && (name.Name == "min" || name.Name == "max")
}

// extreme takes the least for the most, and the other way round, and moves a
// bound that is a number.
func (f *finder) extreme(n *ast.CallExpr) {
	other := "min"
	if n.Fun.(*ast.Ident).Name == "min" {
		other = "max"
	}
	f.change(n.Fun.Pos(), n.Fun.End(), other)
	for _, arg := range n.Args {
		f.offByOne(arg, true, true)
	}
}

// leave forgets to leave early: a return of nothing, a continue, a break.
func (f *finder) leave(n ast.Node) {
	switch n := n.(type) {
	case *ast.ReturnStmt:
		if len(n.Results) > 0 {
			return
		}
	case *ast.BranchStmt:
		if n.Label != nil || n.Tok != token.CONTINUE && n.Tok != token.BREAK {
			return
		}
	}
	f.change(n.Pos(), n.End(), "")
}
