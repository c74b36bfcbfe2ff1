package placement

import (
	"testing"

	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

func TestProperties(t *testing.T) { krmtest.Properties(t, Process) }

// Workloads that others ship.
func TestForeign(t *testing.T) { krmtest.Foreign(t, Process, 7) }
