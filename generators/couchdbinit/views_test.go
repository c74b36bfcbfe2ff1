package couchdbinit

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/schema/catalog/again"
)

// catalogue holds the design documents of OpenWhisk, by the role of their
// database.
const catalogue = "../../schema/catalog/couchdb"

// ofProviders are the roles of databases that are not OpenWhisk's own.
var ofProviders = []string{"alarms", "kafka"}

// catalogued are OpenWhisk's own databases in the catalogue: role -> design document.
func catalogued(t *testing.T) map[string]map[string]Design {
	t.Helper()
	all := everyDesign(t)
	for _, role := range ofProviders {
		delete(all, role)
	}
	return all
}

// everyDesign reads the catalogue.
func everyDesign(t *testing.T) map[string]map[string]Design {
	t.Helper()
	files, err := fs.Glob(os.DirFS(catalogue), "*/*/*/*.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("no functions in %s: %v", catalogue, err)
	}
	all := map[string]map[string]Design{}
	for _, file := range files {
		raw, err := os.ReadFile(path.Join(catalogue, file))
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(strings.TrimSuffix(file, ".js"), "/")
		db, name, section, function := parts[0], parts[1], parts[2], parts[3]
		if all[db] == nil {
			all[db] = map[string]Design{}
		}
		d, ok := all[db][name]
		if !ok {
			d = Design{Name: name, Language: "javascript", Views: map[string]View{}, Filters: map[string]string{}}
		}
		switch section {
		case "views":
			d.Views[function] = View{Map: string(raw)}
		case "filters":
			d.Filters[function] = string(raw)
		default:
			t.Fatalf("%s: neither views nor filters", file)
		}
		all[db][name] = d
	}
	return all
}

type vectors struct {
	Documents map[string]map[string]json.RawMessage
	Vectors   []struct {
		ID, DB, DDoc, View, Doc string
		Rows                    json.RawMessage
	}
	Filters []struct {
		DDoc, Filter string
		Doc          json.RawMessage
		Result       bool
	}
}

func loadVectors(t *testing.T) vectors {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// mapRun runs a map function as CouchDB does: an error loses all rows.
const mapRun = `(function (document) {
	rows = [];
	try { map(JSON.parse(document)); } catch (e) { rows = []; }
	return JSON.stringify(rows);
})`

// A row's members that are undefined are null, as in CouchDB's index.
const emit = `var rows; function emit(key, value) {
	rows.push({key: key === undefined ? null : key, value: value === undefined ? null : value});
}`

func TestMapFunctionsMatchTheVectors(t *testing.T) {
	all := catalogued(t)
	v := loadVectors(t)
	if len(v.Vectors) != 648 {
		t.Fatalf("%d vectors, want 648", len(v.Vectors))
	}
	compiled := map[string]goja.Callable{}
	for _, tt := range v.Vectors {
		t.Run(tt.ID, func(t *testing.T) {
			id := tt.DB + "/" + tt.DDoc + "/" + tt.View
			if compiled[id] == nil {
				compiled[id] = compile(t, emit+"var map = ("+source(all[tt.DB][tt.DDoc].Views[tt.View].Map)+");"+mapRun)
			}
			got := call(t, compiled[id], v.Documents[tt.DB][tt.Doc])
			if diff := cmp.Diff(decode(t, tt.Rows), decode(t, []byte(got.String()))); diff != "" {
				t.Errorf("%s of %q (-want +got):\n%s", id, tt.Doc, diff)
			}
		})
	}
}

func TestFilterFunctionsMatchTheVectors(t *testing.T) {
	v := loadVectors(t)
	if len(v.Filters) != 12 {
		t.Fatalf("%d vectors, want 12", len(v.Filters))
	}
	for db, designs := range catalogued(t) {
		for _, tt := range v.Filters {
			t.Run(fmt.Sprintf("%s/%s", db, tt.Doc), func(t *testing.T) {
				text := source(designs[tt.DDoc].Filters[tt.Filter])
				fn := compile(t, "(function (document) { return ("+text+")(JSON.parse(document), {}); })")
				if got := call(t, fn, tt.Doc).Export(); got != tt.Result {
					t.Errorf("got %v, want %v", got, tt.Result)
				}
			})
		}
	}
}

// Every function that the vectors pin is in the catalogue, and the other way
// round: nothing is installed that no vector proves.
func TestVectorsCoverTheCatalogue(t *testing.T) {
	proven := map[string]bool{}
	v := loadVectors(t)
	for _, tt := range v.Vectors {
		proven[tt.DB+"/"+tt.DDoc+"/views/"+tt.View] = true
	}
	listed := map[string]bool{}
	for db, designs := range catalogued(t) {
		for name, d := range designs {
			for view := range d.Views {
				listed[db+"/"+name+"/views/"+view] = true
			}
		}
	}
	if diff := cmp.Diff(proven, listed); diff != "" {
		t.Errorf("-vectors +catalogue:\n%s", diff)
	}
}

// The catalogue's functions are read by SpiderMonkey 1.8.5 and newer, and
// published through ConfigMaps in which a tab or a space at the end of a line
// costs the readable form, and "${" may be substituted.
func TestFunctionsAreES5AndPlain(t *testing.T) {
	newer := regexp.MustCompile("=>|`|\\b(let|const|class)\\b|\\.includes\\(|\\.startsWith\\(|\\.\\.\\.")
	comment := regexp.MustCompile(`(?m)//.*$`)
	for db, designs := range everyDesign(t) {
		for name, d := range designs {
			functions := maps.Clone(d.Filters)
			for view, f := range d.Views {
				functions[view] = f.Map
			}
			for function, text := range functions {
				id := db + "/" + name + "/" + function
				if found := newer.FindString(comment.ReplaceAllString(text, "")); found != "" {
					t.Errorf("%s: %q is not ES5", id, found)
				}
				plain(t, id, text)
			}
		}
	}
	plain(t, "init.js", program)
	plain(t, "again.js", again.Program)
}

func plain(t *testing.T, id, text string) {
	t.Helper()
	if found := regexp.MustCompile(`\t|(?m) +$|\$[{(]|\r`).FindString(text); found != "" {
		t.Errorf("%s: contains %q", id, found)
	}
}

func compile(t *testing.T, text string) goja.Callable {
	t.Helper()
	v, err := goja.New().RunString(text)
	if err != nil {
		t.Fatal(err)
	}
	fn, ok := goja.AssertFunction(v)
	if !ok {
		t.Fatalf("no function: %s", strings.SplitN(text, "\n", 2)[0])
	}
	return fn
}

func call(t *testing.T, fn goja.Callable, document []byte) goja.Value {
	t.Helper()
	v, err := fn(goja.Undefined(), goja.New().ToValue(string(document)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func decode(t *testing.T, raw []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
