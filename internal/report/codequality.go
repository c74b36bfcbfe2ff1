package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
)

// WriteCodeQuality writes the findings of a report as FindingsCodeQuality does.
func WriteCodeQuality(w io.Writer, r Report, o Options) error {
	return FindingsCodeQuality(w, r.All(), o)
}

// FindingsCodeQuality writes findings as a report of GitLab's code quality, which
// its merge requests show at their lines.
//
// Source: docs.gitlab.com, code quality report format: what a violation must have.
func FindingsCodeQuality(w io.Writer, fs []finding.Finding, o Options) error {
	violations := []violation{}
	seen := map[string]int{}
	for _, f := range sealFindings(fs, o) {
		if f.Acknowledged != "" {
			continue
		}
		text := finding.Plain(f.Said(o.Dir))
		if f.Help != "" {
			text += " (" + finding.Plain(f.Help) + ")"
		}
		v := violation{Description: text, Check: finding.Plain(f.Code), Severity: "minor"}
		if f.Severity == finding.Error {
			v.Severity = "critical"
		}
		v.Location.Path = cmp.Or(f.File, "environments")
		v.Location.Lines.Begin = max(f.Line, 1)
		// A finding that moves with its lines is the same one.
		same := strings.Join([]string{f.Code, f.File, f.Path, f.Message}, "\x00")
		v.Fingerprint = fingerprint(same, seen[same])
		seen[same]++
		violations = append(violations, v)
	}
	return writeJSON(w, violations)
}

// fingerprint by which a violation is known again; nth of those that are alike.
func fingerprint(text string, nth int) string {
	sum := sha256.Sum256([]byte(text + "\x00" + strconv.Itoa(nth)))
	return hex.EncodeToString(sum[:16])
}

// violation as GitLab reads it.
type violation struct {
	Description string `json:"description"`
	Check       string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	// Severity is info, minor, major, critical or blocker.
	Severity string `json:"severity"`
	Location struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}
