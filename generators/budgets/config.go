package budgets

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "AddBudget"

//go:embed config.go
var source string

// Function adds budgets.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "add-budget", Source: source,
	Short: "Make the PodDisruptionBudget of workloads, so that a node drain leaves enough pods",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: AddBudget
metadata:
  name: web
spec:
  selector:
    kind: Deployment|StatefulSet
  maxUnavailable: 1
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says how many pods a disruption may take. One of maxUnavailable and minAvailable
// is given: a number of pods, or a share of them as "25%".
type Spec struct {
	// Selector of the objects whose pods have a budget. Each has its own, named after
	// it and in its namespace.
	Selector *krm.Selector `json:"selector"`
	// Labels of the budgets.
	Labels krm.Labels `json:"labels,omitempty"`
	// MaxUnavailable pods at one time.
	MaxUnavailable any `json:"maxUnavailable,omitempty"`
	// MinAvailable pods at any time.
	MinAvailable any `json:"minAvailable,omitempty"`
}
