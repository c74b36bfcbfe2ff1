package externalsecrets

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "ExternalSecrets"

// Spec describes Secrets whose values are not in the tree. With a Store they are
// read from there; without one the operator makes them.
type Spec struct {
	krm.Owner
	Store *Store `json:"store,omitempty"`
	// RefreshInterval of what is read from the store, as "1h".
	RefreshInterval string   `json:"refreshInterval,omitempty"`
	Secrets         []Secret `json:"secrets"`
}

// Store that a platform's people have set up.
type Store struct {
	// Kind is SecretStore or ClusterSecretStore.
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Secret of type Opaque.
type Secret struct {
	Name string `json:"name"`
	// Remote is its name in the store, which has each key as a property.
	Remote string `json:"remote,omitempty"`
	// Open tells that all properties of the store's are keys, besides these.
	Open bool           `json:"open,omitempty"`
	Keys map[string]Key `json:"keys"`
}

// Key of a Secret, as the operator makes it: a Fixed text, or Length letters and
// digits, with a UUID and a colon before them if UUID is set. A store has it
// already.
type Key struct {
	Fixed  string `json:"fixed,omitempty"`
	Length int    `json:"length,omitempty"`
	UUID   bool   `json:"uuid,omitempty"`
}
