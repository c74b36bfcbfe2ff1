package keys

import (
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/whiskenv"
)

func TestKnown(t *testing.T) {
	for key, want := range map[string]struct{ first, head bool }{
		"whisk.memory.std":                                           {true, true},
		"whisk.memory.standard":                                      {},
		"whisk.memory":                                               {},
		"whisk.info.build-no":                                        {true, true},
		"whisk.helm.release":                                         {true, true},
		"whisk.couchdb.databases.WhiskAuth":                          {true, true},
		"whisk.couchdb.databases.whisk-auth":                         {},
		"whisk.scheduler.grpc.tls":                                   {true, true},
		"logback.log.level":                                          {true, true},
		"akka.cluster.seed-nodes.0":                                  {true, false},
		"akka.cluster.seed-nodes.12":                                 {true, false},
		"akka.cluster.seed-nodes.01":                                 {},
		"akka.cluster.seed-nodes.x":                                  {},
		"akka.cluster.seed-nodes":                                    {},
		"akka.cluster.seed-nodes.<n>":                                {},
		"akka.cluster.downing-provider-class":                        {true, false},
		"akka.discovery.kubernetes-api.pod-port-name":                {},
		"pekko.cluster.seed-nodes.0":                                 {false, true},
		"pekko.cluster.downing-provider-class":                       {false, true},
		"pekko.discovery.kubernetes-api.use-raw-ip":                  {false, true},
		"whisk.container-pool.akka-client":                           {true, false},
		"whisk.container-pool.pekko-client":                          {false, true},
		"whisk.s3.alpakka.buffer":                                    {true, false},
		"whisk.s3.pekko-connectors.buffer":                           {false, true},
		"whisk.kafka.topics.invoker.retention-ms":                    {true, true},
		"whisk.kafka.topics.invoker.max-message-bytes":               {true, true}, // Kafka's own settings, by an open map
		"whisk.kafka.topics.invoker.retention.ms":                    {},
		"whisk.kafka.topics.invoker.":                                {},
		"whisk.kafka.topics.invokers.retention-ms":                   {},
		"whisk.kafka.topics.creation-ack.partitions":                 {}, // the code reads creationAck, which no variable reaches
		"whisk.kafka.common.sasl-jaas-config":                        {true, true},
		"whisk.container-factory.container-args.extra-args":          {},
		"whisk.container-factory.container-args.extra-args.ulimit.0": {true, true},
		"whisk.container-factory.container-args.extra-args.ulimit":   {},
		"whisk.standalone.couchdb.volumes-enabled":                   {}, // another process
		"JAVA_OPTS": {},
		".":         {},
		"0":         {},
		"":          {},
	} {
		if got := Known("2.0.0", key); got != want.first {
			t.Errorf("Known(2.0.0, %q) = %v", key, got)
		}
		if got := Known("head", key); got != want.head {
			t.Errorf("Known(head, %q) = %v", key, got)
		}
	}
	if _, ok := Of("1.0.0"); ok || Known("1.0.0", "whisk.memory.std") || Known("", "whisk.memory.std") {
		t.Error("a release that has no list has keys")
	}
}

// Has looks keys up, so the lists must be sorted; and what no variable reaches
// has no place in them.
func TestListsAreSortedAndReachable(t *testing.T) {
	for release, want := range map[string]int{"2.0.0": 664, "head": 687} {
		list, ok := Of(release)
		if !ok || len(list) != want {
			t.Errorf("%s: %d keys, want %d", release, len(list), want)
		}
		if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Errorf("%s: not sorted, or a key is there twice", release)
		}
		for _, key := range list {
			concrete := strings.NewReplacer("<name>", "x", "<n>", "0").Replace(key)
			if !list.Has(concrete) {
				t.Errorf("%s: %s is in the list, but not known", release, concrete)
			}
			if _, ok := whiskenv.Name(concrete); !ok {
				t.Errorf("%s: no variable reaches %s", release, concrete)
			}
		}
	}
}
