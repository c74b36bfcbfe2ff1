package report

import (
	"cmp"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/whiskops/whiskops/docs"
	"github.com/whiskops/whiskops/internal/finding"
)

// WriteSARIF writes the findings of a report as FindingsSARIF does.
func WriteSARIF(w io.Writer, r Report, o Options) error { return FindingsSARIF(w, r.All(), o) }

// FindingsSARIF writes findings as SARIF 2.1.0, with a rule for each of their codes.
//
// Source: docs.oasis-open.org/sarif/sarif/v2.1.0, and what code scanning of GitHub
// asks of a result (a rule with help, a location with a line) in its documentation.
func FindingsSARIF(w io.Writer, fs []finding.Finding, o Options) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{Name: "whiskops", Version: o.Version, InformationURI: home, Rules: []sarifRule{}}},
		// Positions count bytes: see columns.
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{},
	}
	columns := columns{read: o.Read}
	rules := map[string]int{}
	for i, f := range sealFindings(fs, o) {
		rule, ok := rules[f.Code]
		if !ok {
			rule = len(rules)
			rules[f.Code] = rule
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(f))
		}
		run.Results = append(run.Results, resultOf(f, rule, columns.of(fs[i].Position)))
	}
	return writeJSON(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

const home = "https://github.com/whiskops/whiskops"

// ruleOf is the rule of a finding's code.
func ruleOf(f finding.Finding) sarifRule {
	title := cmp.Or(titleOf(f.Code), "a finding of whiskops")
	return sarifRule{
		ID: finding.Plain(f.Code), ShortDescription: sarifText{title}, FullDescription: sarifText{title},
		HelpURI: home + "/blob/main/docs/findings.md",
		Help:    sarifText{title + ". The result says what to do about it; docs/findings.md lists all codes."},
		Level:   sarifLevel{level(f)},
	}
}

// level of a finding, as SARIF and GitHub's annotations call it.
func level(f finding.Finding) string {
	if f.Severity == finding.Error {
		return "error"
	}
	return "warning"
}

// titleOf is what a code means, in the words of docs/findings.md; empty for one that
// it does not have.
func titleOf(code string) string {
	for line := range strings.Lines(docs.Findings) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] != code:
		case len(cells) == 2:
			return cells[1]
		// Rules have their severity before it, and their symptom behind it.
		case len(cells) == 4:
			return cells[2]
		}
	}
	return ""
}

// resultOf is a finding as a result. One about no file is about the folder of the
// environments: without a place, nobody would show it.
func resultOf(f finding.Finding, rule, column int) sarifResult {
	text := unlinked(finding.Plain(f.Message))
	if f.Help != "" {
		text += "\n" + unlinked(finding.Plain(f.Help))
	}
	place := sarifPlace{Artifact: artifactOf(cmp.Or(f.File, "environments"))}
	if f.Line > 0 {
		place.Region = &sarifRegion{f.Line, column}
	}
	r := sarifResult{Rule: finding.Plain(f.Code), Index: rule, Level: level(f), Message: sarifText{text}, Locations: []sarifLocation{{Physical: place}}}
	if f.Acknowledged != "" {
		r.Suppressions = []sarifSuppression{{"inSource", finding.Plain(f.Acknowledged)}}
	}
	if f.Path != "" {
		r.Locations[0].Logical = []sarifLogical{{finding.Plain(f.Path), "property"}}
	}
	return r
}

// unlinked is a text in which nothing is a link: a reader of SARIF makes one of
// "[text](address)".
func unlinked(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// artifactOf is a file as a relative reference from the root of the repository. One
// outside of it has its whole address.
func artifactOf(file string) sarifArtifact {
	if path.IsAbs(file) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: file}).String()}
	}
	// RFC 3986, 4.2: a ":" in the first segment would make a scheme of it; String
	// puts "./" before that.
	return sarifArtifact{URI: (&url.URL{Path: file}).String(), Base: "%SRCROOT%"}
}

// What of SARIF is written, in the order of its specification.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string     `json:"id"`
		ShortDescription sarifText  `json:"shortDescription"`
		FullDescription  sarifText  `json:"fullDescription"`
		HelpURI          string     `json:"helpUri"`
		Help             sarifText  `json:"help"`
		Level            sarifLevel `json:"defaultConfiguration"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		Rule      string          `json:"ruleId"`
		Index     int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		// Suppressions of a warning that its environment acknowledges.
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifSuppression struct {
		Kind string `json:"kind"`
		Why  string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPlace     `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPlace struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)
