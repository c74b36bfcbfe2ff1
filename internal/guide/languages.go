package guide

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
)

// language is one kind of actions, in the table of an environment that has its own.
type language struct {
	// Kind, as a person names it, and the image that its actions run in.
	Kind, Image string
	// Says what is particular about it.
	Says string
}

// Languages are the kinds of an environment that says more of them than which
// families there are; none of another.
func (v view) Languages() []language {
	rt := v.Env.Runtimes
	if rt.Manifest == "" && len(rt.Kinds) == 0 && len(rt.Blackboxes) == 0 {
		return nil
	}
	image := func(i string) string { return "`" + i + "`" }
	var all []language
	for _, k := range v.Values.Kinds() {
		all = append(all, language{"`" + k.Kind.Kind + "`", image(v.ImageOf(k.Image)), says(k)})
	}
	for _, b := range v.Blackboxes() {
		all = append(all, language{fmt.Sprintf("`--docker %s`", b.Reference("")), image(v.ImageOf(b.Image)), "users name it"})
	}
	return all
}

func says(k derived.Kind) string {
	var all []string
	for _, s := range []struct {
		is   bool
		text string
	}{
		{k.Default, "default of its family"}, {k.Added, "this environment's own"}, {!k.Added && k.Field != "", "changed by this environment"},
		{k.Deprecated, "deprecated: read and deleted, nothing else"}, {k.RequireMain, "needs `--main`"},
	} {
		if s.is {
			all = append(all, s.text)
		}
	}
	return strings.Join(all, ", ")
}
