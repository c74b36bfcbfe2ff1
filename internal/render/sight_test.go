package render

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// watches tells whether an object is for who watches the installation, and not for
// the installation.
func watches(o kustomize.Object) bool {
	return value.Map(o.Value, "metadata", "labels")["app.kubernetes.io/name"] == "monitoring"
}

// TestMeasured: who reads metrics gets to the ports that are named to him, and to
// no others; nobody else of his namespace does, where his pods are told apart; and
// without metrics there is nothing for anybody.
func TestMeasured(t *testing.T) {
	samples, err := allSamples()
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]bool{}
	for _, s := range samples {
		if m := s.values.Env.Metrics; m != nil {
			forms[m.Monitors] = true
		}
	}
	wanted := 4
	if testing.Short() {
		wanted = 3 // a few random environments need not have all
	}
	if len(forms) < wanted {
		t.Errorf("only %v are looked at", forms)
	}
	eachSample(t, func(t *testing.T, s *sample) {
		g, n, m := s.graph(t), s.network(t), s.values.Env.Metrics
		if m == nil {
			for _, o := range s.objects {
				if watches(o) {
					t.Errorf("%s is there without metrics", o)
				}
			}
			return
		}
		reader := place{"the reader", m.Namespace, m.Pods, netip.MustParseAddr("10.244.7.7")}
		measured := 0
		other := place{"another pod", m.Namespace, map[string]string{"app": "x"}, netip.MustParseAddr("10.244.7.8")}
		for _, p := range g.places(t) {
			c := s.values.Catalog.Components[p.name]
			for _, port := range g.allPorts() {
				want := c.Metrics != nil && c.Port(c.Metrics.Port) == port
				if got := n.enters(reader, p, port, "TCP"); got != (want || g.public(p.name, port)) {
					t.Errorf("%s -> %s:%d: %v, want %v", reader.name, p.name, port, got, want)
				}
				if got := n.enters(other, p, port, "TCP"); got != (want && len(m.Pods) == 0 || g.public(p.name, port)) {
					t.Errorf("%s -> %s:%d: %v", other.name, p.name, port, got)
				}
				if want {
					measured++
				}
			}
		}
		if measured != len(s.values.Measured()) || measured < 4 {
			t.Errorf("%d ports are read: the test is looking at nothing", measured)
		}
		s.monitored(t, m.Monitors)
	})
}

// monitored: each monitor selects the pods of one component, which have its port;
// in the form that says so, each component that exports has one.
func (s *sample) monitored(t *testing.T, form string) {
	endpoints := map[string]string{"PodMonitor": "podMetricsEndpoints", "PodMonitoring": "endpoints"}
	kind := map[string]string{"operator": "PodMonitor", "gke": "PodMonitoring"}[form]
	selected := map[string]bool{}
	for _, o := range slices.Concat(s.of("PodMonitor"), s.of("PodMonitoring")) {
		m := read[struct {
			Spec struct {
				Selector selector                      `json:"selector"`
				Pod      []struct{ Port, Path string } `json:"podMetricsEndpoints"`
				Any      []struct{ Port, Path string } `json:"endpoints"`
			} `json:"spec"`
		}](t, o.Value)
		if o.Kind != kind || len(m.Spec.Pod)+len(m.Spec.Any) != 1 || (len(m.Spec.Pod) == 1) != (endpoints[o.Kind] == "podMetricsEndpoints") {
			t.Errorf("%s, with monitors %q, has %d endpoints", o, form, len(m.Spec.Pod)+len(m.Spec.Any))
			continue
		}
		at, pods := slices.Concat(m.Spec.Pod, m.Spec.Any)[0], 0
		for _, w := range s.workloads(t) {
			if w.Namespace != o.Namespace || !m.Spec.Selector.matches(t, w.labels()) {
				continue
			}
			pods++
			selected[w.component()] = true
			if !slices.ContainsFunc(w.pod().Containers, func(c container) bool { return hasPort(c, at.Port) }) {
				t.Errorf("%s: %s has no port %q", o, w.Object, at.Port)
			}
		}
		if pods != 1 || at.Path == "" {
			t.Errorf("%s selects %d workloads, path %q", o, pods, at.Path)
		}
	}
	for _, w := range s.workloads(t) {
		exports := s.values.Catalog.Components[w.component()].Metrics != nil
		if kind != "" && exports != selected[w.component()] {
			t.Errorf("%s exports: %v, and has a monitor: %v", w.component(), exports, selected[w.component()])
		}
		told := w.Spec.Template.Metadata.Annotations["prometheus.io/scrape"] == "true"
		if told != (exports && form == "annotations") {
			t.Errorf("%s, with monitors %q, is annotated: %v", w.component(), form, told)
		}
	}
}
