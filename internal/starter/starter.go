// Package starter is a repository to start from: two environments, a README,
// git's attributes, and the contract for CUE's own command and editors. The others
// are below files/, as they are written; below offers/ is what a user may ask for
// besides: CI of two forges, and a hook before a commit.
//
// Files and Offers give them in memory, Write puts them into a directory of the user's.
package starter

import (
	"embed"

	"github.com/whiskops/whiskops/internal/contract"
)

// contractFile is where CUE looks for a package that no registry has.
const contractFile = "cue.mod/pkg/" + contract.ImportPath + "/schema.cue"

//go:embed all:files
var embedded embed.FS

// Files by their slash paths from the root of the repository, but for those that are
// offered.
func Files() map[string][]byte {
	files := below(embedded, "files")
	source, err := contract.Source()
	if err != nil {
		panic(err) // it is in the binary
	}
	files[contractFile] = source
	return files
}
