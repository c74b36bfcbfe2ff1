package overlay

import "testing"

func TestRemovals(t *testing.T) {
	kept := service("core", "a", "a", "main")
	f, pairs := found(t, findRemovals, kept+"---\n"+service("core", "a", "b", "main")+"---\n"+service("core", "a", "c", "main"), kept)
	if got := emitted(t, f); got != "patches:\n- path: patches/a-removed.yaml\n" {
		t.Errorf("got %s", got)
	}
	for _, p := range pairs {
		if (p.now == nil) != (p.want == nil) {
			t.Errorf("%v becomes %v", p.base, p.now)
		}
	}
}
