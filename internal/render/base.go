package render

import (
	"embed"
	"fmt"
	"path"
	"sync"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/overlay"
)

//go:generate go run ./make data

// data has the base of each release, made by MakeBase: it follows from the schema
// and the catalogue alone.
//
//go:embed data/*.json
var data embed.FS

var bases sync.Map // of release to func() (*overlay.Base, error)

// Base is what every overlay of a release builds on. It is read once in a
// process. An error says that there is no such release.
func Base(release string) (*overlay.Base, error) {
	load, _ := bases.LoadOrStore(release, sync.OnceValues(func() (*overlay.Base, error) {
		text, err := data.ReadFile("data/" + release + ".json")
		if err != nil {
			return nil, fmt.Errorf("there is no base of OpenWhisk %q", release)
		}
		return overlay.Read(text)
	}))
	return load.(func() (*overlay.Base, error))()
}

// MakeBase renders the schema's defaults with a release.
func MakeBase(release string) (*overlay.Base, error) {
	env := environment.Base()
	env.OpenWhisk = release
	values, err := derived.New(&env)
	if err != nil {
		return nil, fmt.Errorf("make base: %w", err)
	}
	objects, err := desired(values)
	if err != nil {
		return nil, fmt.Errorf("make base: %w", err)
	}
	base, err := overlay.New(objects, path.Join(BaseFolder, release))
	if err != nil {
		return nil, fmt.Errorf("make base: %w", err)
	}
	return base, nil
}
