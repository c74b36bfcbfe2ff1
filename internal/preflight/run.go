package preflight

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

const (
	codeProgram = "WO671" // kubectl, or the shell that runs it, is not there
	codeCluster = "WO672" // kubectl reaches no cluster
	codeTime    = "WO673" // the cluster was not asked for everything in time
	codeWrong   = "WO674" // the cluster is not what the environment takes for granted
	codeUnasked = "WO675" // kubectl may not ask for what the environment takes for granted
)

// Options of a run.
type Options struct {
	// Context and Kubeconfig are kubectl's; empty: those in use.
	Context, Kubeconfig string
	// Timeout for all of it.
	Timeout time.Duration
	// Out gets what the script prints, line by line and without secrets of the
	// environment.
	Out io.Writer
}

// terminate asks a program to end. Where there is no such signal it is killed after
// a while.
const terminate = syscall.SIGTERM

// exitUnreached is what the script ends with where it could ask for nothing.
const exitUnreached = 2

// Run runs the script with the user's own kubectl, and makes findings of what it
// says. An error is a fault of the machine.
func Run(ctx context.Context, v *derived.Values, o Options) ([]finding.Finding, error) {
	script, err := Script(v)
	if err != nil {
		return nil, err
	}
	for _, program := range []string{"sh", "kubectl"} {
		if _, err := exec.LookPath(program); err != nil {
			return []finding.Finding{about(v, codeProgram, "", fmt.Sprintf("the program %s, with which a cluster is asked, is not in the path", program),
				fmt.Sprintf("install it, or run `whiskops preflight %s >preflight.sh` here and the script where it is", v.Env.Name))}, nil
		}
	}
	dir, err := os.MkdirTemp("", "whiskops-preflight-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for the script: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "preflight.sh")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		return nil, fmt.Errorf("write the script: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	r := runner{v: v, out: o.Out}
	err = r.run(ctx, o.arguments(file))
	exit := (*exec.ExitError)(nil)
	switch {
	case ctx.Err() != nil:
		r.found = append(r.found, about(v, codeTime, "", fmt.Sprintf("the cluster was not asked for everything within %s", o.Timeout),
			"see whether kubectl answers at all, for example `kubectl get nodes`, or give it longer with --run-timeout"))
	case errors.As(err, &exit) && exit.ExitCode() == exitUnreached:
		r.found = append(r.found, about(v, codeCluster, "", r.said.text(),
			"see that `kubectl config current-context` is the cluster that is meant, and that `kubectl version` answers, or name another one with --context"))
	case err != nil && !errors.As(err, &exit):
		return nil, fmt.Errorf("run the script: %w", err)
	}
	return r.found, nil
}

// arguments of the shell.
func (o Options) arguments(file string) []string {
	all := []string{file}
	if o.Context != "" {
		all = append(all, "--context="+o.Context)
	}
	if o.Kubeconfig != "" {
		all = append(all, "--kubeconfig="+o.Kubeconfig)
	}
	return all
}

// runner reads what the script says while it runs.
type runner struct {
	v     *derived.Values
	out   io.Writer
	said  said
	found []finding.Finding
}

func (r *runner) run(ctx context.Context, args []string) error {
	cmd := exec.CommandContext(ctx, "sh", args...)
	lines, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, &r.said
	// The script ends its kubectl, and takes its files away.
	cmd.Cancel = func() error { return cmd.Process.Signal(terminate) }
	cmd.WaitDelay = time.Second
	read := make(chan error, 1)
	go func() { read <- r.read(lines) }()
	err := cmd.Run()
	writer.Close()
	return errors.Join(err, <-read)
}

// mostLine is the longest line of the script's, in bytes: it cuts what kubectl
// shows.
const mostLine = 64 << 10

// read passes the lines on, and makes findings of those that say what is wrong.
func (r *runner) read(lines io.Reader) error {
	all, err := Of(r.v)
	if err != nil {
		return err
	}
	facts := map[string]Fact{}
	for _, f := range all {
		facts[f.ID] = f
	}
	scanner := bufio.NewScanner(lines)
	scanner.Buffer(nil, mostLine)
	for scanner.Scan() {
		line := r.v.Env.Source.Secrets().Hide(scanner.Text())
		fmt.Fprintln(r.out, line)
		verdict, rest, _ := strings.Cut(line, " ")
		code := map[string]string{"wrong": codeWrong, "unasked": codeUnasked}[verdict]
		id, what, named := strings.Cut(strings.TrimSpace(rest), ": ")
		if code == "" || !named {
			continue
		}
		r.found = append(r.found, r.finding(code, facts[id], what))
	}
	// What is left must not hold up the script.
	_, _ = io.Copy(io.Discard, lines)
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("read what the script says: %w", err)
	}
	return nil
}

// finding about a fact, and what the script said of it behind the last semicolon.
func (r *runner) finding(code string, f Fact, what string) finding.Finding {
	said := strings.TrimPrefix(what, f.Must+"; ")
	if code == codeUnasked {
		return about(r.v, code, f.Field, fmt.Sprintf("%s: whether %s is not known (%s): else %s", f.ID, f.Must, said, f.Breaks),
			"ask someone who may: `whiskops preflight "+r.v.Env.Name+"` prints the commands")
	}
	help := "make it so in the cluster"
	if f.Field != "" {
		help += ", or write in " + f.Field + " what is so"
	}
	return about(r.v, code, f.Field, fmt.Sprintf("%s: taken for granted is that %s (%s): else %s", f.ID, f.Must, said, f.Breaks), help)
}

// about is a finding about a field of the environment, or about all of it.
func about(v *derived.Values, code, field, message, help string) finding.Finding {
	f := finding.Finding{Code: code, Severity: finding.Error, Path: environment.JoinPath(v.Env.Name), Message: message, Help: help}
	if v.Env.Source != nil {
		f.Position = v.Env.Source.Position(field)
	}
	if field != "" {
		f.Path += "." + field
	}
	return f
}

// mostSaid is how much of what goes to standard error is kept, in bytes.
const mostSaid = 2 << 10

// said keeps the beginning of what is written to it.
type said struct{ kept bytes.Buffer }

func (s *said) Write(b []byte) (int, error) {
	s.kept.Write(b[:min(len(b), mostSaid-s.kept.Len())])
	return len(b), nil
}

// text is the first line of it.
func (s *said) text() string {
	first, _, _ := strings.Cut(strings.TrimSpace(s.kept.String()), "\n")
	if first == "" {
		return "kubectl reaches no cluster"
	}
	return first
}
