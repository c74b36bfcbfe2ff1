// Package functions runs the KRM functions that a user keeps for an environment, in
// overlays/<environment>/custom/functions, over the objects that the overlay builds.
//
// Read reads the functionConfigs of the folder, Run gives the objects to each in the
// order of the files' names, and Outcome.Place knows which of them made an object what it
// is. In: a folder of a repository, and YAML nodes. Out: the nodes, edited in place, and
// findings WO33x at lines of the user's. What becomes of the objects is for others:
// internal/overlay writes it as a component.
package functions

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/krm"
)

// Codes of findings about functions of the user's own.
const (
	codeFolder  = "WO330" // custom/functions is no folder of functions, or a file of it cannot be read as one
	codeNone    = "WO331" // a document in custom/functions is no functionConfig of a function that there is
	codeRefused = "WO332" // a function refuses its config, or the objects that the environment builds
	codeWarned  = "WO333" // a function warns of the objects that the environment builds: it may have nothing to do
)

// Warnings are the codes that may be warnings about an environment.
func Warnings() []string { return []string{codeWarned} }

// Folder are the functions of an environment, in the order in which they run.
type Folder struct {
	// Path of the folder, slash-separated, below the root.
	Path    string
	configs []config
}

// Empty tells whether there is no function.
func (f Folder) Empty() bool { return len(f.configs) == 0 }

// config is one functionConfig.
type config struct {
	file string
	node *yaml.RNode
	of   krm.Definition
}

// String names a config: "SetPlacement web".
func (c config) String() string { return strings.TrimSpace(c.of.Kind + " " + c.node.GetName()) }

// identity is what records know a config by.
func (c config) identity() string {
	return c.of.Kind + "/" + c.node.GetNamespace() + "/" + c.node.GetName()
}

// place of a field in a config, as far as it is written; of the kind without one.
func (c config) place(path string) finding.Position {
	at := written(c.node.YNode(), path)
	return finding.Position{File: c.file, Line: at.Line, Column: at.Column}
}
