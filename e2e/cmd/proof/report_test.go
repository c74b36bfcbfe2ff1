package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/e2e/bounds"
	"github.com/whiskops/whiskops/e2e/track"
)

// TestWaits: the longest of a claim's figures stands beside its bound.
func TestWaits(t *testing.T) {
	var b bytes.Buffer
	waits(&b, []claim{
		{Environment: "ci", Claim: "all comes up", Seconds: 20},
		{Environment: "production", Claim: "all comes up", Seconds: 30.04},
		{Environment: "ci", Claim: "an emptied volume: 91s after the server is back all is there again", Seconds: 5},
		{Environment: "ci", Claim: "placed as meant", Seconds: 77},
	})
	for _, want := range []string{
		"| all comes up in an empty cluster | 30.0 s | 120 s | production |",
		"| **too long:** CouchDB is emptied: until all is there again | 91.0 s | 90 s | ci |",
		"| scaled down and up | not run | 150 s | |",
	} {
		if !strings.Contains(b.String(), want+"\n") {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if n := strings.Count(b.String(), "\n|") - 2; n != len(bounds.All) {
		t.Errorf("%d rows of %d bounds", n, len(bounds.All))
	}
}

// TestRecord: who found what, what holds it, and the share of the tests.
func TestRecord(t *testing.T) {
	var b bytes.Buffer
	record(&b, []track.Fault{
		{Fault: "a | b", Kind: "k", Introduced: "i", Found: "test", With: "e2e/x TestX", Held: []track.Held{"e2e/x TestX/one case", "y TestY"}},
		{Fault: "c", Kind: "k", Introduced: "i", Found: "reader", Open: "not yet"},
		{Fault: "d", Kind: "k", Introduced: "i", Found: "user", Held: []track.Held{"y TestY"}},
	})
	for _, want := range []string{
		"a test found 1 first, 33 %; 1 by a reader, 1 by a user.",
		"| k | a \\| b | i | a test: e2e/x TestX | `cd e2e && go test ./x -run '^TestX$'` (one case)<br>`go test ./y -run '^TestY$'` |\n",
		"| k | c | i | a reader | **open:** not yet |\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

// TestSummary: a note of whoever put runs together, and what was not kept.
func TestSummary(t *testing.T) {
	file := filepath.Join(t.TempDir(), "claims.jsonl")
	if err := os.WriteFile(file, []byte(`{"stage":"a","seconds":1.9,"peak":0,"failed":true,"note":"x | y"}`+"\n"+`{"stage":"b","seconds":2,"peak":3,"failed":false}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := report("all", []*stage{{key: "a", name: "A"}, {key: "b", name: "B"}, {key: "c", name: "C"}}, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| A | **failed**: x \\| y | 1 s | not kept |\n", "| B | all holds | 2 s | 3 MiB |\n", "| C | not run | | |\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
