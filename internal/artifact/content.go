package artifact

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/record"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/tree"
)

// most bytes of an artifact: what an environment has is a hundredth of it.
const most = 64 << 20

// Content is what the build of an environment reads, by its path in the
// repository: base, the overlay, what its custom folder has and refers to, and
// the tools' folders in clusters/<environment>. What others keep beside those is not
// for everybody who may pull. The tree in root must be as it is generated,
// and its findings are those of users' own folders. An error is a fault of the
// machine.
func Content(root fs.FS, env environment.Environment) (map[string][]byte, []finding.Finding, error) {
	inputs := record.NewInputs(map[string]fs.FS{"root": root})
	folders, err := render.Tree([]environment.Environment{env}, inputs.Through("root"), render.Options{Whole: true})
	if err != nil {
		if found := render.Mistakes(err); len(found) > 0 {
			return nil, found, nil
		}
		return nil, nil, err
	}
	files, links := inputs.Read("root")
	// What they make is in the overlay.
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return strings.HasPrefix(name, render.FunctionsOf(env.Name)+"/") })
	for _, f := range folders {
		if strings.HasPrefix(f.Path, render.GoldenFolder+"/") {
			continue // for people
		}
		for name, content := range f.Files {
			files[path.Join(f.Path, name)] = content
		}
	}
	var found []finding.Finding
	for _, tool := range delivery.Tools() {
		more, wrong, err := cluster(root, path.Join(delivery.Folder, env.Name, tool))
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(files, more)
		found = append(found, wrong...)
	}
	for _, name := range links {
		found = append(found, linked(name))
	}
	return files, append(found, judged(files)...), nil
}

// cluster is all that is in a folder, if it is there.
func cluster(root fs.FS, folder string) (map[string][]byte, []finding.Finding, error) {
	files := map[string][]byte{}
	var found []finding.Finding
	err := fs.WalkDir(root, folder, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir(), e.Name() == tree.ManifestName:
			return nil
		case e.Type()&fs.ModeSymlink != 0:
			found = append(found, linked(name))
			return nil
		case !e.Type().IsRegular():
			found = append(found, about(CodeFile, name, "this is no regular file, and cannot be pushed", "move it away"))
			return nil
		}
		content, err := kustomize.ReadOwn(root, name, name)
		if bound := (*kustomize.BoundError)(nil); errors.As(err, &bound) {
			found = append(found, about(CodeFile, name, bound.Message, "move it away: no build reads so large a file"))
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		files[name] = content
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, found, nil
	}
	return files, found, err
}

// judged are the names that Flux would not unpack, and an artifact that is too
// large.
// Source: fluxcd/pkg, tar/untar.go: no backslash, no "..", no absolute path.
func judged(files map[string][]byte) []finding.Finding {
	var found []finding.Finding
	size := 0
	for name, content := range files {
		if size += len(content); strings.Contains(name, `\`) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
			found = append(found, about(CodeFile, name, "the file's name has a backslash or a control character, which Flux does not unpack", "call it otherwise"))
		}
	}
	if size > most {
		found = append(found, about(CodeFile, "", fmt.Sprintf("what the build reads has more than %d MiB", most>>20), "leave large files out of the custom folder"))
	}
	return found
}

func linked(name string) finding.Finding {
	return about(CodeLink, name, "this is a symbolic link, which Flux leaves out when it unpacks: the build there would not find it", "put a copy in its place, or refer to where it leads")
}

func about(code, file, message, help string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Position: finding.Position{File: file}, Message: message, Help: help}
}
