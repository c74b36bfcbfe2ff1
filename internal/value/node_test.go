package value_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/generators/configmaps"
	"github.com/whiskops/whiskops/generators/couchdbinit"
	"github.com/whiskops/whiskops/generators/ephemeral"
	"github.com/whiskops/whiskops/generators/externalsecrets"
	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/jobnames"
	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/generators/nginxedge"
	"github.com/whiskops/whiskops/generators/placement"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/value"
)

// specs are the types of the functionConfigs.
var specs = []any{
	certificates.Spec{}, configmaps.Spec{}, couchdbinit.Spec{}, ephemeral.Spec{}, externalsecrets.Spec{}, foundation.Spec{}, jobnames.Spec{}, kafkatopics.Spec{},
	networkpolicies.Spec{}, nginxedge.Spec{}, placement.Spec{}, volumes.Spec{}, workload.Spec{},
}

// sameAsJSON holds the node of a value against that of its JSON.
func sameAsJSON(t *testing.T, v any) {
	t.Helper()
	got, err := value.Node(v)
	text, jsonErr := json.Marshal(v)
	if jsonErr != nil {
		if err == nil {
			t.Errorf("%T %+v is a node, but JSON says: %v", v, v, jsonErr)
		}
		return
	}
	if err != nil {
		t.Fatalf("%T %+v: %v", v, v, err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		t.Fatal(err)
	}
	want, err := value.Node(plain)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) { // cmp alone takes ages for what is deep
		t.Errorf("%T %+v (-JSON +directly):\n%s", v, v, cmp.Diff(want, got))
	}
	// The node says what the JSON says, not only what a node of it says.
	read, err := value.Read(got)
	if err != nil {
		t.Fatal(err)
	}
	if settled, err := value.Settle(plain); err != nil || !value.Equal(settled, read) {
		t.Errorf("%T %+v is read as something else than JSON (%v):\n%s", v, v, err, value.Diff(settled, read))
	}
}

type (
	word   string
	flavor int
	named  struct {
		A int    `json:"a"`
		B string `json:"b,omitempty"`
	}
	tagged struct {
		Plain   int
		Omitted string    `json:"omitted,omitempty"`
		Zero    named     `json:"zero,omitzero"`
		Kept    named     `json:"kept,omitempty"`
		Moment  time.Time `json:"moment,omitzero"`
		Secret  string    `json:"-"`
		//lint:ignore SA5008 that a name of "-" can be written so is the test
		Dash    string          `json:"-,"`
		Pointer *named          `json:"pointer"`
		Maybe   *named          `json:"maybe,omitempty"`
		List    []named         `json:"list"`
		Words   map[word]flavor `json:"words,omitempty"`
		Any     any             `json:"any"`
		Array   [2]bool         `json:"array"`
		Bytes   []byte          `json:"bytes"`
		Number  json.Number     `json:"number"`
		Quoted  int             `json:"quoted,string"`
		//lint:ignore U1000 that it is not written is the test
		unexported int
		Odd        string           `json:"<odd>"`
		Integers   map[int]string   `json:"integers"`
		Raw        json.RawMessage  `json:"raw,omitempty"`
		Big        *big.Int         `json:"big"`
		Float      float32          `json:"float"`
		Small      uint8            `json:"small"`
		Interface  fmt.Stringer     `json:"interface"`
		Times      map[string]*word `json:"times"`
	}
	embedded struct {
		named
		C bool `json:"c"`
	}
	onPointer struct{ v string }
)

func (p *onPointer) MarshalJSON() ([]byte, error) { return json.Marshal("pointer " + p.v) }

type byText struct{ v string }

func (b byText) MarshalText() ([]byte, error) { return []byte("text " + b.v), nil }

