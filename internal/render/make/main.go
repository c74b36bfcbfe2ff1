// Command make writes the base of each release into a directory.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/render"
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
	for _, release := range catalog.Releases() {
		base, err := render.MakeBase(release)
		if err != nil {
			return err
		}
		data, err := base.Data()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, release+".json"), data, 0o644); err != nil {
			return fmt.Errorf("write base: %w", err)
		}
	}
	return nil
}
