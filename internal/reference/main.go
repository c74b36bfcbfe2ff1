// Reference writes the contract for those who do not read CUE: the Go types of an
// environment, its reference in Markdown, a JSON Schema for editors, and the
// fields that `whiskops explain` and `whiskops show` look up. All come from one
// reading of schema/*.cue (contract.Shape), a file here for each; a test holds
// what is committed to what this program writes.
//
//	go generate ./...
package main

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/made"
)

func main() { made.Main(generate) }

// generate makes the files by their paths from the root of the repository.
func generate() (map[string][]byte, error) {
	con, err := contract.New()
	if err != nil {
		return nil, err
	}
	types, err := goTypes(con)
	if err != nil {
		return nil, fmt.Errorf("write the Go types: %w", err)
	}
	schema, err := jsonSchema(con)
	if err != nil {
		return nil, fmt.Errorf("write the JSON Schema: %w", err)
	}
	fields, err := fieldList(con)
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	return map[string][]byte{
		"internal/explain/fields.json":   fields,
		"internal/environment/types.go":  types,
		"docs/schema.md":                 markdown(con),
		"schema/environment.schema.json": schema,
	}, nil
}
