// Package runbook reads the commands of "When something is wrong" in the README of
// an environment, and runs them as a person does who pastes them.
package runbook

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// Command of the page.
type Command struct {
	// Symptom it stands under; empty for those that come before all.
	Symptom string
	Run     string
	// Remedy tells that it changes something.
	Remedy bool
}

// Needs is what the command asks beside an API server: "kubelet" (a log, or a program in
// a container), "host" (the installation's public name), or nothing.
func (c Command) Needs() string {
	switch {
	case strings.Contains(c.Run, "openssl s_client"), strings.Contains(c.Run, "https://"):
		return "host"
	case regexp.MustCompile(`kubectl( -n \S+)? (logs|exec) `).MatchString(c.Run):
		return "kubelet"
	}
	return ""
}

const section = "## When something is wrong\n"

var inline = regexp.MustCompile("`(kubectl [^`]+)`")

// Read gives the commands of a README in their order. Those before the first
// symptom that stop and resume a tool are remedies.
func Read(readme string) ([]Command, error) {
	_, text, found := strings.Cut(readme, section)
	if !found {
		return nil, fmt.Errorf("the README has no %q", strings.TrimSpace(section))
	}
	var all []Command
	symptom, fenced := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		bare := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(bare, "```"):
			fenced = !fenced
		case fenced:
			remedy := strings.HasPrefix(line, "  ") || symptom == "" && strings.Contains(bare, " patch ")
			all = append(all, Command{symptom, bare, remedy})
		case strings.HasPrefix(line, "## "):
			return all, nil
		case strings.HasPrefix(line, "### "):
			symptom = strings.TrimPrefix(line, "### ")
		default:
			for _, m := range inline.FindAllStringSubmatch(line, -1) {
				all = append(all, Command{symptom, m[1], false})
			}
		}
	}
	return all, nil
}

// Of a symptom, the command that has a text in it; an error if there is no such one,
// or another one too.
func Of(all []Command, symptom, has string) (Command, error) {
	var found []Command
	for _, c := range all {
		if c.Symptom == symptom && strings.Contains(c.Run, has) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return Command{}, fmt.Errorf("%s has %d commands with %q", symptom, len(found), has)
	}
	return found[0], nil
}

// Shell runs commands in a folder, with variables of its own.
type Shell struct {
	Folder string
	Env    []string
}

// Run a command with what a person puts in, by the word that it stands for. It gives
// what is printed, errors apart.
func (s Shell) Run(ctx context.Context, command string, put map[string]string) (out, complaints string, err error) {
	for word, with := range put {
		command = regexp.MustCompile(`\b`+word+`\b`).ReplaceAllLiteralString(command, with)
	}
	c := exec.CommandContext(ctx, "bash", "-c", command)
	c.Dir = s.Folder
	c.Env = append(os.Environ(), s.Env...)
	var printed, wrong strings.Builder
	c.Stdout, c.Stderr = &printed, &wrong
	err = c.Run()
	return printed.String(), wrong.String(), err
}
