package render

import (
	"os"
	"runtime/debug"
	"testing"
)

// Rendering allocates much and keeps little: with the collector as it is set,
// a third of the time of the random environments is its own.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
