package verify

import (
	"fmt"
	"strconv"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/place"
	"github.com/whiskops/whiskops/internal/value"
)

// claims holds the claims that PersistentVolumes are kept for against those that
// the set makes: a volume whose claim never comes stays free, and its claim gets
// another, empty one, or none.
func (j *judge) claims() {
	made := map[id]bool{}
	var all []string
	for _, o := range j.of("PersistentVolumeClaim") {
		made[idOf(o)] = true
		all = append(all, o.Name)
	}
	for _, o := range j.of("StatefulSet") {
		for _, name := range claimsOf(o) {
			made[id{"PersistentVolumeClaim", o.Namespace, name}] = true
			all = append(all, name)
		}
	}
	for _, o := range j.of("PersistentVolume") {
		ref := value.Map(o.Value, "spec", "claimRef")
		name, namespace := text(ref["name"]), text(ref["namespace"])
		if name == "" || made[id{"PersistentVolumeClaim", namespace, name}] || j.Open && !generated(o) {
			continue
		}
		help := "write the claim that a StatefulSet of the set makes: <template>-<set>-<number>"
		if better := place.Suggest(name, all); better != "" {
			help = fmt.Sprintf("did you mean %s?", better)
		}
		j.fail(fault{
			code: codeClaim, of: o, path: []string{"spec", "claimRef", "name"}, word: name, also: []string{"namePrefix", "nameSuffix", "volumeClaimTemplates"}, warning: !generated(o), help: help,
			message: fmt.Sprintf("it is kept for claim %s/%s, and nothing makes that one", namespace, name),
		})
	}
}

// claimsOf are the names of the claims that a StatefulSet makes.
func claimsOf(o kustomize.Object) []string {
	var all []string
	for _, t := range list(value.Map(o.Value, "spec")["volumeClaimTemplates"]) {
		for i := range min(replicas(o), 1000) {
			all = append(all, text(value.Map(t, "metadata")["name"])+"-"+o.Name+"-"+strconv.Itoa(i))
		}
	}
	return all
}
