package secret

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pipeline"
	"github.com/whiskops/whiskops/internal/plan"
	"github.com/whiskops/whiskops/internal/value"
)

// Rolls are the workloads whose pods are made anew when the number of changes of
// a key grows, and that number's field and next value.
func Rolls(v *derived.Values, s derived.Secret, k string) (workloads []string, path string, next int64, err error) {
	of, ok := v.Catalog.Secrets[s.Field]
	// Who reads the keys of tenants, and of subjects that no workload calls as, looks again
	// and again.
	if _, known := of.Values[k]; !ok || !known {
		return nil, "", 0, nil
	}
	path = of.RevisionOf(k)
	changed := *v.Env
	number := field.Of(&changed, path)
	next = number.Int() + 1
	number.SetInt(next)
	before, err := workloadsOf(v)
	if err != nil {
		return nil, "", 0, err
	}
	then, err := derived.New(&changed)
	if err != nil {
		return nil, "", 0, err
	}
	after, err := workloadsOf(&then)
	if err != nil {
		return nil, "", 0, err
	}
	for name, template := range after {
		if !value.Equal(before[name], template) {
			workloads = append(workloads, name)
		}
	}
	slices.Sort(workloads)
	return workloads, path, next, nil
}

// workloadsOf an environment: what their pods are made of, by kind and component.
func workloadsOf(v *derived.Values) (map[string]map[string]any, error) {
	p, err := plan.Of(*v)
	if err != nil {
		return nil, err
	}
	objects, err := pipeline.Run(p)
	if err != nil {
		return nil, err
	}
	all := map[string]map[string]any{}
	for _, o := range objects {
		if !value.RunsPods(o.GetKind()) {
			continue
		}
		read, err := value.Read(o.YNode())
		if err != nil {
			return nil, fmt.Errorf("read %s %s: %w", o.GetKind(), o.GetName(), err)
		}
		all[o.GetKind()+" "+component(o)] = value.Map(read, "spec")
	}
	return all, nil
}

// component of an object: names of Jobs change with their contents.
func component(o *yaml.RNode) string { return o.GetLabels()[krm.NameLabel] }
