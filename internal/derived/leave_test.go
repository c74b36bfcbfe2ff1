package derived

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

const (
	target   = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"
	group    = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"
	albGroup = "alb.ingress.kubernetes.io/target-group-attributes"
)

var gate = notes{"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}

// What sends to pods is outlasted by those that go: ten seconds and its own time.
func TestLeave(t *testing.T) {
	for _, tt := range []struct {
		name string
		have func(*environment.Edge)
		want int
		gate notes
	}{
		{"nothing in front", func(*environment.Edge) {}, 90, nil},
		{"a load balancer that sends to nodes", balancer(notes{kind: "external"}), 90, nil},
		{"one that is told so", balancer(notes{kind: "external", target: "instance"}), 90, nil},
		{"a classic one", balancer(nil), 90, nil},
		{"one that sends to pods", balancer(notes{kind: "external", target: "ip"}), 310, gate},
		{"the older way to say it", balancer(notes{kind: "nlb-ip"}), 310, gate},
		{"a time of its own", balancer(notes{kind: "external", target: "ip", group: "a=b, deregistration_delay.timeout_seconds=600"}), 610, gate},
		{"more than the least", balancer(notes{kind: "external", target: "ip", group: "deregistration_delay.timeout_seconds=181"}), 191, gate},
		{"the least", balancer(notes{kind: "external", target: "ip", group: "deregistration_delay.timeout_seconds=179"}), 190, gate},
		{"no number", balancer(notes{kind: "external", target: "ip", group: "deregistration_delay.timeout_seconds=5m"}), 310, gate},
		{"AWS' Ingress", front("alb", notes{albGroup: "deregistration_delay.timeout_seconds=200"}), 210, gate},
		{"GKE's Ingress", front("gce", nil), 130, nil},
		{"another Ingress", front("nginx", notes{albGroup: "deregistration_delay.timeout_seconds=200"}), 90, nil},
		{"an Ingress and a load balancer", func(e *environment.Edge) {
			front("gce", nil)(e)
			balancer(notes{kind: "external", target: "ip"})(e)
		}, 310, gate},
		{"annotations of no load balancer", func(e *environment.Edge) {
			e.Service.Annotations = notes{kind: "external", target: "ip"}
		}, 90, nil},
	} {
		v := of(t, func(e *environment.Environment) {
			e.Cluster.Platform = "eks"
			tt.have(&e.Edge)
		})
		if v.EdgeLeave != tt.want {
			t.Errorf("%s: nginx answers for %d s, want %d", tt.name, v.EdgeLeave, tt.want)
		}
		if diff := cmp.Diff(tt.gate, v.NamespaceLabels); diff != "" {
			t.Errorf("%s: labels (-want +got):\n%s", tt.name, diff)
		}
	}
}

func balancer(annotations notes) func(*environment.Edge) {
	return func(e *environment.Edge) { e.Service.Type, e.Service.Annotations = "LoadBalancer", annotations }
}

func front(class string, annotations notes) func(*environment.Edge) {
	return func(e *environment.Edge) {
		e.Ingress = &environment.Ingress{Class: class, Annotations: annotations}
	}
}
