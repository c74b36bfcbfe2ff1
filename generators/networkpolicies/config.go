package networkpolicies

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "GenerateNetworkPolicy"

//go:embed config.go
var source string

// Function makes network policies.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "generate-network-policy", Source: source,
	Short: "Make the NetworkPolicy of a set of pods from rules in short form",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: GenerateNetworkPolicy
metadata:
  name: web
spec:
  selector:
    kind: Deployment
    name: web
  ingress:
  - peers:
    - pods: {app: proxy}
    ports: [8080]
  egress:
  - ports: [53]
    udp: true
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec is the one policy of a set of pods. What no rule allows is denied, in
// both directions. One of selector, pods and allPods says which pods.
type Spec struct {
	// Selector of the objects whose pods are meant. Each has a policy of its own, named
	// after it and in its namespace.
	Selector *krm.Selector `json:"selector,omitempty"`
	// Name of the NetworkPolicy, where it is not one for each selected object.
	Name string `json:"name,omitempty" form:"name"`
	// Namespace of the NetworkPolicy, where it is not the selected object's.
	Namespace string `json:"namespace,omitempty" form:"label"`
	// Labels of the NetworkPolicy.
	Labels krm.Labels `json:"labels,omitempty"`
	// Annotations of the NetworkPolicy.
	Annotations map[string]string `json:"annotations,omitempty"`
	// AllPods of the namespace are meant.
	AllPods bool `json:"allPods,omitempty"`
	// Pods are meant that have these labels.
	Pods map[string]string `json:"pods,omitempty"`
	// Required makes it an error that the list has no pods with the labels of pods. It
	// is a warning otherwise.
	Required bool `json:"required,omitempty"`
	// Ingress is what may come in.
	Ingress []Rule `json:"ingress,omitempty"`
	// Egress is what may go out.
	Egress []Rule `json:"egress,omitempty"`
}

// Rule allows the peers on the ports.
type Rule struct {
	// Peers of the rule; none means anywhere, inside the cluster or not.
	Peers []Peer `json:"peers,omitempty"`
	// Ports as pods listen on them, TCP. None means all.
	Ports []int `json:"ports,omitempty" min:"1" max:"65535"`
	// UDP allows the same ports over UDP too, as DNS needs.
	UDP bool `json:"udp,omitempty"`
}

// Peer is either pods or addresses.
type Peer struct {
	// Component is short for the pods that have it as the label
	// app.kubernetes.io/name.
	Component string `json:"component,omitempty"`
	// Pods by their labels.
	Pods map[string]string `json:"pods,omitempty"`
	// Namespace of the pods by its name; empty means the policy's own.
	Namespace string `json:"namespace,omitempty"`
	// CIDR of addresses.
	CIDR string `json:"cidr,omitempty"`
	// Except are ranges within the CIDR that are not meant.
	Except []string `json:"except,omitempty"`
}
