package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/functions"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/tree"
	"github.com/whiskops/whiskops/internal/verify"
)

// Codes of findings about users' own folders.
const (
	codeCustom    = "WO311" // the folder does not build
	codeRemote    = "WO312" // the folder wants something from the network
	codeLarge     = "WO313" // the folder has a file, aliases or an object that is too large
	codeReference = "WO314" // the folder refers to what is not there, not of the repository, or generated in the same run
	codeObject    = "WO315" // an object of the folder has a kind, name, namespace or apiVersion that no cluster takes
	codePlain     = "WO317" // the folder adds what looks like a password or a key, in plain text, outside development
)

// Warnings are the codes of warnings about an environment that this package has.
func Warnings() []string {
	return slices.Concat(verify.Warnings(), functions.Warnings(), []string{codePlain})
}

// CustomError is a mistake in a user's own folder.
type CustomError struct{ Finding finding.Finding }

func (e *CustomError) Error() string { return e.Finding.Message }

// withCustom builds an overlay with the user's own folder in it, and with all
// that the repository has for it. The tree knows what it read.
func (r *renderer) withCustom(files map[string][]byte, dir string) ([]kustomize.Object, *kustomize.Tree, error) {
	at := path.Join(dir, CustomFolder)
	whole := kustomize.NewTree(r.files, files).Over(r.root, users(r.root))
	r.custom.begin(whole)
	built, err := kustomize.Build(whole, dir)
	if mistake := BuildMistake(at, err); mistake != nil {
		return nil, nil, &CustomError{*mistake}
	}
	if err != nil {
		return nil, nil, err
	}
	if err := listed(whole, built); err != nil {
		return nil, nil, err
	}
	return built, whole, storable(at, whole, built)
}

// BuildMistake is what the error of a build says of the user's own files, those of
// the folder at; nil if it is a fault of another kind, or none.
func BuildMistake(at string, err error) *finding.Finding {
	var reference *kustomize.ReferenceError
	var bound *kustomize.BoundError
	var cause *kustomize.CauseError
	switch {
	case errors.As(err, &reference):
		f := referenceMistake(reference)
		return &f
	case errors.As(err, &bound):
		return &tooLarge(bound).Finding
	case errors.As(err, &cause):
		return &causeMistake(at, cause).Finding
	}
	return nil
}

func referenceMistake(e *kustomize.ReferenceError) finding.Finding {
	what := fmt.Sprintf("%s refers to %q", e.Field, e.Reference)
	if strings.Contains(e.Reference, "\n") { // it is written here, and may have what nobody else should read
		what = e.Field + " refers to what is written here"
	}
	f := finding.Finding{
		Code: codeReference, Severity: finding.Error,
		Position: finding.Position{File: e.File, Line: e.Line, Column: e.Column},
		Message:  fmt.Sprintf("%s, which cannot be used: %v", what, e.Why),
		Help:     "refer to files below the folder of the kustomization, and to folders of this repository that are not generated",
	}
	switch {
	case errors.Is(e.Why, kustomize.ErrRemote):
		f.Code = codeRemote
		f.Message = what + ", which would be fetched while building"
		f.Help = "copy it into the repository: what is published must build without a network, and be the same tomorrow"
	case errors.Is(e.Why, kustomize.ErrNotRun), errors.Is(e.Why, kustomize.ErrUnasked), errors.Is(e.Why, kustomize.ErrValidator), errors.Is(e.Why, kustomize.ErrMade):
		f.Message = fmt.Sprintf("%s: %v", what, e.Why)
		f.Help = "run other programs before, and commit what they make as resources; a function of whiskops says `exec: {path: whiskops, args: [fn]}` in its annotation"
	case errors.Is(e.Why, fs.ErrNotExist):
		f.Message = what + ", and there is no such file or folder"
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

func causeMistake(at string, e *kustomize.CauseError) *CustomError {
	mistake := customMistake(at, e.Message)
	if e.File != "" {
		mistake.Finding.Position = finding.Position{File: e.File, Line: e.Line, Column: e.Column}
	}
	if e.Help != "" {
		mistake.Finding.Help = e.Help
	}
	return mistake
}

func customMistake(at, message string) *CustomError {
	return &CustomError{finding.Finding{
		Code: codeCustom, Severity: finding.Error, Position: finding.Position{File: at}, Message: message,
		Help: "`kustomize build` of the environment's overlay says the same; the folder is yours to mend",
	}}
}
