package guide

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/rules"
)

// warning is a warning that is meant to stay.
type warning struct {
	Code string
	// Title and Symptom are of the rule; empty for a code of another kind.
	Title, Symptom string
	Reason         string // Markdown
}

// Known are the warnings that the environment acknowledges.
func (v view) Known() []warning {
	var all []warning
	for _, code := range slices.Sorted(maps.Keys(v.Env.Acknowledge)) {
		k := warning{Code: code, Reason: prose(v.Env.Source.Secrets().Hide(v.Env.Acknowledge[code]))}
		for _, c := range rules.Codes() {
			if c.Code == code {
				k.Title, k.Symptom = c.Title, c.Symptom
			}
		}
		all = append(all, k)
	}
	return all
}

var (
	inline = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "&", `\&`, "~", `\~`)
	blocks = regexp.MustCompile(`(^|\. )([0-9]*)([-#+=.)])`)
)

// prose makes a person's line of text Markdown that shows just it. Each sentence may
// come to stand at the beginning of a line, where more signs have a meaning.
func prose(text string) string { return blocks.ReplaceAllString(inline.Replace(text), `$1$2\$3`) }
