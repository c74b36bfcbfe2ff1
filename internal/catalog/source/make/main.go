// Command make writes the catalogue of each release into a directory.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/whiskops/whiskops/internal/catalog/source"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: make DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string) error {
	releases, err := source.Releases()
	if err != nil {
		return err
	}
	for _, release := range releases {
		data, err := source.Data(release)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, release+".json"), data, 0o644); err != nil {
			return fmt.Errorf("write the catalogue: %w", err)
		}
	}
	return nil
}
