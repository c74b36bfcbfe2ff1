package podproc

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is one substitution in what a pod is made of. A pod has an address and a
// filesystem of its own, and a process of this machine does not: names become
// loopback addresses, and absolute paths become paths in a temporary folder.
// Nothing else is changed, and each change is listed.
type Rule struct {
	// In narrows the rule to "command", "env NAME" or "file NAME"; empty is
	// everywhere.
	In   string
	From string
	To   string
	// Always says that the text must be there: a rule that finds nothing means
	// that the generated configuration is not what the test is about.
	Always bool

	// container narrows a mount's rule to a container whose path means another
	// volume than elsewhere in the pod.
	container string
}

type rules struct {
	list []Rule
	used []int
}

func newRules(list []Rule) *rules {
	list = slices.Clone(list)
	// The longest first: /tmp/a before /tmp.
	slices.SortStableFunc(list, func(a, b Rule) int { return len(b.From) - len(a.From) })
	return &rules{list: list, used: make([]int, len(list))}
}

// apply substitutes in one pass: what was put in is not looked at again.
func (r *rules) apply(container, where, text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		n := r.match(container, where, text, i)
		if n == -1 {
			out.WriteByte(text[i])
			i++
			continue
		}
		out.WriteString(r.list[n].To)
		r.used[n]++
		i += len(r.list[n].From)
	}
	return out.String()
}

func (r *rules) match(container, where, text string, at int) int {
	for n, rule := range r.list {
		if rule.container != "" && rule.container != container || rule.In != "" && rule.In != where || !strings.HasPrefix(text[at:], rule.From) {
			continue
		}
		end := at + len(rule.From)
		first, last := rule.From[0], rule.From[len(rule.From)-1]
		if at > 0 && (inWord(first) && inWord(text[at-1]) || first == '/' && goesOn(text[at-1])) {
			continue
		}
		if end < len(text) && inWord(last) && inWord(text[end]) {
			continue
		}
		return n
	}
	return -1
}

// goesOn says whether a slash after the byte is inside of a path: after a name,
// and after $(dirname "$0") or ${folder}.
func goesOn(b byte) bool { return inWord(b) || b == '/' || b == ')' || b == '}' }

// inWord says whether a byte can belong to a host name or a file name.
func inWord(b byte) bool {
	return b == '_' || b == '-' || b == '.' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// made lists the substitutions that happened.
func (r *rules) made() []string {
	var lines []string
	for n, rule := range r.list {
		if r.used[n] == 0 {
			continue
		}
		where := rule.In
		if where == "" {
			where = "anywhere"
		}
		if rule.container != "" {
			where = "container " + rule.container
		}
		lines = append(lines, fmt.Sprintf("%s: %q -> %q (%d times)", where, rule.From, rule.To, r.used[n]))
	}
	slices.Sort(lines)
	return lines
}

func (r *rules) missing() error {
	for n, rule := range r.list {
		if rule.Always && r.used[n] == 0 {
			return fmt.Errorf("%q is not in %s", rule.From, rule.In)
		}
	}
	return nil
}
