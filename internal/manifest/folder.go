package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// MostFiles of one folder.
const MostFiles = 20_000

// Folder reads all YAML and JSON files of a folder and those in it, but for hidden
// ones. called says what a file is called in findings.
func (s *Set) Folder(files fs.FS, dir string, called func(name string) string) ([]finding.Finding, error) {
	var found []finding.Finding
	count := 0
	err := fs.WalkDir(files, dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != dir && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case !e.Type().IsRegular() || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)) || strings.HasPrefix(e.Name(), "."):
			return nil
		case slices.Contains([]string{"kustomization.yaml", "kustomization.yml"}, e.Name()):
			return nil // what makes objects, and is none
		}
		if count++; count > MostFiles {
			found = append(found, wrong(called(dir), 0, 0, fmt.Sprintf("the folder has more than %d files", MostFiles), "verify a folder of it"))
			return fs.SkipAll
		}
		text, err := kustomize.ReadOwn(files, name, called(name))
		var bound *kustomize.BoundError
		if errors.As(err, &bound) {
			found = append(found, wrong(bound.File, bound.Line, bound.Column, bound.Message, "write out what is meant, and what it takes"))
			return nil
		}
		if err != nil {
			return err
		}
		found = append(found, s.Add(called(name), text)...)
		if s.full {
			return fs.SkipAll
		}
		return nil
	})
	return found, err
}
