package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// tally says on one line what a sealed environment has to expect, the worst first: "1
// refused, 2 workloads restart (8 pods, up to 14 min), 3 settings".
func tally(e Environment) string {
	said := []string{}
	switch e.State {
	case Added:
		said = append(said, "new")
	case Gone:
		said = append(said, "gone")
	case Broken:
		said = append(said, "cannot be made")
	}
	errors := 0
	for _, i := range other(e) {
		if e.Findings[i].Severity == finding.Error {
			errors++
		}
	}
	if errors > 0 {
		said = append(said, count(errors, "error", "errors"))
	}
	effects := slices.Concat(e.Tool, e.Effects)
	by := map[change.Class]map[change.ID]bool{}
	settings := 0
	for _, effect := range effects {
		if by[effect.Class] == nil {
			by[effect.Class] = map[change.ID]bool{}
		}
		by[effect.Class][effect.Object] = true
		if effect.Class == change.Setting {
			settings++
		}
	}
	for _, class := range change.Classes {
		switch n := len(by[class]); {
		case n == 0:
		case class == change.Setting:
			said = append(said, count(settings, "setting", "settings"))
		case class == change.Restart:
			said = append(said, count(n, "workload restarts", "workloads restart")+longest(effects))
		default:
			said = append(said, counted(class, n))
		}
	}
	if n := len(e.Accepted); n > 0 {
		said = append(said, fmt.Sprintf("%d accepted", n))
	}
	if len(said) == 0 {
		return "no effect on the cluster"
	}
	return strings.Join(said, ", ")
}

// counted says how many objects a class has.
func counted(c change.Class, n int) string {
	one, many := string(c), string(c)
	switch c {
	case change.Data:
		one, many = "loses data", "lose data"
	case change.Quorum:
		one, many = "with fewer voters or copies", "with fewer voters or copies"
	case change.Rerun:
		one, many = "Job runs again", "Jobs run again"
	case change.Scale:
		one, many = "scaled", "scaled"
	case change.Added, change.Removed:
		one, many = "object "+one, "objects "+many
	}
	return count(n, one, many)
}

// longest says how many pods restart, and how long that takes at most. Delivery
// may wait for one workload before it begins with the next, so times add up. A
// workload that both the tool and a person change restarts once.
func longest(effects []change.Effect) string {
	rollouts := map[change.ID]change.Rollout{}
	for _, e := range effects {
		if e.Class == change.Restart && e.Rollout != nil && e.Rollout.Seconds >= rollouts[e.Object].Seconds {
			rollouts[e.Object] = *e.Rollout
		}
	}
	pods, seconds, nodes := 0, 0, false
	for id, r := range rollouts {
		seconds += r.Seconds
		if id.Kind == daemonSet {
			nodes = true
		} else {
			pods += r.Pods
		}
	}
	var said []string
	if pods > 0 {
		said = append(said, count(pods, "pod", "pods"))
	}
	if nodes {
		said = append(said, "one on each node")
	}
	if seconds > 0 {
		said = append(said, "up to "+duration(seconds))
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// row is what is said of environments of which the same is to be said.
type row struct {
	environments []int
	says         string
}

// rows of a sealed report, equal ones made one if there are more environments than most.
func rows(r Report, most int) []row {
	if len(r.Environments) > most {
		return same(r, func(e Environment) []string { return []string{tally(e)} })
	}
	rows := make([]row, len(r.Environments))
	for i, e := range r.Environments {
		rows[i] = row{[]int{i}, tally(e)}
	}
	return rows
}

// acceptances of a report, equal ones made one.
func acceptances(r Report) []row { return same(r, func(e Environment) []string { return e.Accepted }) }

// same makes one row of what several environments say.
func same(r Report, says func(Environment) []string) []row {
	var rows []row
	by := map[string]int{}
	for i, e := range r.Environments {
		for _, said := range says(e) {
			at, ok := by[said]
			if !ok {
				at = len(rows)
				by[said] = at
				rows = append(rows, row{says: said})
			}
			if !slices.Contains(rows[at].environments[max(0, len(rows[at].environments)-1):], i) {
				rows[at].environments = append(rows[at].environments, i)
			}
		}
	}
	return rows
}

// environments by their names.
func (r Report) environments(environments []int) []string {
	names := make([]string, len(environments))
	for i, e := range environments {
		names[i] = r.Environments[e].Name
	}
	return names
}
