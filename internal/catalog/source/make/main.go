// Command make writes the catalogue of each release into a directory.
package main

import (
	"github.com/whiskops/whiskops/internal/catalog/source"
	"github.com/whiskops/whiskops/internal/made"
)

func main() { made.Main(catalogues) }

func catalogues() (map[string][]byte, error) {
	releases, err := source.Releases()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, release := range releases {
		if files[release+".json"], err = source.Data(release); err != nil {
			return nil, err
		}
	}
	return files, nil
}
