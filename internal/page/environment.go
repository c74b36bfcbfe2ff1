package page

import (
	"cmp"
	"slices"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/report"
	"github.com/whiskops/whiskops/internal/topology"
)

// Of is what is drawn of an environment: its topology as it will be, and what happens
// to its components. An error is a fault of the catalogue.
func Of(v *derived.Values, e report.Environment) (Environment, error) {
	out := Environment{Name: e.Name}
	t, err := topology.Of(v)
	if err != nil {
		return out, err
	}
	out.Topology = &t
	effects := slices.Concat(e.Tool, e.Effects)
	out.Marks = marks(effects)
	for _, effect := range effects {
		name := effect.Component
		if effect.Class == change.Removed && workload(effect) && name != "" && !v.Has(name) && !slices.Contains(out.Gone, name) {
			out.Gone = append(out.Gone, name)
		}
	}
	slices.Sort(out.Gone)
	return out, nil
}

// marks are what happens to components, the worst of it.
func marks(effects []change.Effect) map[string]string {
	worst := map[string]change.Class{}
	for _, e := range effects {
		if word(e) == "" || e.Component == "" {
			continue
		}
		if is, ok := worst[e.Component]; !ok || cmp.Less(slices.Index(change.Classes, e.Class), slices.Index(change.Classes, is)) {
			worst[e.Component] = e.Class
		}
	}
	said := map[string]string{}
	for component, class := range worst {
		said[component] = words[class]
	}
	return said
}

// words of a picture, which has little room.
var words = map[change.Class]string{
	change.Refused: "refused", change.Data: "data", change.Quorum: "quorum", change.Exposed: "exposed", change.Closed: "closed", change.Recreated: "recreated",
	change.Restart: "restarts", change.Rerun: "runs again", change.Scale: "scaled", change.Added: "new",
}

// word of an effect; empty for what changes nothing of a component that runs, as an
// object does that comes beside it.
func word(e change.Effect) string {
	if e.Class == change.Added && !workload(e) {
		return ""
	}
	return words[e.Class]
}

// workload tells whether an effect is about what makes a component's pods.
func workload(e change.Effect) bool {
	switch e.Object.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob":
		return true
	}
	return false
}
