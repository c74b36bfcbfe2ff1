package report

import (
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
// from the directory. Every writer begins with it. No list in it is nil.
func seal(r Report, o Options) Report {
	s := sealer{o.Secrets, o.Dir, map[string]string{}}
	r.Against, r.Commit, r.Since = s.text(r.Against), s.text(r.Commit), s.text(r.Since)
	r.Findings = sealFindings(r.Findings, o)
	environments := make([]Environment, len(r.Environments))
	for i, e := range r.Environments {
		environments[i] = Environment{
			Name: s.value(e.Name), State: e.State,
			Tool: s.effects(e.Tool), Effects: s.effects(e.Effects),
			Findings: sealFindings(e.Findings, o), Accepted: each(e.Accepted, s.text),
		}
	}
	r.Environments = environments
	return r
}

// sealFindings are findings that anyone may see, each with all that it says in its
// message.
func sealFindings(fs []finding.Finding, o Options) []finding.Finding {
	sealed := o.Secrets.Seal(fs)
	for i := range sealed {
		sealed[i].Message = sealed[i].Said(o.Dir)
		sealed[i].Position, sealed[i].Other = sealed[i].In(o.Dir), sealed[i].Other.In(o.Dir)
	}
	return sealed
}

func (s sealer) effects(effects []change.Effect) []change.Effect {
	sealed := make([]change.Effect, len(effects))
	for i, e := range effects {
		e.Object = change.ID{Kind: s.value(e.Object.Kind), Namespace: s.value(e.Object.Namespace), Name: s.value(e.Object.Name)}
		e.Component, e.File, e.Field = s.value(e.Component), s.value(e.File), s.value(e.Field)
		e.Old, e.New = s.value(e.Old), s.value(e.New)
		e.Message, e.Help = s.text(e.Message), s.text(e.Help)
		e.Says = each(e.Says, s.path)
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
		const any = "a."
		return strings.TrimPrefix(s.secrets.Seal([]finding.Finding{{Path: any + path}})[0].Path, any)
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
