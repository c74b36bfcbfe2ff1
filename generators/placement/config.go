package placement

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "Placement"

// Spec says on which nodes a component's pods may run and how they spread.
type Spec struct {
	krm.Owner
	// Pool is required on the node as the value of the label NodeLabel.
	// Empty: any node.
	NodeLabel string `json:"nodeLabel,omitempty"`
	Pool      string `json:"pool,omitempty"`
	// Arch is the architecture of the node, where the image was built for
	// one alone.
	Arch string `json:"arch,omitempty"`
	// Spread over nodes and Zones over zones: "hard", "soft" or "none".
	Spread string `json:"spread"`
	Zones  string `json:"zones"`
	// Tolerations of the pool's taints, as in a pod.
	Tolerations []krm.M `json:"tolerations,omitempty"`
}
