package overlay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// tier is what base and an environment have in a tier.
type tier struct {
	base     *Base
	accounts accounts
	pairs    []pair
}

// files are those of the tier's folder: what each form says of the difference.
func (t *tier) files(header string) (map[string][]byte, error) {
	s := &sheet{folder: newFolder(header)}
	if err := s.say(t, forms); err != nil {
		return nil, err
	}
	return s.folder.files, s.write(kustomization())
}

// say the difference between what base and an environment have, in forms.
func (s *sheet) say(t *tier, forms []finder) error {
	pairs := t.pairs
	for _, find := range forms {
		f, err := find(t, pairs)
		if err != nil {
			return err
		}
		if err := f.emit(s); err != nil {
			return err
		}
		pairs = f.apply(pairs)
	}
	for _, p := range pairs {
		if p.want != nil && !value.Equal(p.now, p.want.value) {
			return fmt.Errorf("no form makes %s of base (- wanted, + made):\n%s", p.want, value.Diff(p.want.value, p.now))
		}
	}
	return nil
}

// write writes the kustomization of a kind.
func (s *sheet) write(k fields) error {
	slices.SortFunc(s.own, byName)
	slices.SortFunc(s.generators, byFirst)
	slices.SortFunc(s.patches, byFirst)
	k.put("namespace", s.namespace)
	k.put("resources", append(s.resources, s.own...))
	k.put("configMapGenerator", s.generators)
	k.put("replicas", s.replicas)
	k.put("images", s.images)
	k.put("patches", s.patches)
	return s.finish(k)
}

// stems are the names of objects' files in a tier, without an extension.
type stems map[stemKey]int

type stemKey struct {
	part
	kind string
}

// newStems counts the objects that each component has of a kind.
func newStems(pairs []pair) stems {
	s := stems{}
	for _, p := range pairs {
		owner := p.want
		if owner == nil {
			owner = p.base
		}
		s[stemKey{owner.part(), owner.kind}]++
	}
	return s
}

// of names an object's file after its component and its kind, and after the
// object if the component has several of that kind.
func (s stems) of(o *object) string {
	kind := o.component + "-" + strings.ToLower(o.kind)
	name := o.name
	if o.kind == "Job" {
		name = contentHash.ReplaceAllString(name, "")
	}
	if s[stemKey{o.part(), o.kind}] < 2 || name == o.component {
		return kind
	}
	return kind + "-" + fileSafe(strings.TrimPrefix(name, o.component+"-"))
}
