package hardening

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "HardenPods"

//go:embed config.go
var source string

// Function hardens pods.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "harden-pods", Source: source,
	Short: "Make pods pass the restricted Pod Security Standard",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: HardenPods
metadata:
  name: web
spec:
  selector:
    kind: Deployment
    name: web
  user: 10001
  writableRoot: [web]
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says which pods are hardened. No container may gain rights, or has any that an
// image does not need; the root filesystem stays as the image has it.
type Spec struct {
	// Selector of the objects whose pods are hardened.
	Selector *krm.Selector `json:"selector"`
	// User is the number of the user and group as whom all containers run, and of the
	// group that owns volumes. Without it, the image says who it is, but not root.
	User int `json:"user,omitempty" min:"1" max:"2147483647"`
	// WritableRoot are containers that write to their root filesystem.
	WritableRoot []string `json:"writableRoot,omitempty"`
	// Except are containers that stay as they are, because they need more. The pod then
	// does not pass the standard.
	Except []string `json:"except,omitempty"`
}
