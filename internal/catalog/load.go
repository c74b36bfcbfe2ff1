package catalog

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./source/make data

// data has a file for each release, and below parts what runs may not need (see
// Part), made by package source: a run spends its time on what the user wrote, not
// on constants.
//
//go:embed data/*.json data/parts/*.json
var data embed.FS

// Releases are the names of those that there are, sorted.
func Releases() []string {
	files, err := fs.Glob(data, "data/*.json")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(path.Base(f), ".json")
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
	// That it has no other fields was seen to when it was made.
	var c Catalog
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("read the catalogue of %s: %w", release, err)
	}
	c.whole()
	return &c, nil
}

// Decode reads a catalogue from JSON. A field that the types here do not have is
// an error: what it says would be lost in silence.
func Decode(text []byte) (*Catalog, error) {
	var c Catalog
	if err := strictly(text, &c); err != nil {
		return nil, err
	}
	c.whole()
	return &c, nil
}

// strictly decodes what has no other fields.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func (c *Catalog) whole() {
	for _, component := range c.Components {
		whole(component.Workload)
	}
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
