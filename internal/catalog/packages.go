package catalog

// Package of the namespace of whisk.system.
type Package struct {
	// Version of what is carried, its Licence, and its Source: whose words it is, and
	// the contract that it keeps to.
	Version string `json:"version"`
	Licence string `json:"licence"`
	Source  string `json:"source"`
	// When it is installed.
	When When `json:"when"`
	// Shared tells that others may bind it.
	Shared      bool   `json:"shared"`
	Description string `json:"description"`
	// Parameters by name; {"value": NAME} is one of the values that the program which
	// installs has.
	Parameters map[string]any           `json:"parameters"`
	Actions    map[string]PackageAction `json:"actions"`
}

// PackageAction is an action of a package.
type PackageAction struct {
	// Code are files, which are put one after the other.
	Code []string `json:"code"`
	Kind string   `json:"kind"`
	// Web actions answer on the web, Feed actions are asked for a trigger's sake.
	Web         bool               `json:"web"`
	Feed        bool               `json:"feed"`
	Description string             `json:"description"`
	Takes       []PackageParameter `json:"takes"`
}

// PackageParameter is what an action takes, in the words that OpenWhisk's tools read.
type PackageParameter struct {
	Name        string `json:"name"`
	Required    bool   `json:"required"`
	Description string `json:"description"`
}

// PackageValue is the address of a port of a component's Service.
type PackageValue struct {
	Component string `json:"component"`
	Service   string `json:"service"`
	Port      string `json:"port"`
	Path      string `json:"path"`
}
