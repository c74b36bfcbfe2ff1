package hardening

import (
	"testing"

	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func TestProperties(t *testing.T) { krmtest.Properties(t, Process) }

// Workloads that others ship.
func TestForeign(t *testing.T) { krmtest.Foreign(t, Process, 6) }
