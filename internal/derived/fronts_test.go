package derived

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

const (
	body  = "nginx.ingress.kubernetes.io/proxy-body-size"
	wait  = "nginx.ingress.kubernetes.io/proxy-read-timeout"
	alb   = "alb.ingress.kubernetes.io/load-balancer-attributes"
	elb   = "service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout"
	nlb   = "service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-443"
	kind  = "service.beta.kubernetes.io/aws-load-balancer-type"
	azure = "service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout"
)

type notes = map[string]string

// Each controller gets its own annotations and no other's; the user's stay.
func TestIngressAnnotations(t *testing.T) {
	for _, tt := range []struct {
		class, controller string
		have, want        notes
	}{
		{"nginx", "", nil, notes{body: "50m", wait: "75"}},
		{"nginx", "", notes{wait: "90", "example.com/a": "b"}, notes{body: "50m", wait: "90", "example.com/a": "b"}},
		{"nginx", "", notes{"nginx.org/proxy-buffering": "False"}, notes{"nginx.org/proxy-buffering": "False", "nginx.org/client-max-body-size": "50m", "nginx.org/proxy-read-timeout": "75s"}},
		{"public", "", nil, notes{body: "50m", wait: "75"}},
		{"edge", "", nil, notes{}},
		{"edge", "", notes{wait: "90"}, notes{body: "50m", wait: "90"}},
		{"edge", "", notes{wait: "90", "haproxy.org/timeout-server": "75s"}, notes{wait: "90", "haproxy.org/timeout-server": "75s"}},
		{"edge", "openshift", nil, notes{"haproxy.router.openshift.io/timeout": "75s"}},
		{"nginx", "nginx", nil, notes{"nginx.org/client-max-body-size": "50m", "nginx.org/proxy-read-timeout": "75s"}},
		{"traefik", "", nil, notes{}},
		{"gce", "", nil, notes{}},
		{"alb", "", nil, notes{alb: "idle_timeout.timeout_seconds=75"}},
		{"alb", "", notes{alb: "routing.http2.enabled=true"}, notes{alb: "routing.http2.enabled=true,idle_timeout.timeout_seconds=75"}},
		{"alb", "", notes{alb: "idle_timeout.timeout_seconds=90"}, notes{alb: "idle_timeout.timeout_seconds=90"}},
		{"haproxy", "", nil, notes{"haproxy.org/timeout-server": "75s"}},
		{"haproxy", "", notes{"haproxy-ingress.github.io/balance-algorithm": "leastconn"}, notes{"haproxy-ingress.github.io/balance-algorithm": "leastconn", "haproxy-ingress.github.io/timeout-server": "75s"}},
		{"openshift-default", "", nil, notes{"haproxy.router.openshift.io/timeout": "75s"}},
	} {
		v := of(t, func(e *environment.Environment) {
			e.Edge.Ingress = &environment.Ingress{Class: tt.class, Controller: tt.controller, Annotations: tt.have}
		})
		got, err := v.Annotations(catalog.OnIngress)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("class %s %s, %v (-want +got):\n%s", tt.class, tt.controller, tt.have, diff)
		}
	}
}

// A load balancer is told only what its own default does not hold.
func TestServiceAnnotations(t *testing.T) {
	for _, tt := range []struct {
		platform, blocking string
		have, want         notes
	}{
		{"generic", "600s", nil, notes{}},
		{"generic", "60s", notes{elb: "4000"}, notes{elb: "4000"}},
		{"eks", "45s", nil, notes{}}, // nginx waits 60 s, as the load balancer does
		{"eks", "46s", nil, notes{elb: "61"}},
		{"eks", "60s", nil, notes{elb: "75"}},
		{"eks", "60s", notes{kind: "external"}, notes{kind: "external"}},
		{"eks", "335s", notes{kind: "external"}, notes{kind: "external"}},
		{"eks", "336s", notes{kind: "external"}, notes{kind: "external", nlb: "tcp.idle_timeout.seconds=351"}},
		{"aks", "225s", nil, notes{}},
		{"aks", "226s", nil, notes{azure: "5"}},
		{"gke", "600s", nil, notes{}},
	} {
		v := of(t, func(e *environment.Environment) {
			e.Cluster.Platform, e.Limits.Blocking = tt.platform, tt.blocking
			e.Edge.Service.Type, e.Edge.Service.Annotations = "LoadBalancer", tt.have
		})
		got, err := v.Annotations(catalog.OnService)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s, %s, %v (-want +got):\n%s", tt.platform, tt.blocking, tt.have, diff)
		}
	}
	// A Service of another type has no load balancer to be told.
	v := of(t, func(e *environment.Environment) {
		e.Cluster.Platform, e.Edge.Service.Annotations = "eks", notes{"a": "b"}
	})
	if got, err := v.Annotations(catalog.OnService); err != nil || !cmp.Equal(got, notes{"a": "b"}) {
		t.Errorf("annotations %v, %v", got, err)
	}
}
