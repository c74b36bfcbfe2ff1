package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"github.com/whiskops/whiskops/e2e/track"
)

// claim is a line that a suite leaves behind.
type claim struct {
	Environment string  `json:"environment"`
	Claim       string  `json:"claim"`
	Kubernetes  string  `json:"kubernetes"`
	Server      string  `json:"server"`
	Holds       *bool   `json:"holds"`
	Seconds     float64 `json:"seconds"`
}

// result of a stage, which stands among the claims.
type result struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
	Peak    int64   `json:"peak"`
	Failed  bool    `json:"failed"`
	// Note is what somebody who puts files of several runs together has to say.
	Note string `json:"note,omitempty"`
}

// keep the stage's result behind its claims.
func (s *stage) keep(file string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(f).Encode(result{Stage: s.key, Seconds: s.took.Seconds(), Peak: s.peak, Failed: s.failed}), f.Close())
}

// on what it was run.
func (c claim) on() string {
	if c.Kubernetes != "" {
		return "Kubernetes " + c.Kubernetes
	}
	return c.Server
}

func report(tier string, stages []*stage, file string) ([]byte, error) {
	claims, results, err := read(file)
	if err != nil {
		return nil, err
	}
	faults, err := track.Faults()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Proof\n\nWritten by `go run ./cmd/proof -tier %s` in e2e/, on %s/%s with %d CPUs. Each row was run, not reasoned.\n",
		tier, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	summary(&b, stages, results)
	waits(&b, claims)
	record(&b, faults)
	environment := ""
	for i, c := range claims {
		if i == 0 || c.Environment != environment {
			environment = c.Environment
			fmt.Fprintf(&b, "\n## %s\n\n| claim | run on | after |\n|---|---|---|\n", cmp.Or(environment, "all environments"))
		}
		text := cell(c.Claim)
		if c.Holds != nil && !*c.Holds {
			text = "**does not hold:** " + text
		}
		fmt.Fprintf(&b, "| %s | %s | %.0f s |\n", text, c.on(), c.Seconds)
	}
	return b.Bytes(), nil
}

// summary is a row for each stage.
func summary(b *bytes.Buffer, stages []*stage, results map[string]result) {
	b.WriteString("\n| stage | result | time | largest process |\n|---|---|---|---|\n")
	for _, s := range stages {
		r, ran := results[s.key]
		if !ran {
			fmt.Fprintf(b, "| %s | not run | | |\n", s.name)
			continue
		}
		said := "all holds"
		if r.Failed {
			said = "**failed**"
		}
		if r.Note != "" {
			said += ": " + cell(r.Note)
		}
		peak := "not kept"
		if r.Peak > 0 {
			peak = fmt.Sprintf("%d MiB", r.Peak)
		}
		fmt.Fprintf(b, "| %s | %s | %d s | %s |\n", s.name, said, int(r.Seconds), peak)
	}
}

// read the claims, each once, by environment, and within it as they came, and the last
// result of each stage.
func read(file string) ([]claim, map[string]result, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	results := map[string]result{}
	seen := map[string]bool{}
	var all []claim
	for line := range bytes.Lines(text) {
		var r result
		if err := json.Unmarshal(line, &r); err == nil && r.Stage != "" {
			results[r.Stage] = r
			continue
		}
		var c claim
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, nil, fmt.Errorf("a suite left a line that is no claim: %w", err)
		}
		key := c.Environment + "\x00" + c.Claim + "\x00" + c.on()
		if !seen[key] {
			seen[key] = true
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b claim) int { return cmp.Compare(a.Environment, b.Environment) })
	return all, results, nil
}
