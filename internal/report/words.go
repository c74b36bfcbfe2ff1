package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
)

const (
	// fewNames is how many names, places and reasons are all said.
	fewNames = 3
	// unlimited says as many as there are.
	unlimited = math.MaxInt
)

// several says names as people do: "a", "a and b", "a, b and c", and if there are
// more than most, "a and 29 others". say writes one of them.
func several(names []string, most int, say func(string) string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return say(names[0])
	case n > most:
		return say(names[0]) + " and " + strconv.Itoa(n-1) + " others"
	}
	said := each(names, say)
	last := len(said) - 1
	return strings.Join(said[:last], ", ") + " and " + said[last]
}

// count says how many: "1 pod", "2 pods".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// duration says seconds as people do. Above an hour it is in minutes, the begun one
// whole.
func duration(seconds int) string {
	var said []string
	hours, minutes, rest := seconds/3600, seconds%3600/60, seconds%60
	if hours > 0 && rest > 0 {
		minutes, rest = minutes+1, 0
		hours, minutes = hours+minutes/60, minutes%60
	}
	for _, u := range []struct {
		n    int
		unit string
	}{{hours, "h"}, {minutes, "min"}, {rest, "s"}} {
		if u.n > 0 {
			said = append(said, fmt.Sprintf("%d %s", u.n, u.unit))
		}
	}
	if len(said) == 0 {
		return "0 s"
	}
	return strings.Join(said, " ")
}

// rolls says how the pods of a group are replaced: "3 pods, one at a time, up to 5
// min 30 s, of which 4 min to stop them".
func (g group) rolls() string {
	r := g.Rollout
	pods := count(g.most, "pod", "pods")
	if g.least < g.most {
		pods = fmt.Sprintf("%d to %d pods", g.least, g.most)
	}
	atATime := strconv.Itoa(r.Away) + " at a time"
	switch {
	// A DaemonSet's pods are counted as a hundred: see rollout.Of.
	case g.Object.Kind == daemonSet:
		pods, atATime = "a pod on each node", strconv.Itoa(r.Away)+"% at a time"
	case g.most <= 1 && r.Away > 0:
		atATime = ""
	case r.Away == 0:
		atATime = "new ones before old ones go"
	case r.Away >= g.most:
		atATime = "all at once"
	case r.Away == 1:
		atATime = "one at a time"
	}
	said := pods
	if atATime != "" {
		said += ", " + atATime
	}
	if r.Seconds > 0 {
		said += ", up to " + duration(r.Seconds)
	}
	if r.Drains > 0 {
		said += ", of which " + duration(r.Drains) + " to stop them"
	}
	return said
}

const daemonSet = "DaemonSet"

// because says why pods restart; empty if nobody knows.
func (g group) because(most int, say func(string) string) string {
	if g.Rollout == nil {
		return ""
	}
	return several(g.Rollout.Because, most, say)
}

// object says which objects a group is about, with their namespace if they have one.
func (g group) object(most int, say func(string) string) string {
	names := g.names
	if len(names) == 1 && !g.mixed && g.Object.Namespace != "" {
		names = []string{g.Object.Namespace + "/" + names[0]}
	}
	return say(g.Object.Kind) + " " + several(names, most, say)
}

// none stands for a value that is not there.
const none = "(none)"

// values says what a field was and is; empty for whole objects.
func (g group) values(arrow string, say func(string) string) string {
	if g.Old == "" && g.New == "" {
		return ""
	}
	or := func(value string) string {
		if value == "" {
			return none
		}
		return say(value)
	}
	return or(g.Old) + " " + arrow + " " + or(g.New)
}

// more says that a group stands for others, too, of which it shows the first.
func (g group) more() string {
	switch {
	case g.variants < 2:
		return ""
	case g.Class == change.Setting:
		return count(g.variants-1, "other change of it", "other changes of it")
	}
	return count(g.variants-1, "other field or value", "other fields or values")
}

// against says what a report compares with.
func (r Report) against(say func(string) string) string {
	const short = 12
	if r.Commit == "" {
		return say(r.Against)
	}
	return say(r.Against) + " (" + say(r.Commit[:min(short, len(r.Commit))]) + ")"
}

// differ says how many environments a change is about.
func (r Report) differ(say func(string) string) string {
	all := len(r.Environments) + r.Same
	if all == 0 {
		return "no environment is compared with " + r.against(say)
	}
	if len(r.Environments) == 0 {
		return "nothing differs from " + r.against(say) + " (" + count(all, "environment", "environments") + ")"
	}
	verb := "differ"
	if len(r.Environments) == 1 {
		verb = "differs"
	}
	return fmt.Sprintf("%d of %s %s from %s", len(r.Environments), count(all, "environment", "environments"), verb, r.against(say))
}

// toolHeading is over what the tool itself makes otherwise.
func (r Report) toolHeading(say func(string) string) string {
	if r.Since == "" {
		return "what whiskops itself makes otherwise"
	}
	return "what whiskops itself makes otherwise since " + say(r.Since)
}

// heading of a class.
func heading(c change.Class) string {
	switch c {
	case change.Refused:
		return "refused by the API server"
	case change.Data:
		return "data lost or out of reach"
	case change.Quorum:
		return "quorum and copies"
	case change.Setting:
		return "settings"
	}
	return string(c)
}
