package derived

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// Measured are the components whose metrics are read, by name, in order.
func (v *Values) Measured() []string {
	if v.Env.Metrics == nil {
		return nil
	}
	return v.where(func(c catalog.Component) bool { return v.runs(c) && c.Metrics != nil })
}

// Series is the selector of what a component's pods export, in PromQL, with further
// matchers, if there are any.
func (v *Values) Series(component string, matchers ...string) string {
	// The pods of a StatefulSet have numbers: no other component whose name
	// begins alike is meant.
	pods := component + "-.+"
	if v.Kind(component) == "StatefulSet" {
		pods = component + "-[0-9]+"
	}
	all := append([]string{fmt.Sprintf("namespace=%q", v.Env.Namespace), fmt.Sprintf("pod=~%q", pods)}, matchers...)
	return "{" + strings.Join(all, ",") + "}"
}

// Sidecars of a component that are there, as the catalogue has them.
func (v *Values) Sidecars(component string) []map[string]any {
	return v.containers(v.Catalog.Components[component], "sidecars")
}
