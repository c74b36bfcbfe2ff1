package additions

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "Additions"

// Spec is what is added to a component's pods. Fields of type krm.M are Kubernetes
// API fragments, passed through as they are.
type Spec struct {
	krm.Owner
	// Annotations and Labels of the pods.
	Annotations map[string]string `json:"annotations,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	// Pod is a part of a pod's spec: mappings are united, and lists get longer.
	Pod krm.M `json:"pod,omitempty"`
	// Main is a part of the main container, which has the component's name.
	Main krm.M `json:"main,omitempty"`
	// Sidecars are init containers that go on: they stand before all others.
	Sidecars []krm.M `json:"sidecars,omitempty"`
	// Init containers stand after all others.
	Init []krm.M `json:"init,omitempty"`
	// Account has the annotations of the component's service account.
	Account map[string]string `json:"account,omitempty"`
}
