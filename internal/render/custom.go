package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/tree"
)

// Codes of findings about users' own folders.
const (
	codeCustom    = "WO311" // the folder does not build
	codeRemote    = "WO312" // the folder wants something from the network
	codeLarge     = "WO313" // the folder has a file, aliases or an object that is too large
	codePlain     = "WO316" // the folder adds what looks like a password or a key, in plain text, outside development
	codeReference = "WO314" // the folder refers to what is not there, not of the repository, or generated in the same run
)

// CustomError is a mistake in a user's own folder.
type CustomError struct{ Finding finding.Finding }

func (e *CustomError) Error() string { return e.Finding.Message }

// withCustom builds an overlay with the user's own folder in it, and with all
// that the repository has for it.
func (r *renderer) withCustom(files map[string][]byte, dir string) ([]kustomize.Object, error) {
	at := path.Join(dir, CustomFolder)
	built, err := kustomize.Build(kustomize.NewTree(r.files, files).Over(r.root, users(r.root)), dir)
	var reference *kustomize.ReferenceError
	var bound *kustomize.BoundError
	switch {
	case errors.As(err, &reference):
		return nil, &CustomError{referenceMistake(reference)}
	case errors.As(err, &bound):
		return nil, tooLarge(bound)
	case err != nil:
		return nil, customMistake(at, "the folder does not build: "+innermost(err))
	}
	return built, storable(at, built)
}

func referenceMistake(e *kustomize.ReferenceError) finding.Finding {
	f := finding.Finding{
		Code: codeReference, Severity: finding.Error,
		Position: finding.Position{File: e.File, Line: e.Line, Column: 1},
		Message:  fmt.Sprintf("%s refers to %q, which cannot be used: %v", e.Field, e.Reference, e.Why),
		Help:     "refer to files below the folder of the kustomization, and to folders of this repository that are not generated",
	}
	switch {
	case errors.Is(e.Why, kustomize.ErrRemote):
		f.Code = codeRemote
		f.Message = fmt.Sprintf("%s refers to %q, which would be fetched while building", e.Field, e.Reference)
		f.Help = "copy it into the repository: what is published must build without a network, and be the same tomorrow"
	case errors.Is(e.Why, fs.ErrNotExist):
		f.Message = fmt.Sprintf("%s refers to %q, and there is no such file or folder", e.Field, e.Reference)
	}
	return f
}

// errGenerated says that a folder is made in the same run.
var errGenerated = errors.New("it is generated in the same run, so it is not there yet")

// users lets an overlay build with what is the users' in a repository, and not
// with what an earlier run left there for this one to replace.
func users(root fs.ReadLinkFS) func(string) error {
	return func(real string) error {
		for _, parent := range Parents() {
			rest, ok := strings.CutPrefix(real, parent.Path+"/")
			if !ok {
				continue
			}
			name, rest, _ := strings.Cut(rest, "/")
			if first, _, _ := strings.Cut(rest, "/"); slices.Contains(parent.Keep, first) {
				return nil
			}
			if _, err := root.Lstat(path.Join(parent.Path, name, tree.ManifestName)); err == nil {
				return errGenerated
			}
		}
		return nil
	}
}

// innermost is what is left of kustomize's complaint without the folders that
// it went through.
func innermost(err error) string {
	message := err.Error()
	if i := strings.LastIndex(message, "': "); i >= 0 {
		message = message[i+len("': "):]
	}
	// Some of it is quoted, line feeds and all.
	if quoted, ok := strings.CutPrefix(message, `"`); ok {
		message = strings.ReplaceAll(strings.TrimSuffix(quoted, `"`), `\n`, " ")
	}
	return message
}

func customMistake(at, message string) *CustomError {
	return &CustomError{finding.Finding{
		Code: codeCustom, Severity: finding.Error, Position: finding.Position{File: at}, Message: message,
		Help: "`kustomize build` of the environment's overlay says the same; the folder is yours to mend",
	}}
}

// customFolder tells what the user's own folder holds.
func customFolder(root fs.ReadLinkFS, at string) (overlay.Custom, error) {
	// Asked for first: the folders above may come with this very run.
	if _, err := root.Lstat(at); errors.Is(err, fs.ErrNotExist) {
		return overlay.NoCustom, nil
	}
	repository := kustomize.NewTree().Over(root, nil)
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		file := path.Join(at, name)
		text, err := repository.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if bound := (*kustomize.BoundError)(nil); errors.As(err, &bound) {
			return overlay.NoCustom, tooLarge(bound)
		}
		if err != nil {
			return overlay.NoCustom, customMistake(file, "the file cannot be read: "+reason(err))
		}
		k, err := yaml.Parse(string(text))
		if err != nil || yaml.ErrorIfInvalid(k, yaml.MappingNode) != nil {
			return overlay.NoCustom, customMistake(file, "the file is no kustomization: it is not a YAML mapping")
		}
		switch kind := k.GetKind(); kind {
		case "Component":
			return overlay.CustomComponent, nil
		case "Kustomization", "":
			return overlay.CustomResource, nil
		default:
			mistake := customMistake(file, fmt.Sprintf("the file is of kind %q, and builds nothing", kind))
			mistake.Finding.Help = "write kind: Component to change generated objects, or kind: Kustomization with resources to add some"
			return overlay.NoCustom, mistake
		}
	}
	return overlay.NoCustom, forgotten(root, at)
}

// mostNames that a finding's help has.
const mostNames = 5

// forgotten says which files of a folder without a kustomization look as if they
// were meant to be part of it.
func forgotten(root fs.FS, at string) error {
	var found []string
	err := fs.WalkDir(root, at, func(name string, e fs.DirEntry, err error) error {
		if len(found) < mostNames && err == nil && !e.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)) {
			found = append(found, strings.TrimPrefix(name, at+"/"))
		}
		return err
	})
	if err != nil || len(found) == 0 {
		return err
	}
	mistake := customMistake(at, fmt.Sprintf("the folder has no kustomization.yaml, and nothing of it is built, not even %s", found[0]))
	mistake.Finding.Help = fmt.Sprintf("write %s with `resources: [%s]`, or with `kind: Component` and what it changes", path.Join(at, "kustomization.yaml"), strings.Join(found, ", "))
	return mistake
}

// reason is an error without the path that it is about.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}
