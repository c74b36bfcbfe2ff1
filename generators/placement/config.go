package placement

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "SetPlacement"

//go:embed config.go
var source string

// Function places pods.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "set-placement", Source: source,
	Short: "Say on which nodes pods run, and how they spread over nodes and zones",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: SetPlacement
metadata:
  name: web
spec:
  selector:
    kind: Deployment
    name: web
  nodeLabel: example.com/pool
  pool: web
  tolerations:
  - {key: example.com/pool, value: web, effect: NoSchedule}
  spread: hard
  zones: soft
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says on which nodes pods run and how they spread.
type Spec struct {
	// Selector of the objects whose pods are placed.
	Selector *krm.Selector `json:"selector"`
	// NodeLabel is the label of nodes that says to which pool one belongs.
	NodeLabel string `json:"nodeLabel,omitempty"`
	// Pool is required on the node as the value of the label NodeLabel. Without it, any
	// node will do.
	Pool string `json:"pool,omitempty"`
	// Arch is the architecture of the node, where the image was built for one alone:
	// "amd64".
	Arch string `json:"arch,omitempty"`
	// Spread of the object's own pods over nodes. With "hard" a pod waits rather than
	// share a node, with "soft" it would rather not share one.
	Spread string `json:"spread,omitempty" enum:"hard,soft,none"`
	// Zones is the same over zones, as evenly as it goes.
	Zones string `json:"zones,omitempty" enum:"hard,soft,none"`
	// Tolerations of the pool's taints, as in a pod.
	Tolerations []krm.M `json:"tolerations,omitempty"`
}
