package jobnames

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "NameJobs"

//go:embed config.go
var source string

// Function names Jobs.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "name-jobs", Source: source,
	Short: "Name Jobs after their content, so that a changed one is a new one, which runs",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: NameJobs
metadata:
  name: jobs
spec:
  selector:
    namespace: shop
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says which Jobs are named, and which after more than their content. A Job is
// left alone that a hook of Argo CD or Helm runs, that has generateName, or that has
// the annotation fn.whiskops.github.io/name-jobs: "off".
type Spec struct {
	// Selector of the Jobs; without it, all of the list.
	Selector *krm.Selector `json:"selector,omitempty"`
	// Tests are Jobs that try whether the rest works: they are named after the pods of
	// all other workloads too, and so run again when one changes.
	Tests *krm.Selector `json:"tests,omitempty"`
}
