package report

import (
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// sealer hides secrets. Thousands of environments say the same, so each text is
// looked at once.
type sealer struct {
	secrets *finding.Secrets
	dir     string
	texts   map[string]string
}

// seal is a report that anyone may see: without secrets, and with files as seen
// from the directory. Every writer begins with it. No list in it is nil. The
// fields of Says have their environment before them, as a finding's Path has.
func seal(r Report, o Options) Report {
	s := sealer{o.Secrets, o.Dir, map[string]string{}}
	r.Against, r.Commit, r.Since = s.text(r.Against), s.text(r.Commit), s.text(r.Since)
	r.Findings = sealFindings(r.Findings, o)
	environments := make([]Environment, len(r.Environments))
	for i, e := range r.Environments {
		environments[i] = Environment{
			Name: s.value(e.Name), State: e.State,
			Tool: s.effects(e.Name, e.Tool), Effects: s.effects(e.Name, e.Effects),
			Findings: sealFindings(e.Findings, o), Accepted: each(e.Accepted, s.text),
		}
	}
	r.Environments = environments
	return r
}

// sealFindings are findings that anyone may see.
func sealFindings(fs []finding.Finding, o Options) []finding.Finding {
	sealed := o.Secrets.Seal(fs)
	for i := range sealed {
		sealed[i].Position = sealed[i].In(o.Dir)
	}
	return sealed
}

func (s sealer) effects(environment string, effects []change.Effect) []change.Effect {
	sealed := make([]change.Effect, len(effects))
	for i, e := range effects {
		e.Object = change.ID{Kind: s.value(e.Object.Kind), Namespace: s.value(e.Object.Namespace), Name: s.value(e.Object.Name)}
		e.Component, e.File, e.Field = s.value(e.Component), s.value(e.File), s.value(e.Field)
		e.Old, e.New = s.value(e.Old), s.value(e.New)
		e.Message, e.Help = s.text(e.Message), s.text(e.Help)
		e.Says = each(e.Says, func(field string) string { return s.path(environment + "." + field) })
		if e.Rollout != nil {
			rollout := *e.Rollout
			rollout.Because = each(rollout.Because, s.value)
			e.Rollout = &rollout
		}
		sealed[i] = e
	}
	return sealed
}

// each of some texts as say writes it.
func each(texts []string, say func(string) string) []string {
	said := make([]string, len(texts))
	for i, text := range texts {
		said[i] = say(text)
	}
	return said
}

// text is a sentence without secrets.
func (s sealer) text(text string) string { return s.once("t"+text, text, s.secrets.Hide) }

// value is a name or a value without secrets. A short secret is known between
// quotes alone, where the whole value is meant.
func (s sealer) value(value string) string {
	return s.once("v"+value, value, func(value string) string {
		hidden := s.secrets.HideValues(`"` + value + `"`)
		return strings.TrimSuffix(strings.TrimPrefix(hidden, `"`), `"`)
	})
}

// path is a field's, as a finding shows it.
func (s sealer) path(path string) string {
	return s.once("p"+path, path, func(path string) string {
		return s.secrets.Seal([]finding.Finding{{Path: path}})[0].Path
	})
}

func (s sealer) once(key, text string, hide func(string) string) string {
	if text == "" {
		return ""
	}
	sealed, ok := s.texts[key]
	if !ok {
		sealed = hide(text)
		s.texts[key] = sealed
	}
	return sealed
}

// named are the findings of an environment that are about its effects, by the
// field that both name.
func named(fs []finding.Finding) map[string][]finding.Finding {
	by := map[string][]finding.Finding{}
	for _, f := range fs {
		if strings.HasPrefix(f.Code, effectCodes) && f.Path != "" {
			by[f.Path] = append(by[f.Path], f)
		}
	}
	return by
}

// effectCodes begin the codes of findings about effects: WO4xx.
const effectCodes = "WO4"

// other are the findings of a sealed environment that no effect of it shows, by
// their index.
func other(e Environment) []int {
	by := named(e.Findings)
	shown := map[string]bool{}
	for _, effect := range slices.Concat(e.Tool, e.Effects) {
		if field, _ := nearest(effect, by); field != "" {
			shown[field] = true
		}
	}
	var rest []int
	for i, f := range e.Findings {
		if !strings.HasPrefix(f.Code, effectCodes) || !shown[f.Path] {
			rest = append(rest, i)
		}
	}
	return rest
}

// nearest are the findings of the first field that an effect follows from and
// that has any.
func nearest(e change.Effect, by map[string][]finding.Finding) (string, []finding.Finding) {
	for _, field := range e.Says {
		if fs := by[field]; len(fs) > 0 {
			return field, fs
		}
	}
	return "", nil
}
