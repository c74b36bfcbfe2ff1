package report

import (
	"encoding/json"
	"testing"

	"github.com/whiskops/whiskops/internal/finding"
)

// TestCodeQuality: what GitLab asks of each violation, and that a fingerprint stays
// when lines move, and is nobody else's.
func TestCodeQuality(t *testing.T) {
	expect(t, "testdata/sample.codequality", written(t, WriteCodeQuality, sample(), options()))
	if got := written(t, WriteCodeQuality, Report{}, options()); got != "[]\n" {
		t.Errorf("of nothing: %q", got)
	}
	prints := func(r Report) (all []string) {
		var vs []violation
		if err := json.Unmarshal([]byte(written(t, WriteCodeQuality, r, options())), &vs); err != nil {
			t.Fatal(err)
		}
		for _, v := range vs {
			if v.Description == "" || v.Check == "" || v.Location.Path == "" || v.Location.Lines.Begin < 1 || v.Severity != "critical" && v.Severity != "minor" {
				t.Errorf("violation %+v", v)
			}
			all = append(all, v.Fingerprint)
		}
		return all
	}
	at := func(line int) finding.Finding {
		return finding.Finding{Code: "WO401", Severity: finding.Error, Position: finding.Position{File: "a.cue", Line: line}, Message: "m"}
	}
	before := prints(Report{Findings: []finding.Finding{at(1), at(5)}})
	after := prints(Report{Findings: []finding.Finding{at(2), at(6)}})
	if before[0] == before[1] || before[0] != after[0] || before[1] != after[1] {
		t.Errorf("fingerprints %v, and moved %v", before, after)
	}
}
