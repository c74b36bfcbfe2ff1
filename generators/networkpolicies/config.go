package networkpolicies

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "NetworkPolicies"

// Spec is the one policy of a set of pods. What no rule allows is denied, in
// both directions.
type Spec struct {
	krm.Owner
	// Name of the NetworkPolicy.
	Name string `json:"name"`
	// AllPods of the namespace are meant, or those with the labels Pods, or,
	// with neither, the component's.
	AllPods bool              `json:"allPods,omitempty"`
	Pods    map[string]string `json:"pods,omitempty"`
	// Judged are tests of kube-score that the policy does not pass, and why.
	Judged map[string]string `json:"judged,omitempty"`
	// Ingress and Egress are what is allowed.
	Ingress []Rule `json:"ingress,omitempty"`
	Egress  []Rule `json:"egress,omitempty"`
}

// Rule allows the peers on the ports.
type Rule struct {
	// Peers of the rule; none means anywhere, inside the cluster or not.
	Peers []Peer `json:"peers,omitempty"`
	// Ports as pods listen on them, TCP. None means all.
	Ports []int `json:"ports,omitempty"`
	// UDP allows the same ports over UDP too, as DNS needs.
	UDP bool `json:"udp,omitempty"`
}

// Peer is either pods or addresses.
type Peer struct {
	// Component whose pods are meant, or Pods by their labels.
	Component string            `json:"component,omitempty"`
	Pods      map[string]string `json:"pods,omitempty"`
	// Namespace of the pods by its name; empty means the policy's own.
	Namespace string `json:"namespace,omitempty"`
	// CIDR of addresses, and ranges within it that are not meant.
	CIDR   string   `json:"cidr,omitempty"`
	Except []string `json:"except,omitempty"`
}
