package podproc

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// Process is a running command with all that it starts.
type Process struct {
	Name  string
	cmd   *exec.Cmd
	log   string
	done  chan struct{}
	err   error
	guard *Guard
}

// Command is what to run, as whom and where its output goes.
type Command struct {
	Name string
	Args []string
	Env  []string
	// User runs it as this user and group when this process is root.
	User, Group, FSGroup *uint32
	// Log is the file that output is added to.
	Log string
}

// Start runs a command in a process group of its own.
func (g *Guard) Start(c Command) (*Process, error) {
	log, err := os.OpenFile(c.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	path, err := lookPath(c.Args[0], c.Env)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	cmd := &exec.Cmd{Path: path, Args: c.Args, Env: c.Env, Dir: "/", Stdout: log, Stderr: log}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if c.User != nil && os.Geteuid() == 0 {
		credential := &syscall.Credential{Uid: *c.User, Gid: *c.User}
		if c.Group != nil {
			credential.Gid = *c.Group
		}
		if c.FSGroup != nil {
			credential.Groups = []uint32{*c.FSGroup}
		}
		cmd.SysProcAttr.Credential = credential
		// A program that opens /dev/stdout opens the file anew. Runtimes give
		// it to the container's user.
		if err := log.Chown(int(credential.Uid), int(credential.Gid)); err != nil {
			return nil, err
		}
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	p := &Process{Name: c.Name, cmd: cmd, log: c.Log, done: make(chan struct{}), guard: g}
	if err := g.tell("group", strconv.Itoa(cmd.Process.Pid)); err != nil {
		p.killGroup()
		return nil, err
	}
	go func() {
		p.err = cmd.Wait()
		// What the command left behind ends as a container's processes do.
		p.killGroup()
		_ = g.tell("gone", strconv.Itoa(cmd.Process.Pid))
		close(p.done)
	}()
	return p, nil
}

// lookPath finds a program in the PATH that it will have itself.
func lookPath(name string, env []string) (string, error) {
	if name != "" && name[0] == '/' {
		return name, nil
	}
	for _, dir := range pathOf(env) {
		path := dir + "/" + name
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("no program %q in PATH", name)
}

func (p *Process) killGroup() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

// Pid is the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Log is all that the command has written so far.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Running says whether the command has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Signal sends a signal to the command alone, as a runtime does to PID 1.
func (p *Process) Signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the command and all that it started at once.
func (p *Process) Kill() {
	p.killGroup()
	<-p.done
}

// Stop sends a signal and waits; after the grace it kills and returns an error.
func (p *Process) Stop(s syscall.Signal, grace time.Duration) error {
	if !p.Running() {
		return nil
	}
	if err := p.Signal(s); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(grace):
		p.Kill()
		return fmt.Errorf("%s did not end within %v of signal %v", p.Name, grace, s)
	}
}

// Wait waits for the end: nil when the exit status is 0. When the context ends,
// the command is killed.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		if p.err != nil {
			return fmt.Errorf("%s: %w", p.Name, p.err)
		}
		return nil
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("%s: %w", p.Name, ctx.Err())
	}
}
