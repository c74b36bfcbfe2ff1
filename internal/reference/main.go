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
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/whiskops/whiskops/internal/contract"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reference ROOT, the root of the repository")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	files, err := generate()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

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
