package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/whiskops/whiskops/internal/catalog"
)

// Data are the files that the binary holds, by their paths: one for each release,
// and the parts below parts/, each once for all releases that say the same.
func Data() (map[string][]byte, error) {
	releases, err := Releases()
	if err != nil {
		return nil, err
	}
	made := written{}
	for _, release := range releases {
		c, err := Read(release)
		if err != nil {
			return nil, err
		}
		if err := made.add(c); err != nil {
			return nil, fmt.Errorf("encode the catalogue of %s: %w", release, err)
		}
	}
	return made, nil
}

// written files by their paths.
type written map[string][]byte

// add puts a catalogue's parts into files, and then the rest.
func (w written) add(c *catalog.Catalog) error {
	for name, component := range c.Components {
		if err := part(w, c.Release, name+"-files", &component.Files); err != nil {
			return err
		}
		c.Components[name] = component
	}
	for _, err := range []error{
		part(w, c.Release, "symptoms", &c.Symptoms),
		part(w, c.Release, "assumptions", &c.Assumptions),
		part(w, c.Release, "alerts", &c.Alerts),
		part(w, c.Release, "dashboard", &c.Dashboard),
	} {
		if err != nil {
			return err
		}
	}
	text, err := encode(c)
	w[c.Release+".json"] = text
	return err
}

// part moves one into a file: that of an earlier release, if it says the same, or
// else one of the release's own.
func part[T any](w written, release, name string, p *catalog.Part[T]) error {
	if v := reflect.ValueOf(p.Value()); v.IsZero() || v.Kind() == reflect.Map && v.Len() == 0 {
		return nil
	}
	text, err := encode(p.Value())
	if err != nil {
		return err
	}
	file := "parts/" + name + ".json"
	if there, ok := w[file]; ok && !bytes.Equal(there, text) {
		file = "parts/" + name + "." + release + ".json"
	}
	w[file] = text
	*p = catalog.In[T](file)
	return nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	err := e.Encode(v)
	return b.Bytes(), err
}
