package workload

import (
	"strings"
	"testing"
)

// A volume's name is a label: 63 letters are one, and of more the end gives way
// to what tells two of them apart.
func TestLongNamesOfVolumes(t *testing.T) {
	for _, tt := range []struct {
		letters int
		want    string
	}{
		{62, strings.Repeat("a", 62)},
		{63, strings.Repeat("a", 63)},
		{64, strings.Repeat("a", 54) + "-ffe054fe"},
	} {
		if got := scratchName("", "/"+strings.Repeat("a", tt.letters)); got != tt.want {
			t.Errorf("%d letters: %s, want %s", tt.letters, got, tt.want)
		}
	}
	// The cut is never after a dash.
	if got := scratchName("", "/"+strings.Repeat("a", 53)+"/"+strings.Repeat("b", 20)); strings.Contains(got, "--") || len(got) != 62 {
		t.Error(got)
	}
}
