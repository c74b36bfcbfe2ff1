package kafkatopics

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

// TestNameLengths: one below, at and above what Kafka takes.
func TestNameLengths(t *testing.T) {
	for length, fine := range map[int]bool{0: false, 1: true, 248: true, 249: true, 250: false} {
		var c krm.Check
		checkTopic(&c, "topic", Topic{Name: strings.Repeat("a", length), Partitions: 1, Replicas: 1})
		if (c.Err() == nil) != fine {
			t.Errorf("a name of %d: %v", length, c.Err())
		}
	}
}

func TestProperties(t *testing.T) { krmtest.Properties(t, Process) }

// Workloads that others ship.
func TestForeign(t *testing.T) { krmtest.Foreign(t, Process, 7) }
