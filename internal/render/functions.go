package render

import (
	"errors"
	"fmt"
	"path"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/functions"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
)

// Codes of findings about what functions of the user's own make.
const (
	codeUnsaid = "WO334" // no kustomization says what the functions make of what is built
	codeListed = "WO335" // a functionConfig is built, as if it were an object of a cluster
)

// FunctionsOf is the folder of an environment's functions, a slash path below the root.
func FunctionsOf(name string) string {
	return path.Join(OverlayFolder, name, CustomFolder, overlay.FunctionsFolder)
}

// ownFolder is what the user has for an environment.
type ownFolder struct {
	custom    overlay.Custom
	functions functions.Folder
}

// holds is the one word for it that others go by.
func (o ownFolder) holds() overlay.Custom {
	if !o.functions.Empty() {
		return overlay.CustomFunctions
	}
	return o.custom
}

func (r *renderer) ownFolder(name string) (own ownFolder, err error) {
	at := path.Join(OverlayFolder, name, CustomFolder)
	if own.custom, err = customFolder(r.root, at); err != nil {
		return own, err
	}
	var found []finding.Finding
	if own.functions, found, err = functions.Read(r.root, FunctionsOf(name)); err != nil {
		return own, err
	}
	return own, r.told(name, found)
}

// applied is an overlay with what the user has for it.
type applied struct {
	files map[string][]byte
	built []kustomize.Object
	whole *kustomize.Tree
	// component has what functions make of it; nil: there are none, or they change nothing.
	component *overlay.Component
	outcome   functions.Outcome
}

// apply runs functions over what an overlay builds, adds what they make of it to the
// overlay as a component, and proves that it then builds that.
func (r *renderer) apply(own functions.Folder, a applied, dir, name string) (applied, error) {
	draft, err := overlay.NewDraft(a.built)
	if err != nil {
		return a, err
	}
	if a.outcome, err = own.Run(draft.Objects, r.custom.run); err != nil {
		return a, err
	}
	if finding.HasErrors(a.outcome.Findings) {
		return a, r.told(name, a.outcome.Findings)
	}
	draft.Objects = a.outcome.Objects
	c, err := draft.Component(name)
	if err != nil {
		return a, unsaid(finding.Position{File: own.Path}, "")
	}
	if len(c.Files) == 0 {
		return a, nil
	}
	if a.files, err = c.Include(a.files, dir, overlay.FunctionsFolder); err != nil {
		return a, err
	}
	a.component = c
	if a.built, a.whole, err = r.withCustom(a.files, dir); err != nil {
		return a, err
	}
	return a, a.proven(own.Path)
}

// proven holds what is built against what the functions gave.
func (a applied) proven(at string) error {
	err := a.component.Prove(a.built)
	if err == nil {
		return nil
	}
	where, what := finding.Position{File: at}, ""
	if m := (*overlay.Mismatch)(nil); errors.As(err, &m) {
		what = fmt.Sprintf(": %s is built otherwise", m.Object)
		if p, ok := a.outcome.Place(m.Object, nil); ok {
			where = p
		}
	}
	return unsaid(where, what)
}

func unsaid(at finding.Position, what string) *CustomError {
	return &CustomError{finding.Finding{
		Code: codeUnsaid, Severity: finding.Error, Position: at,
		Message: "no kustomization says what the functions make of what is built; nothing was written" + what,
		Help:    "leave that object out by a selector, and write what it needs in custom/kustomization.yaml",
	}}
}

// listed finds the functionConfig that is built: no cluster knows its kind, and it does not
// run.
func listed(whole *kustomize.Tree, built []kustomize.Object) error {
	for _, o := range built {
		if o.APIVersion != krm.FunctionVersion {
			continue
		}
		f := finding.Finding{
			Code: codeListed, Severity: finding.Error,
			Message: fmt.Sprintf("%s is a functionConfig, and would be published as an object", o),
			Help:    "take its file out of the kustomization, and put it into custom/functions/: all that is there is run, and listed nowhere",
		}
		if places := whole.Origin(o.Kind, o.Name); len(places) > 0 {
			f.Position = finding.Position{File: places[0].File, Line: places[0].Line, Column: places[0].Column}
		}
		return &CustomError{f}
	}
	return nil
}
