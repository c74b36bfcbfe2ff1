package bounds

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestCheck: one below, at and above, of a time that a claim says and of one that it took.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		claim string
		took  float64
		late  bool
	}{
		{"all comes up", 119.9, false},
		{"all comes up", 120, false},
		{"all comes up", 120.1, true},
		{"an emptied volume: 89s after the server is back all is there again", 500, false},
		{"an emptied volume: 90s after the server is back all is there again", 500, false},
		{"an emptied volume: 91s after the server is back all is there again", 1, true},
		{"a rolling restart of 3 brokers: two writers are refused none, and wait 15.0 s at most", 300, false},
		{"a rolling restart of 3 brokers: two writers are refused none, and wait 15.1 s at most", 300, true},
		{"taken without a rejection or a warning", 9999, false},
		{"it is not so that all comes up", 9999, false},
	} {
		err := Check(tt.claim, tt.took)
		if (err != nil) != tt.late {
			t.Errorf("%q after %v s: %v", tt.claim, tt.took, err)
		}
	}
	const want = "all comes up in an empty cluster: 120.1 s, and 120 s are the most"
	if err := Check("all comes up", 120.1); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestEachBoundHasAClaim: the proof has a claim for each, within it. A claim whose
// words have changed would be without a bound.
func TestEachBoundHasAClaim(t *testing.T) {
	text, err := os.ReadFile("../../docs/proof.md")
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string][]float64{}
	for line := range bytes.Lines(text) {
		columns := strings.Split(string(line), " | ")
		if !strings.HasPrefix(columns[0], "| ") {
			continue
		}
		if b, figure, ok := Of(strings.TrimPrefix(columns[0], "| "), 0); ok {
			figures[b.Wait] = append(figures[b.Wait], figure)
		}
	}
	for _, b := range All {
		if len(figures[b.Wait]) == 0 {
			t.Errorf("no claim in docs/proof.md is the one of the bound of %q", b.Wait)
		}
		for _, figure := range figures[b.Wait] {
			if figure > b.Most {
				t.Errorf("%s: docs/proof.md has %v s, and %v s are the most", b.Wait, figure, b.Most)
			}
		}
	}
}
