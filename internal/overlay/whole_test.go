package overlay

import "testing"

func TestWhole(t *testing.T) {
	base := service("core", "a", "a", "main")
	f, pairs := found(t, findWhole, base, base+"---\n"+service("core", "a", "a-b:c", "main")+"---\n"+service("core", "x", "x", "main")+"---\n"+config("core", "settings", "main"))
	if got := emitted(t, f); got != "resources:\n- a-service-b-c.yaml\n- x-service.yaml\n" {
		t.Errorf("got %s", got)
	}
	if now(pairs, "x", "kind") != "Service" || now(pairs, "settings", "kind") != nil {
		t.Error("a new Service is said whole, a ConfigMap with a hash is not")
	}
}
