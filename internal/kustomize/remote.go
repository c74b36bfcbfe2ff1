package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ReferenceError says that a kustomization refers to what cannot take part in
// a build.
type ReferenceError struct {
	// File is the kustomization that refers to it, Line and Column count from 1.
	File         string
	Line, Column int
	// Field is the top-level field of the kustomization.
	Field string
	// Reference is the value as written.
	Reference string
	// Why is ErrRemote, ErrFileElsewhere, what a Tree says of a path, or
	// fs.ErrNotExist.
	Why error
}

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("%s:%d: %s refers to %q: %v", e.File, e.Line, e.Field, e.Reference, e.Why)
}

func (e *ReferenceError) Unwrap() error { return e.Why }

var (
	// ErrRemote says that a build would fetch something. No option of the
	// engine turns that off.
	ErrRemote = errors.New("it would be fetched while building")
	// ErrFileElsewhere says that a file is not below the folder of the
	// kustomization that lists it. The engine allows that of folders only.
	ErrFileElsewhere = errors.New("the file is not below the folder of its kustomization")
)

// Names under which the engine looks for a kustomization.
var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// IsThere tells whether a folder has a kustomization.
func IsThere(files fs.FS, dir string) bool {
	return slices.ContainsFunc(kustomizationNames, func(name string) bool {
		_, err := fs.Stat(files, path.Join(dir, name))
		return err == nil
	})
}

// directories are the fields whose entries may be folders, and so git
// repositories. paths are the fields, at any depth, whose values the engine
// loads as files, and so from the network too; a key outside both (the
// literals of a generator, the text of a patch) may hold any URL. plugged are those
// whose files may ask for a program.
var (
	directories = []string{"resources", "components", "bases"}
	loaded      = []string{"crds", "configurations", "generators", "transformers", "validators", "patchesstrategicmerge"}
	plugged     = []string{"generators", "transformers", "validators"}
	paths       = []string{"path", "paths", "files", "env", "envs"}
	// contained are the fields whose effect stays among the objects of their
	// own kustomization, but for the hashes of ConfigMaps' names.
	contained = []string{"apiversion", "kind", "namespace", "resources", "configmapgenerator", "replicas", "images", "patches"}
)

// git matches what the engine takes for a git repository although no scheme
// says so: "git@host:repo", "github.com/owner/repo", "git::..." and the
// markers of a repository inside a longer path.
var git = regexp.MustCompile(`(?i)^git@|^[^/]*@[^/]*:|^(www\.)?github\.com[/:]|^git::|\?|\.git(/|$)|_git/`)

type scanned struct {
	// openAPI: some kustomization has an openapi field.
	openAPI bool
	// reaches: some kustomization has a field that may change what others
	// build, or rename what others refer to.
	reaches bool
}

// scan walks the kustomizations below dir as a build would, reads no more of
// them than their references, and refuses what is remote or not there: left to
// the engine, that would be tried as a repository of git.
func scan(files filesys.FileSystem, dir string) (scanned, error) {
	s := scanner{files: files, seen: map[string]bool{}}
	_, s.runs = files.(*Running)
	at, file, err := files.CleanedAbs(dir)
	if err != nil || file != "" {
		return s.found, nil // the engine says it better
	}
	err = s.visit(at.String())
	return s.found, err
}

type scanner struct {
	files filesys.FileSystem
	seen  map[string]bool // folders, without links
	runs  bool            // whether functions are run
	found scanned
}

