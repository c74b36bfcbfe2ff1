package overlay

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func scaledObject(kind, name, spec string) string {
	return fmt.Sprintf("# core/a\napiVersion: apps/v1\nkind: %s\nmetadata: {name: %s, namespace: main}\nspec: %s\n", kind, name, spec)
}

func TestReplicas(t *testing.T) {
	const bare = "# core/a\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: main}\n"
	base := scaledObject("Deployment", "a", "{replicas: 1}") + "---\n" + scaledObject("StatefulSet", "a", "{replicas: 1}") + "---\n" +
		scaledObject("DaemonSet", "b", "{replicas: 1}") + "---\n" + scaledObject("StatefulSet", "c", "{}") + "---\n" + bare + "---\n" +
		scaledObject("DaemonSet", "e", "{replicas: 1}") + "---\n" + scaledObject("Deployment", "e", "{replicas: 1}")
	for name, tt := range map[string]struct {
		want, emitted string
		c             any
	}{
		"all alike": {scaledObject("Deployment", "a", "{replicas: 0}") + "---\n" + scaledObject("StatefulSet", "a", "{replicas: 0}") + "---\n" + scaledObject("StatefulSet", "c", "{replicas: 2}"),
			"replicas:\n- name: a\n  count: 0\n- name: c\n  count: 2\n", int64(2)},
		"one of a name":            {scaledObject("Deployment", "a", "{replicas: 3}") + "---\n" + scaledObject("StatefulSet", "a", "{replicas: 1}") + "---\n" + scaledObject("StatefulSet", "c", "{}"), "", nil},
		"no number":                {scaledObject("Deployment", "a", "{replicas: [1]}") + "---\n" + scaledObject("StatefulSet", "a", "{replicas: [1]}") + "---\n" + scaledObject("StatefulSet", "c", "{replicas: -1}"), "", nil},
		"no spec in base":          {scaledObject("Deployment", "d", "{replicas: 2}"), "", nil},
		"another kind of the name": {scaledObject("DaemonSet", "e", "{replicas: 2}") + "---\n" + scaledObject("Deployment", "e", "{replicas: 1}"), "", nil},
		"a new one of the name":    {scaledObject("DaemonSet", "e", "{replicas: 1}") + "---\n" + scaledObject("Deployment", "e", "{replicas: 1}") + "---\n" + scaledObject("ReplicaSet", "e", "{replicas: 2}"), "", nil},
		"another kind":             {scaledObject("DaemonSet", "b", "{replicas: 2}") + "---\n" + scaledObject("StatefulSet", "c", "{}"), "", nil},
	} {
		f, pairs := found(t, findReplicas, base, tt.want)
		if diff := cmp.Diff(tt.emitted, emitted(t, f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got := now(pairs, "c", "spec", "replicas"); got != tt.c {
			t.Errorf("%s: c has %v replicas, wanted %v", name, got, tt.c)
		}
	}
}