func TestNodeIsAsJSON(t *testing.T) {
	w := word("on")
	for _, v := range []any{
		nil, true, "no", "a\xff\xfeb", 7, int64(math.MinInt64), uint64(math.MaxUint64), 1.5, 100.0, 1e21, 1e-7, float32(0.1), w, flavor(3),
		json.Number(""), json.Number("1.50"), json.Number("1E+2"), json.Number("12345678901234567890"), json.Number("x"), json.Number(" 1"), json.Number("-0"),
		map[string]any{"b": []any{1, "x", nil, map[string]any{}, []any{}}, "": "1:30", "\xff": 1, "\xfe": 2},
		map[string]string{"a": "<&>", "\u2028": "y"}, []map[string]any{{"x": 1}, nil}, map[string]any(nil), []any(nil), []string(nil), (*named)(nil), map[string]string(nil),
		tagged{}, &tagged{Omitted: "o", Zero: named{A: 1}, Pointer: &named{B: "y"}, Maybe: &named{}, List: []named{{A: 1}}, Words: map[word]flavor{"off": 1},
			Any: &tagged{}, Bytes: []byte("bytes"), Number: "7", Integers: map[int]string{10: "a", 9: "b"}, Raw: json.RawMessage(`{"z":1,"a":[1.0]}`),
			Big: big.NewInt(7), Float: 0.1, Moment: time.Unix(0, 0).UTC(), Times: map[string]*word{"a": &w, "b": nil}},
		embedded{named: named{A: 1}}, byText{"a"}, &byText{"a"}, map[string]byText{"k": {"v"}}, []onPointer{{"a"}}, &[]onPointer{{"a"}}, &struct{ P onPointer }{onPointer{"a"}},
		struct{ P onPointer }{onPointer{"a"}}, [3]byte{1, 2, 3}, []any{w, &w, named{}}, math.NaN(), math.Inf(1), make(chan int), map[string]any{"f": func() {}}, []any{complex(1, 1)},
		map[bool]int{true: 1}, map[byText]int{{"a"}: 1}, struct{}{}, strings.Repeat("[", 3), nested(1200),
	} {
		sameAsJSON(t, v)
	}
	for _, spec := range specs {
		sameAsJSON(t, spec)
	}
}

// nested are so many lists in each other.
func nested(n int) any {
	var v any = "in the middle"
	for range n {
		v = []any{v}
	}
	return v
}

// A value that holds itself ends in an error, not in the stack's.
func TestNodeOfACircle(t *testing.T) {
	m := map[string]any{}
	m["m"] = []any{m}
	type link struct{ Next *link }
	l := &link{}
	l.Next = l
	for _, v := range []any{m, l} {
		if _, err := value.Node(v); err == nil {
			t.Errorf("%T: no error", v)
		}
	}
}

// TestRandomNodesAreAsJSON fills in the functionConfigs, and types that are
// random themselves.
func TestRandomNodesAreAsJSON(t *testing.T) {
	for _, seed := range seeds.Of(t, 50, 1000) {
		r := rand.New(rand.NewPCG(seed, 0))
		for _, spec := range specs {
			sameAsJSON(t, filled(r, reflect.TypeOf(spec)))
			sameAsJSON(t, filled(r, someType(r, 4)))
		}
		if t.Failed() {
			t.Fatal("seed", seed)
		}
	}
}

func FuzzNode(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		sameAsJSON(t, filled(r, someType(r, 5)))
	})
}

func filled(r *rand.Rand, t reflect.Type) any {
	v := reflect.New(t)
	fill(r, v.Elem(), 6)
	if r.IntN(2) == 0 {
		return v.Interface()
	}
	return v.Elem().Interface()
}

// fill writes random values into v, some of them zero.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	if !v.CanSet() || depth == 0 || r.IntN(6) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i), depth-1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(r, v.Elem(), depth-1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(r, v.Index(i), depth-1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(4) {
			k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(r, k, depth-1)
			fill(r, e, depth-1)
			v.SetMapIndex(k, e)
		}
	case reflect.Interface:
		if e := filled(r, someType(r, depth-1)); v.NumMethod() == 0 && e != nil {
			v.Set(reflect.ValueOf(e))
		}
	case reflect.String:
		v.SetString([]string{"", "no", "1:30", "text", "a\nb", "\xff", "\xfe\xff", "null", "é", "<&>\u2028"}[r.IntN(10)])
		if v.Type() == reflect.TypeFor[json.Number]() {
			v.SetString([]string{"", "1", "1.50", "1e3", "12345678901234567890"}[r.IntN(5)])
		}
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> r.IntN(64))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.Uint64() >> r.IntN(64))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{1, 0.5, -2.25, 1e21, 1e-9, r.NormFloat64()}[r.IntN(6)])
	}
}

