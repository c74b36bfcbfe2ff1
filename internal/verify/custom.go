package verify

import (
	"path"
	"reflect"
	"slices"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Own is a user's own folder, as it was read.
type Own struct {
	// Folder has the slash path of the folder below the root. What is wrong in a
	// file of it is an error; what other folders of the repository have for
	// several environments may not be for this one.
	Folder string
	// Kustomizations are all that were read, in the order of their paths.
	Kustomizations []kustomize.Kustomization
	// ByTier tells that people apply the tiers' own builds.
	ByTier bool
}

// Custom judges a set with a user's own folder in it against the same without:
// plain has no finding, so whatever there is, is the folder's.
func Custom(plain []kustomize.Object, s Set, own Own) []finding.Finding {
	j := newJudge(s)
	before := s
	before.Objects = plain
	j.plain = newJudge(before)
	j.all()
	j.safety()
	j.templates()
	j.unmounted()
	j.targetsOf(own)
	j.engines(own.Kustomizations)
	j.effect(own)
	return finding.Sort(j.found)
}

// effect is that of the whole folder: none at all, though each target selects
// something, or one that the builds of tiers are without.
func (j *judge) effect(own Own) {
	changed := len(j.Objects) != len(j.plain.Objects)
	for _, o := range j.Objects {
		if was, ok := j.plain.by[idOf(o)]; changed || !ok || !reflect.DeepEqual(was.Value, o.Value) {
			changed = true
			break
		}
	}
	at := finding.Position{File: own.Folder}
	component := slices.ContainsFunc(own.Kustomizations, func(k kustomize.Kustomization) bool {
		return k.Component && path.Dir(k.File) == own.Folder
	})
	switch {
	case !changed && len(own.Kustomizations) > 0 && len(j.found) == 0:
		j.found = append(j.found, finding.Finding{
			Code: codeTarget, Severity: finding.Warning, Position: at, Message: "what is built is the same with this folder and without it",
			Help: "delete it if that is meant; kustomize leaves an entry of a list out, without a word, whose key is incomplete: a port is found by its number and its protocol",
		})
	case changed && component && own.ByTier:
		j.found = append(j.found, finding.Finding{
			Code: codeTiers, Severity: finding.Warning, Position: at,
			Message: "the build of a tier alone is without what this component changes: it is in the build of the whole, since it may change objects of any tier",
			Help:    "apply the whole, as its README says; what you add, without a change, may be kind: Kustomization, which is a tier of its own",
		})
	}
}

// Engines judges kustomizations alone: what the versions of kustomize that are in
// use build differently of objects.
func Engines(s Set, all []kustomize.Kustomization) []finding.Finding {
	j := newJudge(s)
	j.engines(all)
	return finding.Sort(j.found)
}

// pairs are the pods of plain with those of the same object now.
func (j *judge) pairs(show func(was, is *pod)) {
	now := map[id]*pod{}
	for _, p := range j.pods {
		now[nameless(p.of)] = p
	}
	for _, was := range j.plain.pods {
		if is := now[nameless(was.of)]; is != nil {
			show(was, is)
		}
	}
}

// nameless is what an object is called without the hash of its content.
func nameless(o kustomize.Object) id {
	return id{o.Kind, o.Namespace, kustomize.PlainName(o)}
}

// same container of another pod.
func (p *pod) same(c container) (container, bool) {
	i := slices.IndexFunc(p.containers, func(o container) bool { return o.name == c.name && o.kind == c.kind })
	if i < 0 {
		return container{}, false
	}
	return p.containers[i], true
}

// effective setting of a container: its own, or that of its pod.
func effective(p *pod, c container, name string) any {
	if v, ok := value.Map(c.is, "securityContext")[name]; ok {
		return v
	}
	return value.Map(p.spec, "securityContext")[name]
}
