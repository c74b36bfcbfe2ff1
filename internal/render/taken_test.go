package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/value"
)

// What pods have is said before they are made, so that a name which is added is
// refused at its line: it must be what they have once they are made.
func TestTaken(t *testing.T) {
	for _, seed := range seeds.Of(t, 12, 40) {
		env := randomEnvironment(seed)
		env.Additions = nil
		v, err := derived.New(&env)
		if err != nil {
			t.Fatal(err)
		}
		objects, err := desired(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			if !value.RunsPods(o.GetKind()) {
				continue
			}
			component := o.GetLabels()[krm.NameLabel]
			plain, err := value.Read(o.YNode())
			if err != nil {
				t.Fatal(err)
			}
			got, err := v.Taken(component)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(takenBy(component, plain.(krm.M)), sortedTaken(got)); diff != "" {
				t.Errorf("seed %d: %s (-made +said):\n%s", seed, component, diff)
			}
		}
	}
}

func takenBy(component string, o krm.M) derived.Taken {
	t, pod := derived.Taken{Ports: map[int]string{}}, value.PodSpec(o)
	path, _ := value.PodPath(fmt.Sprint(o["kind"]))
	template := o
	for _, label := range path {
		template = value.Map(template[label])
	}
	for key := range value.Map(value.Map(template["metadata"])["annotations"]) {
		if !strings.HasPrefix(key, "whiskops.github.io/") {
			t.Annotations = append(t.Annotations, key)
		}
	}
	each := func(list any, show func(krm.M)) {
		l, _ := list.(krm.L)
		for _, e := range l {
			show(value.Map(e))
		}
	}
	for _, field := range []string{"initContainers", "containers"} {
		each(pod[field], func(c krm.M) {
			t.Containers = append(t.Containers, c["name"].(string))
			each(c["ports"], func(p krm.M) {
				var n int
				_, _ = fmt.Sscan(fmt.Sprint(p["containerPort"]), &n)
				t.Ports[n] = p["name"].(string)
			})
			if c["name"] != component {
				return
			}
			each(c["volumeMounts"], func(m krm.M) { t.Mounts = append(t.Mounts, m["mountPath"].(string)) })
			each(c["env"], func(e krm.M) { t.Variables = append(t.Variables, e["name"].(string)) })
		})
	}
	each(pod["volumes"], func(v krm.M) { t.Volumes = append(t.Volumes, v["name"].(string)) })
	return sortedTaken(t)
}

// sortedTaken has each name once: what keeps data has a claim, and no volume, where
// a StatefulSet makes it.
func sortedTaken(t derived.Taken) derived.Taken {
	for _, list := range []*[]string{&t.Containers, &t.Volumes, &t.Mounts, &t.Variables, &t.Annotations} {
		slices.Sort(*list)
		*list = slices.DeleteFunc(slices.Compact(*list), func(s string) bool { return list == &t.Volumes && s == derived.DataVolume })
		if len(*list) == 0 {
			*list = nil
		}
	}
	return t
}
