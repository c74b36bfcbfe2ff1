package derived

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// gatewayOn is the field with the API gateway, which route management needs.
const gatewayOn = "apigateway.enabled"

// withGateway is the environment with the API gateway on where route management wants
// it and nobody wrote that it is off. The environment itself is not changed.
func withGateway(env *environment.Environment) *environment.Environment {
	p := env.Packages
	if p == nil || !p.RouteManagement || env.APIGateway.Enabled || env.Source.Written(gatewayOn) {
		return env
	}
	on := *env
	on.APIGateway.Enabled = true
	return &on
}

// Packages that are installed into the namespace of whisk.system, by name, in order.
func (v *Values) Packages() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(v.Catalog.Packages)), func(name string) bool {
		return !v.Catalog.Packages[name].When.Holds(v.Env)
	})
}

// Installs tells whether an action that is installed has the file among its code.
func (v *Values) Installs(file string) bool {
	return slices.ContainsFunc(v.Packages(), func(name string) bool {
		for _, action := range v.Catalog.Packages[name].Actions {
			if slices.Contains(action.Code, file) {
				return true
			}
		}
		return false
	})
}

// ManagesRoutes tells whether the API gateway's management is asked by anybody.
func (v *Values) ManagesRoutes() bool { return v.Env.Packages != nil && v.Env.Packages.RouteManagement }

// PackagesImage tells whether there are packages from an image.
func (v *Values) PackagesImage() bool { return v.Env.Packages != nil && v.Env.Packages.Image != nil }

// PackageValues are what parameters of packages ask for by name, of what is there: JSON.
func (v *Values) PackageValues() (string, error) {
	values := map[string]string{}
	for name, at := range v.Catalog.PackageValues {
		if v.Has(at.Component) {
			values[name] = fmt.Sprintf("http://%s:%d%s", v.FQDN(at.Service), v.Catalog.Components[at.Component].Port(at.Port), at.Path)
		}
	}
	text, err := json.Marshal(values)
	return string(text), err
}

// ProviderBrokers are those that the provider of Kafka's messages reads from, joined
// by commas.
func (v *Values) ProviderBrokers() string {
	if v.Env.Packages == nil || v.Env.Packages.Kafka == nil {
		return ""
	}
	return strings.Join(v.Env.Packages.Kafka.Brokers, ",")
}

// wantedPackage and wantedAction are what the manifest says of a package, in the form
// of docs/packages.md.
type wantedPackage struct {
	Version     string                  `json:"version"`
	Licence     string                  `json:"licence"`
	Source      string                  `json:"source"`
	Shared      bool                    `json:"shared"`
	Annotations map[string]any          `json:"annotations"`
	Parameters  map[string]any          `json:"parameters,omitempty"`
	Actions     map[string]wantedAction `json:"actions"`
}

type wantedAction struct {
	Code        []string       `json:"code"`
	Kind        string         `json:"kind"`
	Web         bool           `json:"web,omitempty"`
	Annotations map[string]any `json:"annotations"`
}

// PackagesManifest tells the program that installs packages which ones are wanted: JSON,
// with a line for each thing.
func (v *Values) PackagesManifest() (string, error) {
	all := map[string]wantedPackage{}
	for _, name := range v.Packages() {
		p := v.Catalog.Packages[name]
		wanted := wantedPackage{
			Version: p.Version, Licence: p.Licence, Source: p.Source, Shared: p.Shared,
			Annotations: map[string]any{"description": p.Description},
			Parameters:  p.Parameters, Actions: map[string]wantedAction{},
		}
		for action, a := range p.Actions {
			wanted.Actions[action] = wantedAction{Code: a.Code, Kind: a.Kind, Web: a.Web, Annotations: annotationsOf(a)}
		}
		all[name] = wanted
	}
	text, err := json.MarshalIndent(map[string]any{"packages": all}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("encode the manifest of packages: %w", err)
	}
	return string(text) + "\n", nil
}

// annotationsOf an action are what tools read of it.
func annotationsOf(a catalog.PackageAction) map[string]any {
	notes := map[string]any{"description": a.Description}
	if a.Feed {
		notes["feed"] = true
	}
	if len(a.Takes) > 0 {
		notes["parameters"] = a.Takes
	}
	return notes
}
