package environment

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/finding"
)

func contractOf(t testing.TB) *contract {
	t.Helper()
	con, err := newContract()
	if err != nil {
		t.Fatal(err)
	}
	return con
}

// Every field of the schema is a field of the Go structs and the reverse, of a
// type that can tell what the schema can.
func TestSchemaAndTypesAgree(t *testing.T) {
	agree(t, "", contractOf(t).shape, reflect.TypeFor[Environment](), false)
}

func agree(t *testing.T, path string, s *shape, typ reflect.Type, optional bool) {
	t.Helper()
	bad := func(want string) { t.Errorf("%s is %s in Go, but %s in the schema", path, typ, want) }
	switch s.kind {
	case cue.StringKind:
		if typ.Kind() != reflect.String {
			bad("a string")
		}
	case cue.IntKind:
		if typ.Kind() != reflect.Int {
			bad("an integer")
		}
		if s.low == nil || s.high == nil {
			t.Errorf("%s has no bounds: a Go int overflows", path)
		}
	case cue.BoolKind:
		if typ.Kind() != reflect.Bool {
			bad("a bool")
		}
	case cue.ListKind:
		if typ.Kind() != reflect.Slice {
			bad("a list")
			return
		}
		agree(t, path+"[]", s.elem, typ.Elem(), false)
	case cue.StructKind:
		if optional != (typ.Kind() == reflect.Pointer) && s.values == nil {
			bad(fmt.Sprintf("a struct (optional: %t)", optional))
			return
		}
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if s.values != nil {
			if typ.Kind() != reflect.Map || len(s.fields) > 0 {
				bad("a struct of free labels alone")
				return
			}
			agree(t, path+".*", s.values, typ.Elem(), false)
			return
		}
		var inGo []string
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, omit, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			inGo = append(inGo, name)
			field := s.field(name)
			if field == nil {
				t.Errorf("%s.%s is in Go, not in the schema", path, name)
				continue
			}
			if field.optional && omit != "omitempty" {
				t.Errorf("%s.%s is optional: its tag wants omitempty", path, name)
			}
			agree(t, path+"."+name, field.shape, f.Type, field.optional)
		}
		for _, f := range s.fields {
			if !slices.Contains(inGo, f.label) {
				t.Errorf("%s.%s is in the schema, not in Go", path, f.label)
			}
		}
	}
}

