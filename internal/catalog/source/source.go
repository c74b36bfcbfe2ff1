// Package source makes the catalogue of a release out of schema/catalog, when
// whiskops is built: the files that all releases share and the folder of the
// release are unified by CUE, configuration keys become the names of variables,
// files are put in, and every name and path that the data hold is checked.
package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"

	"github.com/whiskops/whiskops/internal/catalog"
	files "github.com/whiskops/whiskops/schema/catalog"
)

// Releases are the folders of schema/catalog that have CUE files, sorted.
func Releases() ([]string, error) {
	found, err := fs.Glob(files.Files, "*/*.cue")
	if err != nil {
		return nil, fmt.Errorf("list the catalogue: %w", err)
	}
	var releases []string
	for _, name := range found {
		releases = append(releases, path.Dir(name))
	}
	slices.Sort(releases)
	return slices.Compact(releases), nil
}

// Read makes the catalogue of a release. An error names what is wrong in the
// data.
func Read(release string) (*catalog.Catalog, error) {
	text, err := made(release)
	if err != nil {
		return nil, err
	}
	c, err := settled(release, text)
	if err != nil {
		return nil, err
	}
	return c, check(c)
}

// made is the catalogue of a release as JSON, with its variables and files put in.
func made(release string) ([]byte, error) {
	value, err := evaluate(release)
	if err != nil {
		return nil, err
	}
	text, err := value.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("evaluate the catalogue of %s: %w", release, err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return nil, fmt.Errorf("decode the catalogue of %s: %w", release, err)
	}
	names := variables{release}
	if plain, err = names.fill(plain); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(plain); err != nil {
		return nil, fmt.Errorf("decode the catalogue of %s: %w", release, err)
	}
	return text, nil
}

// settled is what made's JSON says, before it is checked.
func settled(release string, text []byte) (*catalog.Catalog, error) {
	c, err := catalog.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("decode the catalogue of %s: %w", release, err)
	}
	return c, variables{release}.settle(c)
}

// evaluate unifies the files of all releases with those of one.
func evaluate(release string) (cue.Value, error) {
	inst := build.NewContext().NewInstance("", nil)
	for _, pattern := range []string{"*.cue", release + "/*.cue"} {
		names, err := fs.Glob(files.Files, pattern)
		if err != nil {
			return cue.Value{}, fmt.Errorf("list the catalogue: %w", err)
		}
		for _, name := range names {
			src, err := files.Files.ReadFile(name)
			if err != nil {
				return cue.Value{}, fmt.Errorf("read the catalogue: %w", err)
			}
			f, err := parser.ParseFile(name, src, parser.ParseComments)
			if err != nil {
				return cue.Value{}, fmt.Errorf("parse the catalogue: %w", err)
			}
			if err := inst.AddSyntax(f); err != nil {
				return cue.Value{}, fmt.Errorf("parse the catalogue: %w", err)
			}
		}
	}
	v := cuecontext.New().BuildInstance(inst)
	if err := v.Validate(cue.Concrete(true)); err != nil {
		return v, fmt.Errorf("evaluate the catalogue of %s: %w", release, err)
	}
	return v, nil
}

// file of the catalogue by its path, with one line feed at its end.
func file(path string) (string, error) {
	text, err := files.Files.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the catalogue: %w", err)
	}
	if bytes.Contains(text, []byte("{{")) {
		return "", fmt.Errorf("catalogue file %s holds {{, which would be taken for a template", path)
	}
	return strings.TrimRight(string(text), "\n") + "\n", nil
}
