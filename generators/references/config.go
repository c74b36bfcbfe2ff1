package references

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "VerifyReferences"

//go:embed config.go
var source string

// Function verifies references.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "verify-references", Source: source,
	Short: "Refuse a list in which an object names another one that is not there",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: VerifyReferences
metadata:
  name: references
spec:
  elsewhere:
  - {kind: Secret, name: .*-tls}
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says whose references are looked at. Looked at are the ConfigMaps, Secrets,
// service accounts and claims of pods, targets of autoscalers, Services of Ingresses,
// roles of bindings, and whether the selector of a Service or a budget means any pod.
type Spec struct {
	// Selector of the objects that are looked at; without it, all.
	Selector *krm.Selector `json:"selector,omitempty"`
	// Elsewhere are objects that are made by others: an operator, or a person.
	Elsewhere []Elsewhere `json:"elsewhere,omitempty"`
	// Severity of a reference to nothing. Without it, it is an error.
	Severity string `json:"severity,omitempty" enum:"error,warning"`
}

// Elsewhere is what the list need not have.
type Elsewhere struct {
	// Kind of the object.
	Kind string `json:"kind"`
	// Name; a regular expression for the whole of it. Without it, any.
	Name string `json:"name,omitempty"`
}
