package judge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// File in golden/<environment>/ that has what somebody accepted.
const File = "accepted.txt"

// Acceptance of one effect by a person. It holds for a change from one value to
// another and for no other, and is kept for as long as the object has that value.
type Acceptance struct {
	Code   string
	Object change.ID
	Field  string
	// Before and After are hashes of the field: see change.Effect.
	Before, After string
	// Says what was accepted, for who reads the file.
	Says string
}

// title of an acceptances' file.
const title = "# What somebody accepted in spite of what it does. A line is dropped when its object\n# is changed once more: code, hashes of the field before and after, object, field.\n"

// format writes acceptances as lines: one for people, one for machines.
func format(all []Acceptance) []byte {
	var b strings.Builder
	b.WriteString(title)
	for _, a := range all {
		fmt.Fprintf(&b, "\n# %s\n%s %s %s %s\n", finding.Plain(a.Says), a.Code, a.Before, a.After, strings.TrimSpace(a.Object.String()+" "+a.Field))
	}
	return []byte(b.String())
}

// parse reads what format wrote. What is none of its lines, as what git leaves of a
// merge, is passed over: of both sides each acceptance holds for itself.
func parse(text []byte) []Acceptance {
	var all []Acceptance
	says := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			says = comment
			continue
		}
		words := strings.SplitN(line, " ", 6)
		if len(words) < 5 || !strings.HasPrefix(words[0], "WO") {
			continue
		}
		a := Acceptance{Code: words[0], Before: words[1], After: words[2], Object: change.ID{Kind: words[3], Name: words[4]}, Says: says}
		if namespace, name, ok := strings.Cut(words[4], "/"); ok {
			a.Object.Namespace, a.Object.Name = namespace, name
		}
		if len(words) == 6 {
			a.Field = words[5]
		}
		all = append(all, a)
	}
	return all
}

// sorted puts acceptances into one order, each once.
func sorted(all []Acceptance) []Acceptance {
	key := func(a Acceptance) string {
		return strings.Join([]string{a.Code, a.Object.String(), a.Field, a.Before, a.After}, "\x00")
	}
	slices.SortFunc(all, func(a, b Acceptance) int { return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.Says, b.Says)) })
	return slices.CompactFunc(all, func(a, b Acceptance) bool { return key(a) == key(b) })
}

// Accept is what a person accepts now: "WO401:production/StatefulSet/kafka", or
// without the environment of any.
type Accept struct{ Code, Environment, Kind, Name string }

// ParseAccept reads one.
func ParseAccept(text string) (Accept, error) {
	code, object, ok := strings.Cut(text, ":")
	parts := strings.Split(object, "/")
	if !ok || len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") || !slices.Contains(Acceptable(), code) {
		return Accept{}, fmt.Errorf("--accept %q: write one of %s and an object, as the finding does: WO401:production/StatefulSet/kafka", text, strings.Join(Acceptable(), ", "))
	}
	a := Accept{Code: code, Kind: parts[len(parts)-2], Name: parts[len(parts)-1]}
	if len(parts) == 3 {
		a.Environment = parts[0]
	}
	return a, nil
}

// String is how it is written.
func (a Accept) String() string {
	text := a.Code + ":"
	if a.Environment != "" {
		text += a.Environment + "/"
	}
	return text + a.Kind + "/" + a.Name
}

// covers tells whether it is about an effect.
func (a Accept) covers(code, environment string, e change.Effect) bool {
	return a.Code == code && (a.Environment == "" || a.Environment == environment) &&
		strings.EqualFold(a.Kind, e.Object.Kind) && a.Name == e.Object.Name
}
