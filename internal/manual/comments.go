// Package manual makes of a function's definition what people and editors read: the
// help of the command, a page, a JSON schema, and the entry of a catalogue. All of it
// comes from the Go type of the config: its fields' types, tags and comments.
package manual

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

// comments of types ("Spec") and of their fields ("Spec.Name"), as the source has them.
type comments map[string]string

// commentsOf the files with a definition's types.
func commentsOf(d krm.Definition) (comments, error) {
	c := comments{}
	for _, source := range []string{krm.SelectorSource, pods.WaitSource, d.Source} {
		if err := c.read(source); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c comments) read(source string) error {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, d := range file.Decls {
		general, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range general.Specs {
			t, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			c[t.Name.Name] = sentence(general.Doc)
			if st, ok := t.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					for _, name := range f.Names {
						c[t.Name.Name+"."+name.Name] = sentence(f.Doc)
					}
				}
			}
		}
	}
	return nil
}

// sentence is a comment on one line.
func sentence(doc *ast.CommentGroup) string {
	return strings.Join(strings.Fields(doc.Text()), " ")
}
