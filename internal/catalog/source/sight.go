package source

import (
	"github.com/whiskops/whiskops/internal/catalog"
)

// sight holds alerts and panels against the components whose metrics they read.
func (k *checker) sight() {
	names := map[string]bool{}
	for _, a := range k.catalog.Alerts.Value() {
		k.at = "alert " + a.Name
		if names[a.Name] {
			k.fail("it is there twice")
		}
		names[a.Name] = true
		k.reads(a.Component, a.When)
		k.template(a.Expr)
		k.template(a.If)
	}
	for _, p := range k.catalog.Dashboard.Value().Panels {
		k.at = "panel " + p.Title
		k.reads(p.Component, p.When)
		for _, s := range p.Series {
			k.template(s.Expr)
		}
	}
}

func (k *checker) reads(component string, when catalog.When) {
	k.when(when)
	k.exists(component)
	if k.catalog.Components[component].Metrics == nil {
		k.fail("component %s has no metrics", component)
	}
}

func (k *checker) template(text string) {
	if err := catalog.Parses(text); err != nil {
		k.fail("%w", err)
	}
}
