package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/tree"
)

// customFolder tells what the user's own folder holds.
func customFolder(root fs.ReadLinkFS, at string) (overlay.Custom, error) {
	// Asked for first: the folders above may come with this very run.
	if _, err := root.Lstat(at); errors.Is(err, fs.ErrNotExist) {
		return overlay.NoCustom, nil
	}
	if ok, err := leadsTo(root, at); !ok || err != nil {
		return overlay.NoCustom, err
	}
	repository := kustomize.NewTree().Over(root, nil)
	if _, file, err := repository.CleanedAbs(at); err != nil {
		return overlay.NoCustom, noFolder(at, "the folder cannot be read: "+reason(err))
	} else if file != "" {
		return overlay.NoCustom, noFolder(at, "this is a file, and must be a folder")
	}
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
		if cause := kustomize.NotYAML(file, text); cause != nil {
			return overlay.NoCustom, causeMistake(file, cause)
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

func noFolder(at, message string) error {
	mistake := customMistake(at, message)
	mistake.Finding.Help = "put a folder there, or a link to one in this repository, or nothing"
	return mistake
}

// leadsTo tells whether all folders above a path are there to be written into. A
// link among them is whiskops' to refuse, and not the user's folder to mend; of a
// file, the comparison with the disk says enough.
func leadsTo(root fs.ReadLinkFS, at string) (bool, error) {
	for i, c := range at {
		if c != '/' {
			continue
		}
		info, err := root.Lstat(at[:i])
		switch {
		case err != nil:
			return false, err
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := root.ReadLink(at[:i])
			if err != nil {
				return false, err
			}
			return false, &CustomError{tree.Linked(at[:i], target)}
		case !info.IsDir():
			return false, nil
		}
	}
	return true, nil
}

// mostNames that a finding's help has.
const mostNames = 5

// forgotten says which files of a folder without a kustomization look as if they
// were meant to be part of it.
func forgotten(root fs.FS, at string) error {
	var found []string
	err := fs.WalkDir(root, at, func(name string, e fs.DirEntry, err error) error {
		if e != nil && e.IsDir() && name == path.Join(at, overlay.FunctionsFolder) {
			return fs.SkipDir // those are run, and listed nowhere
		}
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
