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
	"strings"
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

// on what it was run.
func (c claim) on() string {
	if c.Kubernetes != "" {
		return "Kubernetes " + c.Kubernetes
	}
	return c.Server
}

func report(tier string, stages []*stage, file string) ([]byte, error) {
	claims, err := read(file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Proof\n\nWritten by `go run ./cmd/proof -tier %s` in e2e/, on %s/%s with %d CPUs. Each row was run, not reasoned.\n",
		tier, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	b.WriteString("\n| stage | result | time | largest process |\n|---|---|---|---|\n")
	for _, s := range stages {
		result := "all holds"
		if s.failed {
			result = "**failed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %d s | %d MiB |\n", s.name, result, int(s.took.Seconds()), s.peak)
	}
	environment := ""
	for _, c := range claims {
		if c.Environment != environment {
			environment = c.Environment
			fmt.Fprintf(&b, "\n## %s\n\n| claim | run on | after |\n|---|---|---|\n", cmp.Or(environment, "all environments"))
		}
		text := strings.ReplaceAll(c.Claim, "|", "\\|")
		if c.Holds != nil && !*c.Holds {
			text = "**does not hold:** " + text
		}
		fmt.Fprintf(&b, "| %s | %s | %.0f s |\n", text, c.on(), c.Seconds)
	}
	return b.Bytes(), nil
}

// read the claims, each once, by environment, and within it as they came.
func read(file string) ([]claim, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var all []claim
	for line := range bytes.Lines(text) {
		var c claim
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, fmt.Errorf("a suite left a line that is no claim: %w", err)
		}
		key := c.Environment + "\x00" + c.Claim + "\x00" + c.on()
		if !seen[key] {
			seen[key] = true
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b claim) int { return cmp.Compare(a.Environment, b.Environment) })
	return all, nil
}
