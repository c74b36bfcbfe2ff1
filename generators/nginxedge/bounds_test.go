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
		{"spec.readTimeout", 1000, "x-x", func(s *Spec, n int) { s.ReadTimeout = fmt.Sprintf("%dms", n) }},
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
