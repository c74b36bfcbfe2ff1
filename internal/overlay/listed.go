package overlay

import "slices"

// toRoot leads from a tier's folder, overlays/<environment>/<tier>, to the root.
const toRoot = "../../../"

// listed are the folders of base that a tier takes. It does not take a
// component that is wholly absent, nor one that has an object with a hashed
// name here and a plain one there, which no overlay can say. What is wanted of
// those is written whole.
type listed struct {
	taken   map[part]bool
	folders []string
}

func findListed(t *tier, pairs []pair) (form, error) {
	l := listed{taken: map[part]bool{}}
	for _, p := range pairs {
		if p.changes() {
			l.taken[p.base.part()] = true
		}
	}
	for _, p := range pairs {
		if p.changes() && p.base.hashed != p.want.hashed {
			delete(l.taken, p.base.part())
		}
	}
	for own := range l.taken {
		l.folders = append(l.folders, t.base.folders[own])
	}
	slices.Sort(l.folders)
	return l, nil
}

func (l listed) apply(pairs []pair) []pair {
	var after []pair
	for _, p := range pairs {
		if p.base != nil && l.taken[p.base.part()] {
			after = append(after, pair{p.base, p.want, p.base.value})
		} else if p.want != nil {
			after = append(after, pair{want: p.want})
		}
	}
	return after
}

func (l listed) emit(s *sheet) error {
	for _, folder := range l.folders {
		s.resources = append(s.resources, toRoot+folder)
	}
	return nil
}
