// Package configmaps makes ConfigMaps whose names will carry a hash of their
// content, so that pods restart when it changes. The functionConfig has the
// data; what comes out are the objects with Kustomize's own annotation that
// asks for the hash.
package configmaps

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/krm"
)

// Process adds the ConfigMaps to the list.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	for _, c := range spec.ConfigMaps {
		if err := krm.Add(rl, spec.ConfigMap(c.Name, c.Data)); err != nil {
			return err
		}
	}
	return nil
}

func check(spec Spec) error {
	var c krm.Check
	c.Owner(spec.Owner)
	if len(spec.ConfigMaps) == 0 {
		c.Fail("spec.configMaps is empty")
	}
	seen := map[string]bool{}
	for i, m := range spec.ConfigMaps {
		field := fmt.Sprintf("spec.configMaps[%d]", i)
		c.Name(field+".name", m.Name)
		c.Unique(field+".name", m.Name, seen)
		c.Data(field+".data", m.Data)
	}
	return c.Err()
}
