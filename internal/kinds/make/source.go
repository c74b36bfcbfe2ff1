package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// source is the Go source of one version.
type source struct {
	dirs     map[string]string // of modules
	packages map[string]*pkg   // by import path
}

// pkg is what is read of a package.
type pkg struct {
	path  string
	group string
	types map[string]ast.Expr
	// imports of the file in which a type is.
	imports map[string]map[string]string
	// gone is the minor in which a kind was no longer served.
	gone map[string]int
}

// opaque are types that are written otherwise than their fields say.
var opaque = map[string]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":       "string",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":  "string",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":   "string",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":   "any",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":   "scalar",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString": "scalar",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":    "any",
	"k8s.io/apimachinery/pkg/runtime.Object":          "any",
	"k8s.io/apimachinery/pkg/apis/meta/v1.TypeMeta":   "",
	"encoding/json.RawMessage":                        "any",
	"k8s.io/apimachinery/pkg/apis/meta/v1.ListMeta":   "any",
	"k8s.io/apimachinery/pkg/types.UID":               "string",
	"k8s.io/apimachinery/pkg/apis/meta/v1.LabelSet":   "{}string",
}

// basic types of Go, as JSON has them.
var basic = map[string]string{
	"string": "string", "bool": "boolean", "byte": "integer", "float64": "number", "float32": "number",
	"int": "integer", "int32": "integer", "int64": "integer", "uint32": "integer", "uint64": "integer", "uint8": "integer", "int16": "integer", "uint16": "integer",
}

// read adds all kinds of a minor version to a model.
func (s *source) read(minor int, to *model) error {
	root := s.dirs["k8s.io/api"]
	folders, err := filepath.Glob(filepath.Join(root, "*", "v*"))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		version := filepath.Base(folder)
		p, err := s.pkg("k8s.io/api/" + filepath.Base(filepath.Dir(folder)) + "/" + version)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(p.types)) {
			if gone, ok := p.gone[name]; !isKind(p.types[name]) || ok && gone <= minor {
				continue
			}
			id := typeName(p.path, name)
			to.kind(strings.TrimPrefix(p.group+"/"+version, "/")+" "+name, id, minor)
			if err := s.fields(p, name, minor, to); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
	}
	return nil
}

// isKind tells whether a type is that of an object: it has the two of them.
func isKind(t ast.Expr) bool {
	st, ok := t.(*ast.StructType)
	if !ok {
		return false
	}
	found := 0
	for _, f := range st.Fields.List {
		if sel, ok := f.Type.(*ast.SelectorExpr); ok && len(f.Names) == 0 && (sel.Sel.Name == "TypeMeta" || sel.Sel.Name == "ObjectMeta") {
			found++
		}
	}
	return found == 2
}

// fields adds the fields of a type, and of all that it is made of.
func (s *source) fields(p *pkg, name string, minor int, to *model) error {
	id := typeName(p.path, name)
	if !to.begin(id, minor) {
		return nil
	}
	st, ok := p.types[name].(*ast.StructType)
	if !ok {
		return fmt.Errorf("%s is no struct", id)
	}
	return s.structure(p, name, st, id, minor, to)
}

func (s *source) structure(p *pkg, name string, st *ast.StructType, id string, minor int, to *model) error {
	for _, f := range st.Fields.List {
		tag := ""
		if f.Tag != nil {
			text, _ := strconv.Unquote(f.Tag.Value)
			tag = reflect.StructTag(text).Get("json")
		}
		called, _, _ := strings.Cut(tag, ",")
		if called == "-" || called == "" && len(f.Names) > 0 {
			continue
		}
		if called == "" { // inline
			if err := s.inline(p, name, f.Type, id, minor, to); err != nil {
				return err
			}
			continue
		}
		is, err := s.typeOf(p, name, f.Type, minor, to)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", id, called, err)
		}
		to.field(id, called, is, minor)
	}
	return nil
}

// inline adds the fields of an embedded type to another.
func (s *source) inline(p *pkg, name string, t ast.Expr, id string, minor int, to *model) error {
	in, sub, err := s.find(p, name, t)
	if err != nil {
		return err
	}
	if opaque[in.path+"."+sub] == "" && sub == "TypeMeta" {
		to.field(id, "apiVersion", "string", minor)
		to.field(id, "kind", "string", minor)
		return nil
	}
	switch of := in.types[sub].(type) {
	case *ast.StructType:
		return s.structure(in, sub, of, id, minor, to)
	case *ast.Ident, *ast.SelectorExpr: // another name for a type
		return s.inline(in, sub, of, id, minor, to)
	}
	return fmt.Errorf("%s.%s is inline and no struct", in.path, sub)
}

