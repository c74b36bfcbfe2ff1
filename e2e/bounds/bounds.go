// Package bounds says how long what somebody waits for may take: until what was
// lost is there again, until a change has arrived, until what was told to end has.
//
// A claim of the proof is looked up by its words. Where it says a time itself, that
// is the figure, and else the time that it took. Bounds are some three times what two
// idle processors need, and at least half a minute, so that a busy machine does not
// fail by itself, and a wait that has become one of minutes does.
package bounds

import (
	"fmt"
	"regexp"
	"strconv"
)

// Bound is what somebody waits for.
type Bound struct {
	// Wait is what for, in few words.
	Wait string
	// Most is how many seconds it may take.
	Most float64

	// claim matches the claim as a whole; its group is the time in it.
	claim *regexp.Regexp
}

func bound(wait string, most float64, claim string) Bound {
	return Bound{wait, most, regexp.MustCompile("^(?:" + claim + ")$")}
}

// seconds is a time in a claim.
const seconds = `(\d+(?:\.\d+)?) ?s`

// All are the bounds; a claim has the first that matches it.
var All = []Bound{
	// What was lost.
	bound("the only broker is lost: until it is back and messages are taken", 180, `broker 0 of 1, .* is killed hard while messages are written, which are taken again within `+seconds+`: .*`),
	bound("the broker that leads is lost: until messages are taken again", 60, `broker .* is killed hard while messages are written, which are taken again within `+seconds+`: .*`),
	bound("brokers are restarted in turn: the longest wait of who writes", 15, `a rolling restart of .* and wait `+seconds+` at most`),
	bound("topics are deleted: until they are there again", 150, seconds+` after topics were deleted .*`),
	bound("CouchDB is emptied: until all is there again", 90, `an emptied volume: `+seconds+` after .*`),
	bound("CouchDB is restored from before: until all is there again", 90, `a restored older volume: `+seconds+` after .*`),
	bound("a Secret is changed: until CouchDB has it", 90, seconds+` after the Secrets have changed .*`),
	bound("a node is lost: until all runs on others", 240, `a node is lost with a broker .*`),
	bound("each node is drained in turn: until all runs again", 400, `each node is drained in turn`),
	bound("two nodes with brokers are drained: until all runs again", 60, `two nodes with brokers are drained at once`),
	bound("all is installed again onto what was left", 150, `installed again onto what was left`),
	// What has to end.
	bound("an invoker with activations of 20 s is drained", 120, `an invoker with .* is drained in `+seconds+`: .*`),
	bound("a controller ends after its preStop", 30, `after its preStop a controller ends `+seconds+` after SIGTERM.*`),
	bound("CouchDB ends", 30, `CouchDB ends `+seconds+` after SIGTERM.*`),
	bound("an invoker's token is taken away: until it is refused", 60, `an invoker's token ends with its Secret`),
	// What has to arrive.
	bound("all comes up in an empty cluster", 120, `all comes up`),
	bound("scaled down and up", 150, `scaled down and up`),
	bound("a roll of brokers that never get ready is taken back", 120, `a roll of brokers that never get ready stops at the first, and is taken back`),
	bound("Flux: installed from git", 300, `flux: installed from git into an empty cluster.*`),
	bound("Flux: an upgrade arrives", 300, `flux: an upgrade arrives.*`),
	bound("Flux: a change by hand is taken back", 60, `flux: a change by hand is taken back`),
	bound("Flux: the revert of an image that never starts arrives", 120, `flux: the revert of it arrives`),
	bound("Argo CD: installed from git", 300, `argocd: installed from git into an empty cluster.*`),
	bound("Argo CD: an upgrade arrives", 300, `argocd: an upgrade arrives.*`),
	bound("Argo CD: a change by hand is taken back", 60, `argocd: a change by hand is taken back`),
	bound("Argo CD: the revert of an image that never starts arrives, by its own time for a sync", 600, `argocd: the revert of it arrives`),
}

// Of finds a claim's bound, and its figure: what it says, or else what it took, both
// in seconds. Not every claim has one.
func Of(claim string, took float64) (b Bound, figure float64, ok bool) {
	for _, b := range All {
		found := b.claim.FindStringSubmatch(claim)
		if found == nil {
			continue
		}
		if len(found) > 1 {
			if said, err := strconv.ParseFloat(found[1], 64); err == nil {
				took = said
			}
		}
		return b, took, true
	}
	return Bound{}, 0, false
}

// Check says of a claim that it took longer than somebody waits.
func Check(claim string, took float64) error {
	if b, figure, ok := Of(claim, took); ok && figure > b.Most {
		return fmt.Errorf("%s: %.1f s, and %.0f s are the most", b.Wait, figure, b.Most)
	}
	return nil
}
