package pipeline

import (
	"github.com/whiskops/whiskops/generators/additions"
	"github.com/whiskops/whiskops/generators/budgets"
	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/generators/configmaps"
	"github.com/whiskops/whiskops/generators/couchdbinit"
	"github.com/whiskops/whiskops/generators/ephemeral"
	"github.com/whiskops/whiskops/generators/externalsecrets"
	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/hardening"
	"github.com/whiskops/whiskops/generators/jobnames"
	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/monitors"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/generators/nginxedge"
	"github.com/whiskops/whiskops/generators/placement"
	"github.com/whiskops/whiskops/generators/references"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/generators/waits"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/krm"
)

// Everybody is what the functions are that work on any objects, by their commands'
// order.
func Everybody() []krm.Definition {
	return []krm.Definition{
		budgets.Function, certificates.Function, volumes.Function, waits.Function, kafkatopics.Function,
		networkpolicies.Function, hardening.Function, jobnames.Function, placement.Function, references.Function,
	}
}

// Own are the functions that make whiskops' own tree and are of no use without it.
func Own() map[string]krm.Function {
	return map[string]krm.Function{
		additions.Kind:       additions.Process,
		configmaps.Kind:      configmaps.Process,
		couchdbinit.Kind:     couchdbinit.Process,
		ephemeral.Kind:       ephemeral.Process,
		externalsecrets.Kind: externalsecrets.Process,
		foundation.Kind:      foundation.Process,
		monitors.Kind:        monitors.Process,
		nginxedge.Kind:       nginxedge.Process,
		workload.Kind:        workload.Process,
	}
}

// Functions are all by the kind of their functionConfig.
func Functions() map[string]krm.Function {
	all := Own()
	for _, d := range Everybody() {
		all[d.Kind] = d.Process
	}
	return all
}