// Every field and every definition has a comment, and a form says by an example
// what it wants.
func TestSchemaIsDocumented(t *testing.T) {
	files, err := schemaFiles()
	if err != nil {
		t.Fatal(err)
	}
	s := newShapes(files)
	for name, doc := range s.docs {
		if doc == "" {
			t.Errorf("%s has no comment", name)
		}
		if name == "#Base" || name == "#ListDefaults" {
			continue // they are data
		}
		sh, err := s.definition(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(sh.forms) > 0 && !regexp.MustCompile(`^an? .*(for example|[0-9]{2})`).MatchString(sh.want) {
			t.Errorf("%s is a form, but its comment is no answer to \"want what?\": %q", name, sh.want)
		}
		var walk func(path string, sh *shape)
		walk = func(path string, sh *shape) {
			for _, f := range sh.fields {
				if f.doc == "" {
					t.Errorf("%s.%s has no comment", path, f.label)
				}
				walk(path+"."+f.label, f.shape)
			}
			if len(sh.forms) > 0 && sh.def == "" {
				t.Errorf("%s has a regular expression without a definition that explains it", path)
			}
			if sh.values != nil {
				walk(path+"[]", sh.keys)
				walk(path+".*", sh.values)
			}
			if sh.elem != nil {
				walk(path+"[]", sh.elem)
			}
		}
		walk(name, sh)
	}
	// A default on a list makes later unification ambiguous.
	for _, f := range files {
		ast.Walk(f, func(n ast.Node) bool {
			if b, ok := n.(*ast.BinaryExpr); ok {
				if _, list := b.Y.(*ast.ListLit); list {
					t.Errorf("%s: a list in a disjunction or a conjunction", b.Pos())
				}
			}
			return true
		}, nil)
	}
}

// The defaults themselves have the right form: the checker does not look at
// them, and what is more, it takes a default for one of the values allowed.
func TestDefaultsAreValid(t *testing.T) {
	con := contractOf(t)
	n := read(con.value.LookupPath(cue.ParsePath("#Base"))).merge(con.fill)
	k := &checker{env: "base", src: &source{pkg: &pack{}, env: "base", data: n}}
	k.value(nil, n, con.shape)
	if len(k.findings) > 0 {
		t.Errorf("the defaults have findings: %v", k.findings)
	}
}

// The checker and CUE agree on random data, right and wrong: what the checker
// lets through CUE accepts, and what it refuses CUE refuses, unless the reason
// is the meaning of a string.
func TestCheckerAgreesWithCUE(t *testing.T) {
	con := contractOf(t)
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	accepted, refused := 0, 0
	for i := range 600 {
		g := &generator{r: r, wrong: i%3 != 0}
		d := datum{name: "e", node: g.value(con.shape, 0)}
		k := &checker{env: d.name, src: &source{pkg: &pack{}, env: d.name, data: d.node}}
		k.value(nil, d.node, con.shape)
		env, err := con.resolve(d.node)
		meaningAlone := !slices.ContainsFunc(k.findings, func(f finding.Finding) bool { return f.Code != CodeForm })
		switch {
		case len(k.findings) == 0 && err != nil:
			t.Fatalf("seed %d, %d: CUE refuses what the checker lets through: %v", seed, i, err)
		case len(k.findings) > 0 && err == nil && !meaningAlone:
			t.Fatalf("seed %d, %d: CUE accepts what the checker refuses: %v", seed, i, k.findings)
		case err == nil && len(k.findings) == 0:
			accepted++
			if env.Edge.Host != d.node.field("edge").field("host").text {
				t.Errorf("host %q is not what was written", env.Edge.Host)
			}
		default:
			refused++
		}
	}
	if accepted < 100 || refused < 100 {
		t.Errorf("%d accepted and %d refused: too few to tell", accepted, refused)
	}
}

// generator makes data of a shape, sometimes wrong in one way or another.
type generator struct {
	r     *rand.Rand
	wrong bool
}

func (g *generator) value(s *shape, depth int) *node {
	if g.wrong && g.r.IntN(120) == 0 {
		others := []*node{
			{kind: cue.StringKind, text: "x"}, {kind: cue.IntKind, text: "1"}, {kind: cue.IntKind, text: "-99999999999999999999"},
			{kind: cue.BoolKind}, {kind: cue.NullKind}, {kind: cue.ListKind}, {kind: cue.StructKind}, {kind: cue.FloatKind, text: "1.5"}, {kind: cue.StringKind},
		}
		return others[g.r.IntN(len(others))]
	}
	n := &node{kind: s.kind}
	switch s.kind {
	case cue.BoolKind:
		n.truth = g.r.IntN(2) == 0
	case cue.IntKind:
		n.text = fmt.Sprint(*s.low + g.r.Int64N(*s.high-*s.low+1))
		if g.wrong && g.r.IntN(60) == 0 {
			n.text = fmt.Sprint(*s.low - 1)
		}
	case cue.StringKind:
		n.text = g.text(s)
	case cue.ListKind:
		for range s.min + g.r.IntN(3) - g.r.IntN(2) {
			n.elems = append(n.elems, g.value(s.elem, depth+1))
		}
		if !g.wrong && len(n.elems) < s.min {
			n.elems = append(n.elems, g.value(s.elem, depth+1))
		}
	case cue.StructKind:
		for _, f := range s.fields {
			odds := 3
			if f.mandatory || f.label == "host" || f.label == "edge" {
				odds = 100
			}
			if f.mandatory && !g.wrong || g.r.IntN(100) < odds*10 {
				n.fields = append(n.fields, member{f.label, g.value(f.shape, depth+1)})
			}
		}
		for range g.r.IntN(3) {
			if s.values == nil {
				break
			}
			if label := g.text(s.keys); n.field(label) == nil {
				n.fields = append(n.fields, member{label, g.value(s.values, depth+1)})
			}
		}
		if g.wrong && g.r.IntN(100) == 0 {
			n.fields = append(n.fields, member{"unknown", &node{kind: cue.IntKind, text: "1"}})
		}
	}
	return n
}

// text takes examples from the comments of forms.
func (g *generator) text(s *shape) string {
	odd := []string{"", "x", "A b", "-", "1", "1.5.2", "100Mi", "10.0.0.1/8", "a:0", "5m", "ü", strings.Repeat("a", 400)}
	switch {
	case g.wrong && g.r.IntN(40) == 0:
		return odd[g.r.IntN(len(odd))]
	case len(s.enum) > 0:
		return s.enum[g.r.IntN(len(s.enum))]
	}
	good := slices.DeleteFunc(append(odd, regexp.MustCompile(`[^" ]+`).FindAllString(s.want, -1)...), func(v string) bool { return s.refuses(v) != "" })
	if s.def == "#AuthKey" {
		good = []string{"23bc46b1-71f6-4ed5-8c54-816aa4f8c502:" + strings.Repeat("k", 64)}
	}
	if s.def == "#Digest" {
		good = []string{"sha256:" + strings.Repeat("0", 64)}
	}
	return good[g.r.IntN(len(good))]
}

// What is read from CUE and written again is the same.
func TestReadIsInverseOfExpr(t *testing.T) {
	con := contractOf(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		g := &generator{r: r}
		n := g.value(con.shape, 0)
		got := read(con.ctx.BuildExpr(n.expr()))
		if diff := cmp.Diff(n.plainText(), got.plainText()); diff != "" {
			t.Fatalf("data (-want +got):\n%s", diff)
		}
	}
}

func (n *node) plainText() string {
	var b strings.Builder
	fmt.Fprint(&b, n.kind, n.text, n.truth, "(")
	for _, e := range n.elems {
		b.WriteString(e.plainText())
	}
	for _, m := range n.fields {
		fmt.Fprintf(&b, "%q:%s", m.label, m.node.plainText())
	}
	return b.String() + ")"
}