// find is the package and name of a type that a type of a package mentions.
func (s *source) find(p *pkg, name string, t ast.Expr) (*pkg, string, error) {
	switch t := t.(type) {
	case *ast.StarExpr:
		return s.find(p, name, t.X)
	case *ast.Ident:
		return p, t.Name, nil
	case *ast.SelectorExpr:
		at := p.imports[name][t.X.(*ast.Ident).Name]
		if _, known := opaque[at+"."+t.Sel.Name]; known {
			return &pkg{path: at}, t.Sel.Name, nil
		}
		in, err := s.pkg(at)
		return in, t.Sel.Name, err
	}
	return nil, "", fmt.Errorf("type %T is not known", t)
}

// typeOf is a type in the words of the model.
func (s *source) typeOf(p *pkg, name string, t ast.Expr, minor int, to *model) (string, error) {
	switch t := t.(type) {
	case *ast.StarExpr:
		return s.typeOf(p, name, t.X, minor, to)
	case *ast.ArrayType:
		if e, ok := t.Elt.(*ast.Ident); ok && e.Name == "byte" {
			return "string", nil
		}
		of, err := s.typeOf(p, name, t.Elt, minor, to)
		return "[]" + of, err
	case *ast.MapType:
		of, err := s.typeOf(p, name, t.Value, minor, to)
		return "{}" + of, err
	case *ast.Ident:
		if of, ok := basic[t.Name]; ok {
			return of, nil
		}
	}
	in, sub, err := s.find(p, name, t)
	if err != nil {
		return "", err
	}
	if of, ok := opaque[in.path+"."+sub]; ok {
		return of, nil
	}
	of, ok := in.types[sub]
	if !ok {
		return "", fmt.Errorf("%s has no type %s", in.path, sub)
	}
	if _, ok := of.(*ast.StructType); ok {
		return typeName(in.path, sub), s.fields(in, sub, minor, to)
	}
	return s.typeOf(in, sub, of, minor, to)
}

// typeName is a type of a package, short.
func typeName(at, name string) string {
	dir, version := path.Split(at)
	return path.Base(dir) + "." + version + "." + name
}

// pkg reads a package.
func (s *source) pkg(at string) (*pkg, error) {
	if p, ok := s.packages[at]; ok {
		return p, nil
	}
	dir := ""
	for module, d := range s.dirs {
		if rest, ok := strings.CutPrefix(at, module+"/"); ok {
			dir = filepath.Join(d, filepath.FromSlash(rest))
		}
	}
	if dir == "" {
		return nil, fmt.Errorf("package %s is of no module that is read", at)
	}
	p := &pkg{path: at, types: map[string]ast.Expr{}, imports: map[string]map[string]string{}, gone: map[string]int{}}
	s.packages[at] = p
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || e.Name() == "generated.pb.go" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.add(f)
	}
	return p, nil
}

func (p *pkg) add(f *ast.File) {
	imports := map[string]string{}
	for _, i := range f.Imports {
		at, _ := strconv.Unquote(i.Path.Value)
		name := path.Base(at)
		if i.Name != nil {
			name = i.Name.Name
		}
		imports[name] = at
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					p.types[spec.Name.Name] = spec.Type
					p.imports[spec.Name.Name] = imports
				case *ast.ValueSpec:
					if spec.Names[0].Name == "GroupName" && len(spec.Values) == 1 {
						if v, ok := spec.Values[0].(*ast.BasicLit); ok {
							p.group, _ = strconv.Unquote(v.Value)
						}
					}
				}
			}
		case *ast.FuncDecl:
			p.removed(d)
		}
	}
}

// removed notes when a kind was removed, as its method says.
func (p *pkg) removed(d *ast.FuncDecl) {
	if d.Name.Name != "APILifecycleRemoved" || d.Recv == nil {
		return
	}
	star, ok := d.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return
	}
	returned, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(returned.Results) != 2 {
		return
	}
	if minor, ok := returned.Results[1].(*ast.BasicLit); ok {
		p.gone[star.X.(*ast.Ident).Name], _ = strconv.Atoi(minor.Value)
	}
}
