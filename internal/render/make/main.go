// Command make writes the base of each release into a directory.
package main

import (
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/made"
	"github.com/whiskops/whiskops/internal/render"
)

func main() { made.Main(bases) }

func bases() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, release := range catalog.Releases() {
		base, err := render.MakeBase(release)
		if err != nil {
			return nil, err
		}
		if files[release+".json"], err = base.Data(); err != nil {
			return nil, err
		}
	}
	return files, nil
}
