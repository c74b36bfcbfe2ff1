package networkpolicies

import (
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
)

// One label says which pods are meant; none would be all of them.
func TestPeerByLabels(t *testing.T) {
	for n := range 3 {
		pods := map[string]string{}
		for _, label := range []string{"a", "b"}[:n] {
			pods[label] = "x"
		}
		var c krm.Check
		check(&c, Spec{AllPods: true, Name: "kafka", Ingress: []Rule{{Peers: []Peer{{Pods: pods}}}}})
		if err := c.Err(); (err == nil) != (n > 0) {
			t.Errorf("%d labels: %v", n, err)
		}
	}
}
