package manual

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

const source = `package example

// Spec is of a function
// that paints.
type Spec struct {
	// Selector of what is painted.
	Selector *krm.Selector ` + "`json:\"selector\"`" + `
	// Colour of it.
	Colour string
	// Coats of paint.
	Coats []Coat
}

// Coat of paint.
type Coat struct {
	// Thickness in parts of a millimetre.
	Thickness int
	More map[string]string
}
`

type (
	// Spec as in the source.
	Spec struct {
		Colour string           `json:"colour" enum:"red,green"`
		Coats  []Coat           `json:"coats,omitempty"`
		Raw    map[string]any   `json:"raw,omitempty"`
		List   []map[string]any `json:"list,omitempty"`
	}
	// Coat as in the source.
	Coat struct {
		Thickness int               `json:"thickness"`
		More      map[string]string `json:"more,omitempty"`
	}
)

var paint = krm.Define(krm.Definition{Kind: "Paint", Command: "paint", Short: "Paint it", Source: source, Example: "kind: Paint\n"}, func(*krm.Run, Spec) error { return nil })

// The type says what there is, and its comments what it means.
func TestHelp(t *testing.T) {
	help, err := Help(paint)
	if err != nil {
		t.Fatal(err)
	}
	want := `Fields of spec:
  colour (red, green; required)
      colour of it.
  coats (list of mappings)
      coats of paint.
    thickness (integer; required)
        thickness in parts of a millimetre.
    more (mapping of texts)
  raw (mapping)
  list (list of mappings)

A functionConfig:

  kind: Paint
`
	if _, got, _ := strings.Cut(help, "\n\nFields"); cmp.Diff(want, "Fields"+got) != "" {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, "Fields"+got))
	}
	missing, err := Undescribed(paint)
	if diff := cmp.Diff([]string{"coats.more", "raw", "list"}, missing); diff != "" || err != nil {
		t.Errorf("undescribed fields %s, %v", diff, err)
	}
}

// An editor is told of unknown fields, of what must be there and of what is allowed.
func TestSchema(t *testing.T) {
	text, err := Schema(paint)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties struct {
			Kind struct{ Enum []string }
			Spec struct {
				AdditionalProperties bool
				Required             []string
				Properties           map[string]map[string]any
			}
		}
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	spec := schema.Properties.Spec
	if diff := cmp.Diff([]string{"colour"}, spec.Required); diff != "" || spec.AdditionalProperties || schema.Properties.Kind.Enum[0] != "Paint" {
		t.Errorf("%+v", schema)
	}
	want := map[string]any{"type": "string", "description": "colour of it.", "enum": []any{"red", "green"}}
	if diff := cmp.Diff(want, spec.Properties["colour"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Lines of help end before the width, at it, and never after.
func TestFolded(t *testing.T) {
	for width, want := range map[int][]string{6: {"a bc", "def"}, 7: {"a bc", "def"}, 8: {"a bc def"}, 2: {"a", "bc", "def"}} {
		if diff := cmp.Diff(want, folded("a bc  def", width)); diff != "" {
			t.Errorf("%d (-want +got):\n%s", width, diff)
		}
	}
}
