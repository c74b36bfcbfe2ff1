package catalog

import "testing"

func TestLoad(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, comp := range c.Components {
		if comp.Workload["kind"] == nil {
			t.Errorf("component %s has no workload", name)
		}
		for _, n := range comp.Needs {
			if _, ok := c.Components[n.Component]; !ok {
				t.Errorf("component %s needs %s, which is none", name, n.Component)
			}
		}
	}
}
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(); err != nil {
			b.Fatal(err)
		}
	}
}
