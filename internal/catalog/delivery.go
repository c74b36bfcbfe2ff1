package catalog

// Delivery is how a reconciler brings an installation up, and what it must not
// do.
type Delivery struct {
	// Order has for each tier those that its pods wait for. A tier that is not
	// named waits for all.
	Order map[string][]string `json:"order"`
	// Outside are objects that are ready when somebody outside has acted, or
	// never.
	Outside []Selected `json:"outside"`
	// Replaced kinds are made anew where they cannot be changed.
	Replaced []string `json:"replaced"`
	// Addressless platforms give a load balancer no address by themselves.
	Addressless []string `json:"addressless"`
	// Health of kinds that are not Kubernetes' own.
	Health []Health `json:"health"`
	// Kinds are all that an environment may have.
	Kinds []Kind `json:"kinds"`
	// Made kinds are what workloads make, which is read to know how these are.
	Made []Kind `json:"made"`
	// Read kinds are read by pods, or decide about them, and wait for nobody.
	Read []string `json:"read"`
}

// Selected are the objects of a kind; with a Field, those that have Value at that
// path.
type Selected struct {
	Kind  string `json:"kind"`
	Field string `json:"field"`
	Value string `json:"value"`
}

// Health says when an object of a kind is healthy, in CEL over its fields: in the
// order in progress, failed, current; in progress if none holds.
type Health struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Current    string `json:"current"`
	InProgress string `json:"inProgress,omitempty"`
	Failed     string `json:"failed,omitempty"`
}

// Kind of objects; those of Cluster are in no namespace.
type Kind struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Cluster    bool   `json:"cluster"`
	// Resource is the name of the kind's resources, where it is none that
	// Kubernetes would make of the kind's.
	Resource string `json:"resource,omitempty"`
}
