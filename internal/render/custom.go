package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
)

// Codes of findings about users' own folders.
const (
	codeCustom = "WO311" // the folder does not build
	codeRemote = "WO312" // the folder wants something from the network
	codeLarge  = "WO313" // the folder has a file, aliases or an object that is too large
)

// CustomError is a mistake in a user's own folder.
type CustomError struct{ Finding finding.Finding }

func (e *CustomError) Error() string { return e.Finding.Message }

// withCustom builds an overlay with the user's own folder in it.
func (r *renderer) withCustom(files map[string][]byte, dir string) ([]kustomize.Object, error) {
	at := path.Join(dir, CustomFolder)
	own, err := fs.Sub(r.root, at)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", at, err)
	}
	built, err := kustomize.Build(kustomize.NewTree(r.files, files).Mount(at, own), dir)
	var remote *kustomize.RemoteError
	var bound *kustomize.BoundError
	switch {
	case errors.As(err, &remote):
		return nil, &CustomError{finding.Finding{
			Code: codeRemote, Severity: finding.Error,
			Position: finding.Position{File: remote.File, Line: remote.Line, Column: 1},
			Message:  fmt.Sprintf("%s refers to %q, which would be fetched while building", remote.Field, remote.Reference),
			Help:     "copy it into the folder: what is published must build without a network, and be the same tomorrow",
		}}
	case errors.As(err, &bound):
		return nil, tooLarge(bound)
	case err != nil:
		return nil, customMistake(at, "the folder does not build: "+innermost(err))
	}
	return built, storable(at, built)
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
func customFolder(root fs.FS, at string) (overlay.Custom, error) {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		file := path.Join(at, name)
		text, err := kustomize.ReadOwn(root, file, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if bound := (*kustomize.BoundError)(nil); errors.As(err, &bound) {
			return overlay.NoCustom, tooLarge(bound)
		}
		if err != nil {
			return overlay.NoCustom, fmt.Errorf("read %s: %w", file, err)
		}
		k, err := yaml.Parse(string(text))
		if err != nil || yaml.ErrorIfInvalid(k, yaml.MappingNode) != nil {
			return overlay.NoCustom, customMistake(file, "the file is no kustomization: it is not a YAML mapping")
		}
		if k.GetKind() == "Component" {
			return overlay.CustomComponent, nil
		}
		return overlay.CustomResource, nil
	}
	return overlay.NoCustom, nil
}
