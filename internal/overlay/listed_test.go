package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListed(t *testing.T) {
	base := service("core", "a", "a", "main") + "---\n" + service("core", "b", "b", "main") + "---\n" + config("core", "c", "main")
	plain := "# core/c\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: main}\ndata: {A: '1'}\n"
	for name, tt := range map[string]struct {
		want, emitted string
		fromBase      int
	}{
		"all":       {base, "resources:\n- ../../../base/a\n- ../../../base/b\n- ../../../base/c\n", 3},
		"one":       {service("core", "a", "a", "main"), "resources:\n- ../../../base/a\n", 1},
		"mixed":     {service("core", "a", "a", "main") + "---\n" + plain, "resources:\n- ../../../base/a\n", 1},
		"strangers": {service("core", "x", "x", "main"), "", 0},
	} {
		f, pairs := found(t, findListed, base, tt.want)
		if diff := cmp.Diff(tt.emitted, emitted(t, f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		n := 0
		for _, p := range pairs {
			if p.now != nil {
				n++
			}
		}
		if n != tt.fromBase {
			t.Errorf("%s: %d objects come from base, wanted %d", name, n, tt.fromBase)
		}
	}
}
