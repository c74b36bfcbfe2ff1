package overlay

import (
	"fmt"
	"regexp"
	"strings"
)

// patches are those of single objects, by the object that is wanted.
type patches struct {
	of    map[*object]patch
	order []*object
	stems stems
}

// patch is the file of one object's patch, and its entry in `patches:`.
type patch struct {
	content any
	entry   fields
}

func (s *patches) add(o *object, p patch) {
	s.of[o], s.order = p, append(s.order, o)
}

func (s patches) emit(to *sheet) error {
	for _, o := range s.order {
		if err := to.patch(s.stems.of(o), s.of[o].entry, s.of[o].content); err != nil {
			return fmt.Errorf("patch %s: %w", o, err)
		}
	}
	return nil
}

// targetOf selects one object of base among all that patches can find. The
// engine takes each field for a regular expression, so a name with a dot could
// mean others as well.
func targetOf(o *object, pairs []pair) fields {
	target := fields{{"kind", o.kind}, {"name", o.name}}
	namespace, spoken := o.spoken()
	pattern, err := regexp.Compile("^(?:" + o.name + ")$")
	if err != nil {
		pattern = regexp.MustCompile("^" + regexp.QuoteMeta(o.name) + "$")
		target[1].value = regexp.QuoteMeta(o.name)
	}
	for _, p := range pairs {
		other := p.base
		if other == nil {
			other = p.want
		}
		if elsewhere := spoken && other.namespace != o.namespace; elsewhere || other == o || other.kind != o.kind || !pattern.MatchString(other.name) {
			continue
		}
		if other.name != o.name {
			target[1].value = regexp.QuoteMeta(o.name)
			continue
		}
		group, version := groupVersion(o.apiVersion)
		target = fields{{"group", group}, {"version", version}, {"kind", o.kind}, target[1]}
	}
	target.put("namespace", regexp.QuoteMeta(namespace))
	return target
}

func groupVersion(apiVersion string) (group, version string) {
	if g, v, ok := strings.Cut(apiVersion, "/"); ok {
		return g, v
	}
	return "", apiVersion
}
