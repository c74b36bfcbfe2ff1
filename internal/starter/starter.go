// Package starter is a repository to start from: two environments, a README,
// git's attributes, an example of CI, and the contract for CUE's own command and
// editors. The others are below files/, as they are written.
//
// Files gives them in memory, Write puts them into a directory of the user's.
package starter

import (
	"embed"
	"io/fs"
	"strings"

	"github.com/whiskops/whiskops/internal/contract"
)

// contractFile is where CUE looks for a package that no registry has.
const contractFile = "cue.mod/pkg/" + contract.ImportPath + "/schema.cue"

//go:embed all:files
var embedded embed.FS

// Files by their slash paths from the root of the repository.
func Files() map[string][]byte {
	files := map[string][]byte{}
	err := fs.WalkDir(embedded, "files", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := embedded.ReadFile(name)
		files[strings.TrimPrefix(name, "files/")] = content
		return err
	})
	if err == nil {
		files[contractFile], err = contract.Source()
	}
	if err != nil {
		panic(err) // the files are in the binary
	}
	return files
}
