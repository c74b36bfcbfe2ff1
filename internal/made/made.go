// Package made is what the programs of `go generate` share: they make files, and
// write them below a directory.
package made

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Main writes files below the directory that is the program's one argument. make
// gives them by slash paths relative to it. What goes wrong ends the program: with
// 2 for wrong use, else with 1.
func Main(make func() (map[string][]byte, error)) {
	if len(os.Args) != 2 {
		fmt.Fprintf(os.Stderr, "usage: %s DIRECTORY\n", filepath.Base(os.Args[0]))
		os.Exit(2)
	}
	if err := write(os.Args[1], make); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string, make func() (map[string][]byte, error)) error {
	files, err := make()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), files[name], 0o644); err != nil {
			return fmt.Errorf("write what was made: %w", err)
		}
	}
	return nil
}
