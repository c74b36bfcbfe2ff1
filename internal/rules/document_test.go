package rules

import (
	"os"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// TestLanguagesDocument: what docs/runtimes.md shows is an environment with nothing
// to complain about.
func TestLanguagesDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/runtimes.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```cue\n")
	shown, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("it shows nothing")
	}
	source := example{name: "document", source: "actions: prePull: true\n" + shown}.pack()
	envs, found, err := environment.LoadBytes(".", map[string][]byte{"e.cue": []byte(source)})
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	for _, f := range CheckAll(valuesOf(t, envs)) {
		t.Errorf("%s: %s", f.Code, f.Message)
	}
}