func (s *scanner) visit(dir string) error {
	if s.seen[dir] {
		return nil
	}
	s.seen[dir] = true
	for _, name := range kustomizationNames {
		file := path.Join(dir, name)
		text, err := s.files.ReadFile(file)
		if err != nil {
			continue // the engine says it better
		}
		n, err := yaml.Parse(string(text))
		if err != nil || n.YNode().Kind != yaml.MappingNode {
			continue
		}
		if !bytes.Contains(text, []byte("*")) {
			// No alias, so nothing that hides a reference.
		} else if err := n.DeAnchor(); err != nil {
			return fmt.Errorf("%s: %w", shown(file), err)
		}
		if err := s.kustomization(dir, file, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) kustomization(dir, file string, n *yaml.RNode) error {
	content := n.YNode().Content
	for i := 0; i+1 < len(content); i += 2 {
		// The engine reads field names as encoding/json does, in any case.
		field, value := strings.ToLower(content[i].Value), content[i+1]
		cannot := func(v *yaml.Node, why error) error {
			return &ReferenceError{File: shown(file), Line: v.Line, Column: v.Column, Field: content[i].Value, Reference: v.Value, Why: why}
		}
		s.found.reaches = s.found.reaches || !slices.Contains(contained, field)
		switch {
		case field == "openapi":
			s.found.openAPI = true
		case slices.Contains(directories, field):
			for _, v := range value.Content {
				if err := s.resource(dir, v, cannot); err != nil {
					return err
				}
			}
			continue
		case slices.Contains(loaded, field):
			for _, v := range value.Content {
				if err := s.configuration(dir, field, v, cannot); err != nil {
					return err
				}
			}
			continue
		}
		if err := s.fields(value, cannot); err != nil {
			return err
		}
	}
	return nil
}

// refusal makes the error of a reference.
type refusal func(v *yaml.Node, why error) error

// resource looks at an entry that is a file or a folder.
func (s *scanner) resource(dir string, v *yaml.Node, cannot refusal) error {
	if isRemote(v.Value) || git.MatchString(v.Value) {
		return cannot(v, ErrRemote)
	}
	if filepath.IsAbs(v.Value) {
		return cannot(v, ErrAbsolute)
	}
	at, file, err := s.files.CleanedAbs(path.Join(dir, v.Value))
	switch {
	case err != nil:
		return cannot(v, plain(err))
	case file == "":
		return s.visit(at.String())
	case !at.HasPrefix(filesys.ConfirmedDir(dir)):
		return cannot(v, ErrFileElsewhere)
	}
	return nil
}

// plain is an error without the path that it is about, which its reader knows.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// configuration looks at an entry that is a file, a folder, or the inline text
// of a transformer, which can name files of its own.
func (s *scanner) configuration(dir, name string, v *yaml.Node, cannot refusal) error {
	runs := s.runs && slices.Contains(plugged, name)
	text := v.Value
	if !strings.Contains(text, "\n") {
		if isRemote(text) || git.MatchString(text) {
			return cannot(v, ErrRemote)
		}
		at, file, err := s.files.CleanedAbs(path.Join(dir, text))
		if err != nil {
			return nil
		}
		if file == "" {
			if runs {
				if err := s.programs(name, at.String(), cannot, v); err != nil {
					return err
				}
			}
			return s.visit(at.String())
		}
		content, err := s.files.ReadFile(at.Join(file))
		if err != nil {
			return nil
		}
		text = string(content)
	}
	if runs {
		if err := function(name, text); err != nil {
			return cannot(v, err)
		}
	}
	n, err := yaml.Parse(text)
	if err != nil {
		return nil
	}
	return s.fields(n.YNode(), func(_ *yaml.Node, why error) error { return cannot(v, why) })
}

func (s *scanner) fields(n *yaml.Node, cannot refusal) error {
	if n.Kind != yaml.MappingNode {
		for _, e := range n.Content {
			if err := s.fields(e, cannot); err != nil {
				return err
			}
		}
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		value := n.Content[i+1]
		if slices.Contains(paths, strings.ToLower(n.Content[i].Value)) {
			for _, v := range append([]*yaml.Node{value}, value.Content...) {
				// "key=path" in the files of a generator
				_, file, named := strings.Cut(v.Value, "=")
				if isRemote(v.Value) || named && isRemote(file) {
					return cannot(v, ErrRemote)
				}
			}
		}
		if err := s.fields(value, cannot); err != nil {
			return err
		}
	}
	return nil
}

// isRemote is the engine's own test for a file on the network, and any other
// scheme.
func isRemote(p string) bool {
	if strings.Contains(p, "://") {
		return true
	}
	u, err := url.Parse(p)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}
