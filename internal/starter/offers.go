package starter

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files that are offered: who reviews with what is the user's to say.
const (
	GitHub    = ".github/workflows/whiskops.yaml"
	GitLab    = ".gitlab-ci.yml"
	PreCommit = ".pre-commit-config.yaml"
)

//go:embed all:offers
var offered embed.FS

// Offers by their slash paths from the root of the repository.
func Offers() map[string][]byte { return below(offered, "offers") }

// below are the files of a folder in the binary.
func below(files embed.FS, dir string) map[string][]byte {
	all := map[string][]byte{}
	err := fs.WalkDir(files, dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		all[strings.TrimPrefix(name, dir+"/")] = content
		return err
	})
	if err != nil {
		panic(err) // the files are in the binary
	}
	return all
}

// Begun says whether a directory has environments already.
func Begun(dir string) bool {
	entries, err := os.ReadDir(filepath.Join(dir, "environments"))
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasSuffix(e.Name(), ".cue") })
}

// Add puts files that are offered into a repository that is there, as Write does, and
// nothing else.
func Add(dir string, offers ...string) (written []string, kept []Kept, err error) {
	return write(dir, choose(map[string][]byte{}, offers))
}

// choose adds files that are offered to others.
func choose(files map[string][]byte, offers []string) map[string][]byte {
	all := Offers()
	for _, name := range offers {
		content, ok := all[name]
		if !ok {
			panic("nobody offers " + name) // the names are ours
		}
		files[name] = content
	}
	return files
}
