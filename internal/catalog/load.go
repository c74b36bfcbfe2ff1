package catalog

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./source/make data

// data has a file for each release, made by package source: a run spends its
// time on what the user wrote, not on constants.
//
//go:embed data/*.json
var data embed.FS

// Releases are the names of those that there are, sorted.
func Releases() []string {
	files, err := data.ReadDir("data")
	if err != nil {
		panic(err) // the folder is in the binary
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f.Name(), ".json")
	}
	slices.Sort(names)
	return names
}

var loaded sync.Map // of release to func() (*Catalog, error)

// Load is the catalogue of a release. It is read once in a process and must not
// be changed. An error says that there is no such release.
func Load(release string) (*Catalog, error) {
	load, _ := loaded.LoadOrStore(release, sync.OnceValues(func() (*Catalog, error) { return read(release) }))
	return load.(func() (*Catalog, error))()
}

func read(release string) (*Catalog, error) {
	text, err := data.ReadFile("data/" + release + ".json")
	if err != nil {
		return nil, fmt.Errorf("there is no OpenWhisk release %q; there are %s", release, strings.Join(Releases(), ", "))
	}
	c, err := Decode(text)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue of %s: %w", release, err)
	}
	return c, nil
}

// Decode reads a catalogue from JSON. A field that the types here do not have is
// an error: what it says would be lost in silence.
func Decode(text []byte) (*Catalog, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var c Catalog
	if err := d.Decode(&c); err != nil {
		return nil, err
	}
	for _, component := range c.Components {
		whole(component.Workload)
	}
	return &c, nil
}

// whole turns the numbers of JSON, which are all floats, into the ints that they
// were.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		return int(v)
	case map[string]any:
		for k, e := range v {
			v[k] = whole(e)
		}
	case []any:
		for i, e := range v {
			v[i] = whole(e)
		}
	}
	return v
}