var scalars = []reflect.Type{
	reflect.TypeFor[string](), reflect.TypeFor[word](), reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[flavor](), reflect.TypeFor[int8](),
	reflect.TypeFor[uint16](), reflect.TypeFor[float64](), reflect.TypeFor[float32](), reflect.TypeFor[json.Number](), reflect.TypeFor[any](), reflect.TypeFor[[]byte](),
	reflect.TypeFor[tagged](), reflect.TypeFor[byText](), reflect.TypeFor[onPointer](), reflect.TypeFor[map[string]any](), reflect.TypeFor[[]any](),
}

// someType makes a type up.
func someType(r *rand.Rand, depth int) reflect.Type {
	if depth <= 0 {
		return scalars[r.IntN(len(scalars))]
	}
	switch of := someType(r, depth-1); r.IntN(6) {
	case 0:
		return reflect.SliceOf(of)
	case 1:
		return reflect.ArrayOf(r.IntN(3), of)
	case 2:
		return reflect.PointerTo(of)
	case 3:
		key := []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[word](), reflect.TypeFor[int](), reflect.TypeFor[byText]()}[r.IntN(4)]
		return reflect.MapOf(key, of)
	case 4:
		return of
	}
	var fields []reflect.StructField
	for i := range r.IntN(5) {
		name := []string{"", "a", "name", "metadata", "a-b", "a<b", "-"}[r.IntN(7)]
		option := []string{"", "", ",omitempty", ",omitzero", ",omitempty,omitzero", ",string"}[r.IntN(6)]
		tag := reflect.StructTag(fmt.Sprintf("json:%q", name+option))
		fields = append(fields, reflect.StructField{Name: fmt.Sprint("F", i), Type: someType(r, depth-1), Tag: tag})
	}
	return reflect.StructOf(fields)
}

func TestDocumentIsInReadingOrder(t *testing.T) {
	n, err := value.Document(map[string]any{"b": 1, "kind": "K", "a": named{1, "x"}, "metadata": map[string]any{"labels": nil, "name": "x"}, "apiVersion": "v1", "$patch": "delete"})
	if err != nil {
		t.Fatal(err)
	}
	want := "$patch: delete\napiVersion: v1\nkind: K\nmetadata:\n  name: x\n  labels: null\na:\n  a: 1\n  b: x\nb: 1\n"
	if got, err := yaml.String(n); err != nil || got != want {
		t.Errorf("%v, got:\n%s\nwant:\n%s", err, got, want)
	}
}

// BenchmarkNode is of what a workload's functionConfig is like.
func BenchmarkNode(b *testing.B) {
	type variable struct {
		Name  string `json:"name"`
		Value string `json:"value,omitempty"`
	}
	type spec struct {
		Component string            `json:"component"`
		Replicas  int               `json:"replicas,omitempty"`
		Variables []variable        `json:"variables"`
		Labels    map[string]string `json:"labels"`
		Probe     map[string]any    `json:"probe"`
		Absent    *variable         `json:"absent,omitempty"`
	}
	s := spec{Component: "controller", Replicas: 2, Labels: map[string]string{"app": "controller", "tier": "core"}, Probe: map[string]any{"httpGet": map[string]any{"port": 8080, "path": "/ping"}}}
	for i := range 30 {
		s.Variables = append(s.Variables, variable{fmt.Sprintf("CONFIG_whisk_setting_%d", i), "http://kafka-0.kafka:9092"})
	}
	v := map[string]any{"kind": "Workload", "spec": s}
	for name, node := range map[string]func(any) (*yaml.Node, error){
		"directly": value.Node,
		"through JSON": func(v any) (*yaml.Node, error) {
			plain, err := value.Of(v)
			if err != nil {
				return nil, err
			}
			return value.Node(plain)
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := node(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
