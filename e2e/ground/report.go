package ground

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/bounds"
)

// Holds runs a claim as a test of its own, and adds it to the file E2E_REPORT,
// a JSON object a line, if that is set. One that takes longer than package bounds
// allows does not hold.
func Holds(t *testing.T, environment, release, claim string, f func(t *testing.T)) bool {
	begin := time.Now()
	name := claim
	if !strings.Contains(t.Name(), "/"+environment) {
		name = environment + ": " + claim
	}
	ok := t.Run(strings.ReplaceAll(name, " ", "-"), f)
	took := time.Since(begin)
	if err := bounds.Check(claim, took.Seconds()); err != nil {
		t.Errorf("%s: %v", environment, err)
		ok = false
	}
	Progress("%s %s: %s: %s", environment, release, claim, map[bool]string{true: "holds, " + took.Round(100*time.Millisecond).String(), false: "DOES NOT HOLD"}[ok])
	path := os.Getenv("E2E_REPORT")
	if path == "" {
		return ok
	}
	line, err := json.Marshal(map[string]any{
		"environment": environment, "kubernetes": release, "claim": claim, "holds": ok, "seconds": took.Seconds(),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := out.Write(append(line, '\n')); err != nil {
		t.Error(err)
	}
	return ok
}
