package oracle

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/whiskenv"
	"github.com/whiskops/whiskops/internal/whiskenv/keys"
)

// The keys that a catalogue may use and the variables that processes read were
// extracted apart, so they can hold each other: what is read is a key.
func TestWhatIsReadIsAKey(t *testing.T) {
	for _, release := range releases {
		checked := 0
		for _, v := range of(t, release) {
			if key, ok := whiskenv.Key(concrete(v)); ok {
				checked++
				if !keys.Known(release, key) {
					t.Errorf("%s: %s is read, but %s is no known key", release, concrete(v), key)
				}
			}
		}
		if checked < 600 {
			t.Errorf("%s: only %d variables were checked", release, checked)
		}
	}
}

// unread are the keys that are in a configuration file and have no effect on a
// controller or invoker: those of the other processes, by prefix, and those
// that no library looks at any more.
var unread = map[string][]string{
	"scheduler":   {"whisk.duration-checker.", "whisk.fraction.", "whisk.kafka.topics.scheduler.", "whisk.scheduler.", "whisk.spi.DurationCheckerProvider"},
	"user-events": {"akka.kafka.", "kamon.system-metrics.", "pekko.kafka.", "whisk.user-events."},
	"nobody": {
		"akka.actor.kryo.", "akka.cluster.metrics.enabled", "akka.remote.log-",
		"pekko.actor.kryo.", "pekko.cluster.metrics.enabled", "pekko.remote.log-",
		"pekko.http.server.bind-host", "pekko.http.server.default-http-port",
	},
}

func TestKeysThatNobodyReads(t *testing.T) {
	for release, want := range map[string]map[string]int{
		"2.0.0": {"scheduler": 28, "user-events": 14, "nobody": 6},
		"head":  {"scheduler": 28, "user-events": 14, "nobody": 8},
	} {
		list, _ := keys.Of(release)
		got := map[string]int{}
		for _, key := range list {
			name, _ := whiskenv.Name(strings.NewReplacer("<name>", "x", "<n>", "0").Replace(key))
			if of(t, release).Read("controller", name) || of(t, release).Read("invoker", name) {
				continue
			}
			owner := whose(key)
			if owner == "" {
				t.Errorf("%s: %s is a known key, but nobody reads it", release, key)
			}
			got[owner]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: keys that neither role reads (-want +got):\n%s", release, diff)
		}
	}
}

// whose is the process that a key is for.
func whose(key string) string {
	for owner, prefixes := range unread {
		if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			return owner
		}
	}
	return ""
}
