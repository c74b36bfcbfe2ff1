package change

import (
	"fmt"
	"slices"

	"github.com/whiskops/whiskops/internal/value"
)

// data says that a workload's data are elsewhere, or nowhere.
func (c *comparison) data(p pair) {
	component, ok := c.component(p.new)
	if !ok || component.Data == nil || !value.RunsPods(p.new.Kind) {
		return
	}
	old, new := stored(p.old.Value, component.Data.MountPath), stored(p.new.Value, component.Data.MountPath)
	if old == nil || value.Equal(old, new) {
		return
	}
	help := "copy the data to the new place while the workload is down, or keep the volume"
	name := mounted(value.PodSpec(p.new.Value), component.Data.MountPath)
	field := "spec.template.spec.volumes[" + name + "]"
	if value.Map(new)["claim"] == name {
		field = "spec.volumeClaimTemplates[" + name + "]"
	}
	says := []string{component.Data.Volume}
	if !value.Equal(value.Map(old)["storageClassName"], value.Map(new)["storageClassName"]) {
		says = append(c.says(p.new, field+".spec.storageClassName"), says...)
	}
	c.say(p, Effect{
		Class: Data, Field: field, Old: show(old), New: show(new),
		Message: "it starts with another volume, and without the data of the old one: " + component.Data.Loss, Help: help,
		Says: says, Harmless: component.Data.Spare,
	})
}

// stored is the volume that is mounted at a path: what of a claim decides which volume it is
// bound to, or the pod's volume.
func stored(o map[string]any, mountPath string) any {
	pod := value.PodSpec(o)
	name := mounted(pod, mountPath)
	if name == "" {
		return nil
	}
	templates, _ := value.Map(o, "spec")["volumeClaimTemplates"].([]any)
	if t, ok := byName(templates)[name]; ok {
		claim := map[string]any{"claim": name}
		for _, field := range []string{"storageClassName", "volumeName", "selector"} {
			if v := value.Map(t, "spec")[field]; v != nil {
				claim[field] = v
			}
		}
		return claim
	}
	volumes, _ := pod["volumes"].([]any)
	return byName(volumes)[name]
}

func mounted(pod map[string]any, mountPath string) string {
	containers, _ := pod["containers"].([]any)
	for _, container := range containers {
		mounts, _ := value.Map(container)["volumeMounts"].([]any)
		for _, m := range mounts {
			if value.Map(m)["mountPath"] == mountPath {
				name, _ := value.Map(m)["name"].(string)
				return name
			}
		}
	}
	return ""
}

// kept are kinds that hold data, or that take along what does.
var kept = []string{"Namespace", "PersistentVolume", "PersistentVolumeClaim"}

// remove says what becomes of an object that is gone from the set.
func (c *comparison) remove(p pair, m matched) {
	o, e := p.old, Effect{}
	component, known := c.component(o)
	switch stays := !c.Prunes || slices.Contains(c.Kept, o.Kind); {
	case stays:
		e.Class, e.Message, e.Help = Left, "is left in the cluster: nothing deletes it", "delete it by hand when nothing needs it"
		switch {
		case c.Prunes:
			e.Message = "is protected, and left in the cluster"
		case value.RunsPods(o.Kind) && o.Kind != "Job":
			e.Message = "is left in the cluster, and runs on: nothing deletes it"
		case o.Kind != networkPolicy && slices.ContainsFunc(waysOf(o), func(w way) bool { return !w.right }):
			e.Message = "is left in the cluster, and lets in as before: nothing deletes it"
		default:
			e.Harmless = true
		}
		e.Harmless = e.Harmless || c.Prunes
		e.Says = c.saysWhether(o)
	case slices.Contains(kept, o.Kind):
		e.Class, e.Message = Data, "is deleted, and with it all that it holds"
		e.Help = "keep it, or copy what it holds"
	default:
		e.Class, e.Message = Removed, "is deleted"
		c.shut(p)
	}
	c.say(p, e)
	e = Effect{}
	if known && component.Data != nil && value.RunsPods(o.Kind) && !replaced(o, m) {
		e.Class, e.Message, e.Harmless = Data, "what it has stored serves nobody any more: "+component.Data.Loss, component.Data.Spare
		e.Help = "copy the data to what takes its place before this is applied"
		e.Says = c.saysWhether(o)
		c.say(p, e)
	}
	if len(list(o.Value, "spec.volumeClaimTemplates")) > 0 {
		c.claims(p, "its claims stay")
	}
	if c.votes(o) && known && value.RunsPods(o.Kind) {
		e.Class, e.Message, e.Help, e.Harmless = Quorum, "its voters are gone", "see the other effects of this change", true
		c.say(p, e)
	}
}

// replaced tells whether a workload of the same component comes.
func replaced(o Object, m matched) bool {
	return slices.ContainsFunc(m.come, func(n Object) bool {
		return value.RunsPods(n.Kind) && n.Component() == o.Component() && n.Component() != ""
	})
}

// claims say what of a StatefulSet's claims stays.
func (c *comparison) claims(p pair, what string) {
	o := p.is()
	policy := value.Map(o.Value, "spec", "persistentVolumeClaimRetentionPolicy")
	if policy["whenDeleted"] == "Delete" || policy["whenScaled"] == "Delete" {
		c.say(p, Effect{Class: Data, Field: "spec.volumeClaimTemplates", Message: "its claims are deleted with its pods", Help: "set persistentVolumeClaimRetentionPolicy to Retain first"})
		return
	}
	c.say(p, Effect{Says: c.saysWhether(o), Class: Left, Field: "spec.volumeClaimTemplates", Message: what + ", and their volumes are paid for", Help: fmt.Sprintf("kubectl -n %s delete pvc, by name, when nothing needs them", o.Namespace)})
}

// add says what comes with an object that is new.
func (c *comparison) add(p pair) {
	c.say(p, Effect{Class: Added, Message: "is new"})
	c.appeared(p)
	c.opened(p)
}
