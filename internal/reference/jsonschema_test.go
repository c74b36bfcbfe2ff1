package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"cuelang.org/go/cue"
	"github.com/dop251/goja"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/contract/contracttest"
	"github.com/whiskops/whiskops/internal/place"
)

// The examples are valid as they are written, and with every default.
func TestJSONSchemaAcceptsExamples(t *testing.T) {
	con, schema := both(t)
	names, err := filepath.Glob(root + "/examples/environments/*.cue")
	if err != nil || len(names) == 0 {
		t.Fatal("no examples", err)
	}
	for _, name := range names {
		if filepath.Base(name) == "contract.cue" { // that is CUE's way to say it
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		it, err := con.Context().CompileBytes(src).Fields()
		if err != nil {
			t.Fatal(err)
		}
		for it.Next() {
			if err := validate(schema, jsonOf(t, it.Value())); err != nil {
				t.Errorf("%s, as written: %v", it.Selector(), err)
			}
			whole, err := con.Resolve(place.Read(it.Value()))
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(schema, whole); err != nil {
				t.Errorf("%s, with defaults: %v", it.Selector(), err)
			}
		}
	}
}

// The JSON Schema and the contract agree on random data, right and wrong, but
// for what is wrong with the meaning of a string alone.
func TestJSONSchemaAgreesWithContract(t *testing.T) {
	con, schema := both(t)
	shape := con.Shape()
	const seed = 11
	r := rand.New(rand.NewPCG(seed, seed))
	accepted, refused := 0, 0
	for i := range 600 {
		g := &contracttest.Generator{Rand: r, Wrong: i%3 != 0}
		data := g.Value(shape)
		fs := con.Check(&place.Source{Package: &place.Package{}, Name: "e", Data: data}, false)
		text := jsonOf(t, con.Context().BuildExpr(data.Expr()))
		err := validate(schema, text)
		switch {
		case len(fs) == 0 && err != nil:
			t.Fatalf("seed %d, %d: refused, but the contract allows it: %v\n%s", seed, i, err, text)
		case err == nil && !contracttest.MeaningAlone(fs):
			t.Fatalf("seed %d, %d: allowed, but the contract refuses it: %v\n%s", seed, i, fs, text)
		case err == nil:
			accepted++
		default:
			refused++
		}
	}
	if accepted < 100 || refused < 100 {
		t.Errorf("%d accepted and %d refused: too few to tell", accepted, refused)
	}
}

// Editors read patterns as JavaScript does, with Unicode; CUE reads them as Go
// does.
func TestPatternsAreJavaScript(t *testing.T) {
	con, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	vm := goja.New()
	test, err := vm.RunString(`(function(pattern, s) { return new RegExp(pattern, "u").test(s) })`)
	if err != nil {
		t.Fatal(err)
	}
	call, _ := goja.AssertFunction(test)
	samples := []string{"", "a", "a-b", "a.b", "A_b", "example.com:443", "10.0.0.0/8", "500m", "1.34", "512Mi", "75s", "/a/b", "/a/../b", "nodejs:20", "a/b@c", "a\n", "ü"}
	for _, def := range con.Definitions() {
		for _, form := range con.Definition(def).Forms {
			for _, s := range samples {
				got, err := call(goja.Undefined(), vm.ToValue(form.Pattern), vm.ToValue(s))
				if err != nil {
					t.Errorf("%s: %v", def, err)
					break
				}
				if got.ToBoolean() != form.Match(s) {
					t.Errorf("%s and %q: %t in JavaScript, %t in Go", def, s, got.ToBoolean(), form.Match(s))
				}
			}
		}
	}
}

func both(t *testing.T) (*contract.Contract, *jsonschema.Schema) {
	t.Helper()
	con, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	text, err := jsonSchema(con)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("environment.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("environment.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return con, schema
}

func jsonOf(t *testing.T, v cue.Value) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func validate(schema *jsonschema.Schema, text []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}
