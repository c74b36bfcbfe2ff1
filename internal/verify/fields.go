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
			f := fault{code: codeField, of: o, path: w.Path, message: w.Message, help: w.Help}
			if len(w.Path) > 0 {
				f.word = w.Path[len(w.Path)-1]
				f.message = fmt.Sprintf("%s: %s", dotted(w.Path), w.Message)
			}
			j.fail(f)
		}
	}
}

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
