package verify

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/podsecurity"
	"github.com/whiskops/whiskops/internal/value"
)

// enforced is the label of a namespace with the level that its pods must pass.
const enforced = "pod-security.kubernetes.io/enforce"

// security holds pods against the Pod Security level that their namespace has in
// the set. A workload is taken, and its pods are refused.
func (j *judge) security() {
	for _, p := range j.pods {
		level := text(value.Map(j.by[id{"Namespace", "", p.of.Namespace}].Value, "metadata", "labels")[enforced])
		all := podsecurity.Refused(value.Map(p.of.Value, p.path...), p.path, level)
		if len(all) == 0 {
			continue
		}
		var what, words []string
		for _, r := range all {
			what = append(what, r.What)
			words = append(words, r.Path[len(r.Path)-1])
		}
		j.fail(fault{
			code: codeSecurity, of: p.of, path: all[0].Path, word: words[0], also: words[1:],
			message: fmt.Sprintf("namespace %s has the Pod Security level %s, which refuses its pods: %s", p.of.Namespace, level, strings.Join(what, "; ")),
			help:    "change that, or run it in a namespace of its own with a level that allows it",
		})
	}
}
