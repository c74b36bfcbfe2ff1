package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/rollout"
	"github.com/whiskops/whiskops/internal/value"
)

// workload says what becomes of an object's pods.
func (c *comparison) workload(p pair) {
	switch p.new.Kind {
	case "Job":
		if p.old.Is != p.new.Is || len(differences("", p.old.raw, p.new.raw)) > 0 {
			c.say(p, Effect{Class: Rerun, Message: "runs again"})
		}
	case "Deployment", "StatefulSet", "DaemonSet":
		c.restart(p)
		c.scale(p)
	case "HorizontalPodAutoscaler":
		c.bounds(p)
	}
}

// restart says which pods are replaced, and for how long that takes.
func (c *comparison) restart(p pair) {
	because := c.because(p)
	if len(because) == 0 {
		return
	}
	// As many as there were: those that are more only start.
	new := p.new.Value
	was, wereCounted := value.Map(p.old.Value, "spec")["replicas"].(int64)
	if is, counted := value.Map(new, "spec")["replicas"].(int64); wereCounted && counted && was < is {
		new = value.With(new, was, "spec", "replicas")
	}
	if least, ok := c.least[p.new.ID]; ok && !wereCounted {
		new = value.With(new, least, "spec", "replicas")
	}
	r, ok := rollout.Of(new)
	if !ok {
		return
	}
	effect := Effect{Class: Restart, Rollout: rolloutOf(r, because)}
	strategy, _ := value.Map(p.new.Value, "spec", "updateStrategy")["type"].(string)
	switch {
	case strategy == "OnDelete":
		effect.Message = "its pods stay as they are until somebody deletes them"
		effect.Rollout.Seconds, effect.Rollout.Drains = 0, 0
	case r.Pods == 0:
		return
	case p.new.Kind == "DaemonSet":
		effect.Message = "the pod of each node is replaced"
	case r.Away >= r.Pods:
		effect.Message = "its pods are replaced, and none is there meanwhile"
		if component, ok := c.component(p.new); ok && component.Loss != "" {
			effect.Message += ": " + component.Loss
		}
	case r.Away == 0:
		effect.Message = "its pods are replaced, each when its successor is ready"
	default:
		effect.Message = "its pods are replaced"
	}
	c.say(p, effect)
}

// because are the parts of the pods that differ, and what they read that does.
func (c *comparison) because(p pair) []string {
	var all []string
	for _, d := range differences("", at(p.old.Value, "spec.template"), at(p.new.Value, "spec.template")) {
		all = append(all, strings.TrimPrefix(d.path, "spec."))
	}
	for _, r := range value.References(p.new.raw) {
		if name, ok := c.hashed[reference{r.Kind, p.new.Namespace, r.Name}]; ok {
			all = append(all, r.Kind+" "+name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// scale says that there are more pods or fewer.
func (c *comparison) scale(p pair) {
	old, new := value.Map(p.old.Value, "spec")["replicas"], value.Map(p.new.Value, "spec")["replicas"]
	if value.Equal(old, new) {
		return
	}
	e := Effect{Class: Scale, Field: "spec.replicas", Old: show(old), New: show(new), Says: c.says(p.new, "spec.replicas")}
	was, isNumber := old.(int64)
	is, isNumberToo := new.(int64)
	switch {
	case !isNumberToo:
		e.Message = "the number of pods is left to an autoscaler, and is 1 until that has seen to it"
	case !isNumber:
		e.Message = "the number of pods is no longer left to an autoscaler"
	case is > was:
		e.Message = plural(int(is-was), "pod more", "pods more")
	default:
		e.Message = plural(int(was-is), "pod fewer", "pods fewer")
	}
	c.say(p, e)
	if isNumber && isNumberToo {
		c.fewer(p, e, was, is)
	}
}

// fewer says what goes with pods that keep data, or vote.
func (c *comparison) fewer(p pair, e Effect, was, is int64) {
	component, known := c.component(p.new)
	data := known && component.Data != nil && component.Data.Each
	switch {
	case c.votes(p.new) && is != was:
		e.Class = Quorum
		if is > was {
			e.Harmless = true
			e.Message = fmt.Sprintf("the quorum grows from %d voters to %d: it stands still while fewer than %d are up", was, is, is/2+1)
			e.Help = "let all voters be up and in step before the next change"
			break
		}
		e.Message = fmt.Sprintf("the quorum shrinks from %d voters to %d: what only those that go had is lost, and the rest may find no majority", was, is)
		e.Help = "move what they lead and hold to those that stay, one voter at a time, before this is applied"
	case data && is < was:
		e.Class = Quorum
		e.Message = fmt.Sprintf("%s data of its own is away for good: %s", plural(int(was-is), "pod with", "pods with"), component.Data.Loss)
		e.Help = "move what they hold to those that stay before this is applied"
	default:
		return
	}
	c.say(p, e)
	if is < was && len(list(p.new.Value, "spec.volumeClaimTemplates")) > 0 {
		c.claims(p, fmt.Sprintf("claims of pods %d to %d stay", is, was-1))
	}
}

// bounds of an autoscaler.
func (c *comparison) bounds(p pair) {
	for _, field := range []string{"minReplicas", "maxReplicas"} {
		old, new := value.Map(p.old.Value, "spec")[field], value.Map(p.new.Value, "spec")[field]
		if !value.Equal(old, new) {
			c.say(p, Effect{Class: Scale, Field: "spec." + field, Old: show(old), New: show(new), Message: "the autoscaler has another bound"})
		}
	}
}

func list(v map[string]any, path string) []any {
	l, _ := at(v, path).([]any)
	return l
}

// atLeast are the pods that autoscalers keep, by the workload.
func atLeast(objects []Object) map[ID]int64 {
	least := map[ID]int64{}
	for _, o := range objects {
		if o.Kind != "HorizontalPodAutoscaler" {
			continue
		}
		target := value.Map(o.Value, "spec", "scaleTargetRef")
		kind, _ := target["kind"].(string)
		name, _ := target["name"].(string)
		if n, ok := value.Map(o.Value, "spec")["minReplicas"].(int64); ok {
			least[ID{kind, o.Namespace, name}] = n
		}
	}
	return least
}
