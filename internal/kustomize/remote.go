package kustomize

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// RemoteError says that a kustomization refers to something outside the tree
// that a build would fetch. No option of the engine turns that off.
type RemoteError struct {
	// File is the kustomization that refers to it, Line counts from 1.
	File string
	Line int
	// Field is the top-level field of the kustomization.
	Field string
	// Reference is the value as written.
	Reference string
}

func (e *RemoteError) Error() string {
	return fmt.Sprintf("%s:%d: %s refers to %q, which is not a file or folder of this tree: nothing is fetched",
		e.File, e.Line, e.Field, e.Reference)
}

// Names under which the engine looks for a kustomization.
var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// directories are the fields whose entries may be folders, and so git
// repositories. paths are the fields, at any depth, whose values the engine
// loads as files, and so from the network too; a key outside both (the
// literals of a generator, the text of a patch) may hold any URL.
var (
	directories = []string{"resources", "components", "bases"}
	loaded      = []string{"crds", "configurations", "generators", "transformers", "validators", "patchesstrategicmerge"}
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
// them than their references, and refuses what is remote.
func scan(files filesys.FileSystem, dir string) (scanned, error) {
	s := scanner{files: files, seen: map[string]bool{}}
	err := s.visit(path.Clean(dir))
	return s.found, err
}

type scanner struct {
	files filesys.FileSystem
	seen  map[string]bool
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
			return fmt.Errorf("%s: %w", strings.TrimPrefix(file, "/"), err)
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
		remote := func(v *yaml.Node) error {
			return &RemoteError{File: strings.TrimPrefix(file, "/"), Line: v.Line, Field: content[i].Value, Reference: v.Value}
		}
		s.found.reaches = s.found.reaches || !slices.Contains(contained, field)
		switch {
		case field == "openapi":
			s.found.openAPI = true
		case slices.Contains(directories, field):
			for _, v := range value.Content {
				if isRemote(v.Value) || git.MatchString(v.Value) {
					return remote(v)
				}
				at := path.Join(dir, v.Value)
				if !s.files.Exists(at) {
					// Left to the engine this would be tried as a
					// repository. It cannot be one, but why find out.
					return remote(v)
				}
				if s.files.IsDir(at) {
					if err := s.visit(at); err != nil {
						return err
					}
				}
			}
			continue
		case slices.Contains(loaded, field):
			for _, v := range value.Content {
				if err := s.configuration(dir, v, remote); err != nil {
					return err
				}
			}
			continue
		}
		if err := s.fields(value, remote); err != nil {
			return err
		}
	}
	return nil
}

// configuration looks at an entry that is a file, a folder, or the inline text
// of a transformer, which can name files of its own.
func (s *scanner) configuration(dir string, v *yaml.Node, remote func(*yaml.Node) error) error {
	text := v.Value
	if !strings.Contains(text, "\n") {
		if isRemote(text) || git.MatchString(text) {
			return remote(v)
		}
		at := path.Join(dir, text)
		if s.files.IsDir(at) {
			return s.visit(at)
		}
		content, err := s.files.ReadFile(at)
		if err != nil {
			return nil
		}
		text = string(content)
	}
	n, err := yaml.Parse(text)
	if err != nil {
		return nil
	}
	return s.fields(n.YNode(), func(*yaml.Node) error { return remote(v) })
}

func (s *scanner) fields(n *yaml.Node, remote func(*yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		for _, e := range n.Content {
			if err := s.fields(e, remote); err != nil {
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
					return remote(v)
				}
			}
		}
		if err := s.fields(value, remote); err != nil {
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
