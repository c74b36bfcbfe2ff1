package verify

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/kinds"
)

// fields holds objects against what their kinds have in the version of Kubernetes.
func (j *judge) fields() {
	for _, o := range j.Objects {
		for _, w := range kinds.Check(o.Value, j.Minor) {
			encrypted := len(w.Path) == 1 && w.Path[0] == sopsField
			if encrypted && j.Decrypted {
				continue
			}
			f := fault{code: codeField, of: o, path: w.Path, message: w.Message, help: w.Help}
			if len(w.Path) > 0 {
				f.word = w.Path[len(w.Path)-1]
				f.message = fmt.Sprintf("%s: %s", dotted(w.Path), w.Message)
			}
			if encrypted {
				f.message = "it is encrypted by SOPS, and nothing is told to decrypt it: whoever applies it refuses it, and with it all of the set"
				f.help = "write secrets: source: sops, with which Flux decrypts; or bring it by a Kustomization of your own that has decryption"
			}
			j.fail(f)
		}
	}
}

// sopsField is what SOPS adds to an object that it encrypts.
const sopsField = "sops"

// dotted is a path as people write it.
func dotted(path []string) string {
	var b strings.Builder
	for i, p := range path {
		switch {
		case p != "" && strings.Trim(p, "0123456789") == "":
			b.WriteString("[" + p + "]")
			continue
		case i > 0:
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}
