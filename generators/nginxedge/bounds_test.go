package nginxedge

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

// sound is the spec of a case that has no complaint.
func sound(t *testing.T) Spec {
	t.Helper()
	config, err := os.ReadFile("testdata/cluster/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rl, err := krmtest.Read(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		t.Fatal(err)
	}
	return c.Spec
}

// Each bound of a spec: one below it, at it, and one above. "x" is refused.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		field string
		at    int
		want  string
		set   func(s *Spec, n int)
	}{
		{"spec.ports.http", 1024, "x--", func(s *Spec, n int) { s.Ports.HTTP = n }},
		{"spec.ports.http", 65535, "--x", func(s *Spec, n int) { s.Ports.HTTP = n }},
		{"spec.ports.https", 8080, "-x-", func(s *Spec, n int) { s.Ports.HTTPS, s.Ports.Internal = n, 9000 }},
		{"spec.publicPort", 1, "x--", func(s *Spec, n int) { s.PublicPort = n }},
		{"spec.publicPort", 80, "-x-", func(s *Spec, n int) { s.Service, s.PublicPort = Service{Type: "LoadBalancer"}, n }},
		{"spec.bodySize", 1, "x--", func(s *Spec, n int) { s.BodySize = n }},
		{"spec.uploads", 1, "x--", func(s *Spec, n int) { s.Uploads = n }},
		{"spec.times.lookup", 1, "x--", func(s *Spec, n int) { s.Times.Lookup = n }},
		{"spec.times.keepAlive", 1, "x--", func(s *Spec, n int) { s.Times.KeepAlive = n }},
		{"spec.times.leave", 75, "xx-", func(s *Spec, n int) { s.Times.Leave = n }},
		{"spec.readTimeout", 1000, "x-x", func(s *Spec, n int) { s.ReadTimeout = fmt.Sprintf("%dms", n) }},
		{"spec.readTimeout", 1, "x--", func(s *Spec, n int) { s.ReadTimeout = fmt.Sprintf("%ds", n) }},
		{"spec.host", 253, "--x", func(s *Spec, n int) { s.Host = strings.Repeat("a", n) }},
		{"spec.service.nodePort", 65535, "--x", func(s *Spec, n int) { s.Service.NodePort = n }},
		{"spec.service.nodePort", 0, "x--", func(s *Spec, n int) { s.Service.NodePort = n }},
		{"spec.service.nodePort", 1, "-xx", func(s *Spec, n int) { s.Service = Service{Type: "ClusterIP", NodePort: n} }},
		{"spec.service.sourceRanges", 1, "-xx", func(s *Spec, n int) { s.Service.SourceRanges = []string{"10.0.0.0/8", "11.0.0.0/8"}[:n] }},
	} {
		for i, want := range tt.want {
			n, s := tt.at+i-1, sound(t)
			tt.set(&s, n)
			err := check(s)
			if refused := err != nil && strings.Contains(err.Error(), tt.field); refused != (want == 'x') {
				t.Errorf("%s %d: refused %v: %v", tt.field, n, refused, err)
			}
			if want == '-' && err != nil {
				t.Errorf("%s %d: %v", tt.field, n, err)
			}
		}
	}
}

// An address is no host for what tells installations apart by name.
func TestAddressBehindAFront(t *testing.T) {
	front := func(ingress *Ingress, gateway *Gateway) error {
		s := sound(t)
		s.Host, s.Ingress, s.Gateway = "10.0.0.1", ingress, gateway
		return check(s)
	}
	ingress, gateway := &Ingress{Class: "nginx", Secret: "tls"}, &Gateway{Name: "edge"}
	if err := front(nil, nil); err != nil {
		t.Error(err)
	}
	for _, err := range []error{front(ingress, nil), front(nil, gateway), front(ingress, gateway)} {
		if err == nil || !strings.Contains(err.Error(), "is an address") {
			t.Errorf("have %v", err)
		}
	}
}

func TestSourceRanges(t *testing.T) {
	for n := range 3 {
		s := sound(t)
		s.Service.SourceRanges = []string{"10.0.0.0/8", "11.0.0.0/8"}[:n]
		spec := publicService(s)["spec"].(krm.M)
		if _, has := spec["loadBalancerSourceRanges"]; has != (n > 0) {
			t.Errorf("%d ranges: %v", n, spec)
		}
	}
}
