package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/place"
	"github.com/whiskops/whiskops/internal/value"
)

// targetsOf holds what the kustomizations of a folder mean to change against what
// there is to change. A component sees the overlay and what it adds itself; a
// Kustomization sees what it has itself.
func (j *judge) targetsOf(own Own) {
	var added []kustomize.Object
	for _, o := range j.Objects {
		if _, ok := j.plain.by[idOf(o)]; !ok {
			added = append(added, o)
		}
	}
	var written []kustomize.Object
	for _, k := range own.Kustomizations {
		written = append(written, k.Written...)
	}
	beside := slices.Concat(added, written)
	all := slices.Concat(j.plain.Objects, beside)
	for _, k := range own.Kustomizations {
		sees, whose := all, "the overlay"
		if !k.Component {
			sees, whose = beside, "what this kustomization has"
		}
		warning := k.File != own.Folder && !strings.HasPrefix(k.File, own.Folder+"/")
		for _, t := range k.Targets {
			j.target(t, sees, whose, !k.Component && anySelected(t, j.plain.Objects), warning)
		}
	}
}

func (j *judge) target(t kustomize.Target, sees []kustomize.Object, whose string, elsewhere, warning bool) {
	if anySelected(t, sees) {
		return
	}
	severity := finding.Error
	if warning {
		severity = finding.Warning
	}
	help := near(t, sees)
	if elsewhere {
		help = "the overlay has it, and only a component changes what it did not bring: write kind: Component and apiVersion: kustomize.config.k8s.io/v1alpha1"
	}
	j.found = append(j.found, finding.Finding{
		Code: codeTarget, Severity: severity, Position: finding.Position{File: t.At.File, Line: t.At.Line, Column: t.At.Column},
		Message: fmt.Sprintf("%s selects nothing of %s: %s", t.Field, whose, t.String()), Help: help,
	})
}

// anySelected tells whether a target selects one of objects.
func anySelected(t kustomize.Target, objects []kustomize.Object) bool {
	return slices.ContainsFunc(objects, func(o kustomize.Object) bool { return selectedBy(t, o) })
}

func selectedBy(t kustomize.Target, o kustomize.Object) bool {
	if t.Image != "" {
		return slices.Contains(imagesOf(o), t.Image)
	}
	group, version, named := strings.Cut(o.APIVersion, "/")
	if !named {
		group, version = "", group
	}
	return matches(t.Group, group) && matches(t.Version, version) && matches(t.Kind, o.Kind) && matches(t.Namespace, o.Namespace) &&
		(matches(t.Name, o.Name) || matches(t.Name, kustomize.PlainName(o))) &&
		labelled(t.Labels, value.Map(o.Value, "metadata", "labels")) && labelled(t.Annotations, value.Map(o.Value, "metadata", "annotations"))
}

// matches is the engine's: a regular expression that means the whole. Nothing says
// anything.
func matches(pattern, is string) bool {
	if pattern == "" || pattern == is {
		return true
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	return err != nil || re.MatchString(is) // the engine refuses what is no expression
}

// labelled holds labels against a selector in text. What is more than equalities
// is left to the engine.
func labelled(selector string, labels map[string]any) bool {
	for part := range strings.SplitSeq(selector, ",") {
		part = strings.TrimSpace(part)
		k, v, equal := strings.Cut(part, "=")
		switch {
		case part == "" || strings.ContainsAny(part, "!()") || strings.Contains(part, " "):
		case !equal:
			if _, ok := labels[part]; !ok {
				return false
			}
		case text(labels[k]) != strings.TrimPrefix(v, "="):
			return false
		}
	}
	return true
}

// imagesOf an object's containers, without tags.
func imagesOf(o kustomize.Object) []string {
	p := podOf(o)
	if p == nil {
		return nil
	}
	var all []string
	for _, c := range p.containers {
		name, _, _ := strings.Cut(text(c.is["image"]), "@")
		if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
			name = name[:i]
		}
		all = append(all, name)
	}
	return all
}

// near says what was meant.
func near(t kustomize.Target, sees []kustomize.Object) string {
	var there []string
	if t.Image != "" {
		for _, o := range sees {
			there = append(there, imagesOf(o)...)
		}
		slices.Sort(there)
		there = slices.Compact(there)
		if better := place.Suggest(t.Image, there); better != "" {
			return fmt.Sprintf("did you mean %s?", better)
		}
		return "there is " + names(there)
	}
	for _, o := range sees {
		other := t
		other.Name = ""
		if selectedBy(other, o) {
			there = append(there, kustomize.PlainName(o))
		}
	}
	slices.Sort(there)
	there = slices.Compact(there)
	if better := place.Suggest(t.Name, there); better != "" {
		return fmt.Sprintf("did you mean %s?", better)
	}
	const most = 12
	switch {
	case len(there) > 0 && len(there) <= most:
		return "there is " + names(there)
	case t.Kind != "" && len(there) == 0:
		var kinds []string
		for _, o := range sees {
			kinds = append(kinds, o.Kind)
		}
		slices.Sort(kinds)
		if better := place.Suggest(t.Kind, slices.Compact(kinds)); better != "" {
			return fmt.Sprintf("did you mean kind %s?", better)
		}
	}
	return "look into golden/ for what it is called; the name is that before a hash of its content"
}
