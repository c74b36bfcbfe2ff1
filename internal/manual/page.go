package manual

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// List is a line for each function.
func List(all []krm.Definition) string {
	var b strings.Builder
	for _, d := range all {
		fmt.Fprintf(&b, "  %-24s %s\n", d.Command, d.Short)
	}
	return b.String()
}

// Help of a function, as the command prints it.
func Help(d krm.Definition) (string, error) {
	fields, err := fieldsOf(d)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nIt reads a ResourceList from standard input, with a functionConfig of kind %s,\nand writes the ResourceList to standard output.\n\nFields of spec:\n", d.Short, d.Kind)
	write(&b, fields, "  ")
	fmt.Fprintf(&b, "\nA functionConfig:\n\n%s", indent(d.Example, "  "))
	return b.String(), nil
}

// width of a line of help.
const width = 88

func write(b *strings.Builder, fields []field, at string) {
	for _, f := range fields {
		fmt.Fprintf(b, "%s%s (%s)\n", at, f.Name, f.kind())
		for _, line := range folded(f.Doc, width-len(at)-4) {
			fmt.Fprintf(b, "%s    %s\n", at, line)
		}
		write(b, f.Fields, at+"  ")
	}
}

// kind of a field: its type, what is allowed, and whether it must be there.
func (f field) kind() string {
	text := f.Type
	if len(f.Enum) > 0 {
		text = strings.Join(f.Enum, ", ")
	}
	if f.Required {
		text += "; required"
	}
	return text
}

// folded is a text in lines.
func folded(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(by + line)
	}
	return b.String()
}

// Page about a function, for docs/functions.
func Page(d krm.Definition) (string, error) {
	fields, err := fieldsOf(d)
	if err != nil {
		return "", err
	}
	c, err := commentsOf(d)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n%s\n\n", d.Command, d.Short, c[d.Spec.Name()])
	b.WriteString("`go test ./cmd/whiskops -run FunctionsDocument -update` writes this page from the function's type. [What holds for all functions](../functions.md).\n\n")
	fmt.Fprintf(&b, "```yaml\n%s```\n\n## Fields of spec\n\n| field | type | meaning |\n|---|---|---|\n", d.Example)
	rows(&b, fields, "")
	return b.String(), nil
}

func rows(b *strings.Builder, fields []field, at string) {
	for _, f := range fields {
		fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", at, f.Name, f.kind(), strings.ReplaceAll(f.Doc, "|", `\|`))
		below := at + f.Name + "."
		if strings.HasPrefix(f.Type, "list") {
			below = at + f.Name + "[]."
		}
		rows(b, f.Fields, below)
	}
}

// Catalogue is a KRMFunctionDefinition for each function (kustomize,
// kyaml/fn/framework/function_definition.go).
func Catalogue(header string, all []krm.Definition) ([]byte, error) {
	var definitions []map[string]any
	for _, d := range all {
		schema, err := whole(d)
		if err != nil {
			return nil, err
		}
		group, version, _ := strings.Cut(krm.FunctionVersion, "/")
		definitions = append(definitions, map[string]any{
			"apiVersion": "config.kubernetes.io/v1alpha1", "kind": "KRMFunctionDefinition",
			"metadata": map[string]any{"name": strings.ToLower(d.Kind) + "." + group},
			"spec": map[string]any{
				"group": group, "names": map[string]any{"kind": d.Kind}, "description": d.Short, "publisher": "whiskops",
				"versions": []any{map[string]any{
					"name": version, "schema": map[string]any{"openAPIV3Schema": schema}, "idempotent": true, "license": "Apache-2.0",
					"examples": []any{d.Example},
					"runtime":  map[string]any{"exec": map[string]any{"path": "whiskops", "args": []any{"fn", d.Command}}},
				}},
			},
		})
	}
	return value.Write(header, definitions...)
}
