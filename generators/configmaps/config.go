package configmaps

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "ConfigMaps"

// Spec lists ConfigMaps whose names carry a hash of their content.
type Spec struct {
	krm.Owner
	ConfigMaps []ConfigMap `json:"configMaps"`
}

// ConfigMap by its name before hashing.
type ConfigMap struct {
	Name string            `json:"name"`
	Data map[string]string `json:"data"`
}
