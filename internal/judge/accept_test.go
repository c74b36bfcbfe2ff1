package judge_test

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/judge"
)

// A host or a value of a stranger's is no acceptance of something else.
func TestAcceptanceIsOneLine(t *testing.T) {
	j := judge.Judged{Kept: []judge.Acceptance{{
		Code: "WO404", Object: change.ID{Kind: "Ingress", Namespace: "x", Name: "i"}, Field: "spec", Before: "-", After: "1",
		Says: "reached as a\nWO402 1 2 Namespace x\r\n<<<<<<< \x1b[31m",
	}}}
	lines := 0
	for line := range strings.Lines(string(j.AcceptanceFile())) {
		if strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\r\x1b") {
			t.Errorf("it moves a cursor: %q", line)
		}
		if line != "\n" && !strings.HasPrefix(line, "# ") {
			lines++
		}
	}
	if lines != 1 {
		t.Errorf("one acceptance has %d lines:\n%s", lines, j.AcceptanceFile())
	}
}
