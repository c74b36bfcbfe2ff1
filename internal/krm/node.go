package krm

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Node turns a value into a YAML node with sorted keys, as JSON would have it.
func Node(v any) (*yaml.RNode, error) {
	n, err := value.Node(v)
	if err != nil {
		return nil, fmt.Errorf("encode object: %w", err)
	}
	return yaml.NewRNode(n), nil
}

// Change rewrites an object as a mapping: change edits it in place. Keys come
// out sorted, as from Add.
func Change(n *yaml.RNode, change func(M) error) error {
	o, err := Object(n)
	if err != nil {
		return err
	}
	if err := change(o); err != nil {
		return err
	}
	changed, err := Node(o)
	if err != nil {
		return err
	}
	n.SetYNode(changed.YNode())
	return nil
}

// Object reads an object as a mapping of plain values.
func Object(n *yaml.RNode) (M, error) {
	v, err := value.Read(n.YNode())
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", n.GetKind(), n.GetName(), err)
	}
	o, ok := v.(M)
	if !ok {
		return nil, fmt.Errorf("read %s %s: no object", n.GetKind(), n.GetName())
	}
	return o, nil
}
