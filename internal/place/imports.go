package place

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// standard lists the packages of CUE's own library that are pure functions.
// The tool packages, which read files and run commands, are not among them.
var standard = strings.Fields(`crypto/ed25519 crypto/hmac crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512
	encoding/base64 encoding/csv encoding/hex encoding/json encoding/yaml html list math math/bits net path
	regexp strconv strings struct text/tabwriter text/template time uuid`)

// Import is a package that a file asks for.
type Import struct {
	Path ast.ImportPath
	Pos  token.Pos
}

// Imports are those that are not of CUE's own library, in the order of the files.
func (p *Package) Imports() []Import {
	var all []Import
	for _, f := range p.Files {
		for spec := range f.ImportSpecs() {
			if name, err := strconv.Unquote(spec.Path.Value); err != nil || !slices.Contains(standard, name) {
				all = append(all, Import{ast.ParseImportPath(name), spec.Path.Pos()})
			}
		}
	}
	return all
}

// Refused says that an import leads to nothing that may be read.
func (i Import) Refused(message, help string) finding.Finding {
	if better := Suggest(i.Path.String(), standard); better != "" {
		help = fmt.Sprintf("did you mean %q?", better)
	}
	return At(i.Pos, CodeImport, "", fmt.Sprintf("package %q cannot be imported%s", i.Path, message), help)
}
