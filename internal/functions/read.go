package functions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/pipeline"
)

// Bounds of a folder: each function goes through all objects of an environment.
const (
	mostFunctions = 100
	mostBytes     = 1 << 20
)

// Read reads the functions in a folder at a slash path below the root of a repository. A
// folder that is not there has none. Links are followed as far as they stay in the
// repository.
func Read(repository fs.ReadLinkFS, at string) (Folder, []finding.Finding, error) {
	r := reader{tree: kustomize.NewTree().Over(repository, nil), folder: Folder{Path: at}, seen: map[string]finding.Position{}}
	names, err := r.list(repository)
	if err != nil {
		return Folder{}, nil, err
	}
	for _, name := range names {
		r.file(path.Join(at, name))
		if r.size > mostBytes || len(r.folder.configs) > mostFunctions {
			break
		}
	}
	if n := len(r.folder.configs); n > mostFunctions {
		r.fail(codeFolder, finding.Position{File: at}, fmt.Sprintf("the folder has more than %d functions", mostFunctions),
			"one function with a selector may change many objects: give several the same config")
	}
	return r.folder, r.found, nil
}

// reader reads a folder.
type reader struct {
	tree   *kustomize.Tree
	folder Folder
	size   int
	seen   map[string]finding.Position // configs by their identity
	found  []finding.Finding
}

func (r *reader) fail(code string, at finding.Position, message, help string) {
	r.found = append(r.found, finding.Finding{Code: code, Severity: finding.Error, Position: at, Message: message, Help: help})
}

// list gives the names of the files that have functions, in order.
func (r *reader) list(repository fs.ReadLinkFS) ([]string, error) {
	at := r.folder.Path
	// Nothing else is asked about where there is no folder above: what a run asked about
	// and makes itself, such as overlays/, would keep it from being remembered.
	if _, err := repository.Lstat(path.Dir(at)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	// That folder may be a link, behind which there is none.
	above, file, err := r.tree.CleanedAbs(path.Dir(at))
	if err != nil || file != "" {
		return nil, nil // which is said of that folder
	}
	if _, err := repository.Lstat(path.Join(kustomize.Below(above), path.Base(at))); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	real, file, err := r.tree.CleanedAbs(at)
	switch {
	case err != nil:
		r.fail(codeFolder, finding.Position{File: at}, "the folder cannot be read: "+reason(err), helpFolder)
		return nil, nil
	case file != "":
		r.fail(codeFolder, finding.Position{File: at}, "this is a file, and must be a folder", helpFolder)
		return nil, nil
	}
	entries, err := fs.ReadDir(repository, kustomize.Below(real))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", at, err)
	}
	var names []string
	for _, e := range entries {
		name, in := e.Name(), finding.Position{File: path.Join(at, e.Name())}
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			r.fail(codeFolder, in, "this is a folder, and nothing in it would be run", helpFolder)
		case slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, name):
			r.fail(codeFolder, in, "this is a kustomization, and no function: all files here are run without one", helpFolder)
		case path.Ext(name) == ".json":
			r.fail(codeFolder, in, "a function here is written in YAML, and this file would not be run", "call it .yaml: JSON is YAML")
		case path.Ext(name) == ".yaml" || path.Ext(name) == ".yml":
			names = append(names, name)
		}
	}
	return names, nil
}

const helpFolder = "put files called .yaml there, each with functionConfigs, and what else is built next to custom/kustomization.yaml"

// file reads the functions of one file.
func (r *reader) file(name string) {
	text, err := r.tree.ReadFile(name)
	if bound := (*kustomize.BoundError)(nil); errors.As(err, &bound) {
		r.fail(codeFolder, finding.Position{File: name, Line: bound.Line, Column: bound.Column}, bound.Message, "write what is needed, without aliases and nesting")
		return
	}
	if err != nil {
		r.fail(codeFolder, finding.Position{File: name}, "the file cannot be read: "+reason(err), helpFolder)
		return
	}
	if r.size += len(text); r.size > mostBytes {
		r.fail(codeFolder, finding.Position{File: r.folder.Path}, fmt.Sprintf("the files have more than %d KiB together", mostBytes>>10),
			"a function needs a few lines: what it is given is in no file here")
		return
	}
	if cause := kustomize.NotYAML(name, text); cause != nil {
		r.fail(codeFolder, finding.Position{File: name, Line: cause.Line, Column: cause.Column}, cause.Message, cause.Help)
		return
	}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var document yaml.Node
		if err := d.Decode(&document); err != nil {
			if !errors.Is(err, io.EOF) { // which NotYAML says of all others
				r.fail(codeFolder, finding.Position{File: name}, "the file is no YAML", helpFolder)
			}
			return
		}
		if len(document.Content) == 1 && document.Content[0].ShortTag() != yaml.NodeTagNull {
			r.document(name, document.Content[0])
		}
	}
}

// document reads one function.
func (r *reader) document(file string, n *yaml.Node) {
	at := finding.Position{File: file, Line: n.Line, Column: n.Column}
	if wrong := krm.Misshaped(n); wrong != "" {
		r.fail(codeNone, at, "the document"+wrong, helpKinds())
		return
	}
	c := config{file: file, node: yaml.NewRNode(n)}
	at = c.place("")
	version, kind := c.node.GetApiVersion(), c.node.GetKind()
	if version != krm.FunctionVersion {
		r.fail(codeNone, c.place("apiVersion"), fmt.Sprintf("a document of apiVersion %q is no functionConfig, which has %s", version, krm.FunctionVersion),
			"what is to be built goes next to custom/kustomization.yaml, and in its list of resources")
		return
	}
	all := pipeline.Everybody()
	i := slices.IndexFunc(all, func(d krm.Definition) bool { return d.Kind == kind })
	if i < 0 {
		r.fail(codeNone, at, fmt.Sprintf("no function has the kind %q", kind), helpKinds())
		return
	}
	c.of = all[i]
	if err := c.of.Form(c.node); err != nil {
		r.found = append(r.found, c.refused(err)...)
		return
	}
	if other, ok := r.seen[c.identity()]; ok {
		r.fail(codeNone, c.place("metadata.name"), fmt.Sprintf("%s is there twice, also in line %d of %s", c, other.Line, other.File), "give each function of a kind its own metadata.name")
		return
	}
	r.seen[c.identity()] = at
	r.folder.configs = append(r.folder.configs, c)
}

func helpKinds() string {
	var kinds []string
	for _, d := range pipeline.Everybody() {
		kinds = append(kinds, d.Kind)
	}
	return "write apiVersion: " + krm.FunctionVersion + " and one of the kinds " + strings.Join(kinds, ", ") + "; `whiskops fn` lists them"
}

// reason is an error without the path that it is about.
func reason(err error) string {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}
