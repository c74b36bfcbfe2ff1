// Package sops runs the user's own sops, the program that encrypts the values of
// a YAML file for age keys. The library would double the size of whiskops.
//
// In: bytes, and recipients. Out: bytes, or an *Error that says why there are
// none and what to do. What is plain goes through pipes alone: never through
// arguments, the program's environment, or files.
package sops

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// least version that reads standard input.
// Source: its CHANGELOG, 3.10.0.
var least = [...]int{3, 10, 0}

// mostOutput of the program, in bytes. A file of Secrets has a few thousand.
const mostOutput = 4 << 20

// Values is the regular expression of the fields whose values are encrypted.
const Values = "^(data|stringData)$"

// Program is an sops that can be used.
type Program struct {
	path    string
	timeout time.Duration
}

// Error says why the program did not do what it was asked for.
type Error struct{ Message, Help string }

func (e *Error) Error() string { return e.Message }

const install = "install it from https://github.com/getsops/sops/releases, or ask someone who has it to run this"

// Find looks for sops in the path, and asks it for its version. timeout is how
// long each of its runs may take.
func Find(ctx context.Context, timeout time.Duration) (*Program, error) {
	path, err := exec.LookPath("sops")
	if err != nil {
		return nil, &Error{"the program sops, which encrypts and decrypts the Secrets, is not in the path", install}
	}
	p := &Program{path: path, timeout: timeout}
	out, err := p.run(ctx, sealed(), nil, "--version")
	if err != nil {
		return nil, err
	}
	version := versionForm.FindSubmatch(out)
	if version == nil {
		return nil, &Error{fmt.Sprintf("%s does not say which sops it is", path), install}
	}
	for i, want := range least {
		got, _ := strconv.Atoi(string(version[i+1]))
		if got > want {
			break
		}
		if got < want {
			return nil, &Error{
				fmt.Sprintf("%s is %s, which reads no standard input: what is plain would have to be on the disk", path, version[0]),
				"want sops 3.10.0 or newer: " + install,
			}
		}
	}
	return p, nil
}

var versionForm = regexp.MustCompile(`(?m)^sops v?([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})\b`)

// Encrypt encrypts the values of a Secret for recipients and for nobody else,
// whatever the user's configuration says.
func (p *Program) Encrypt(ctx context.Context, plain []byte, recipients []string) ([]byte, error) {
	return p.run(ctx, sealed(), plain, "--config", os.DevNull, "encrypt",
		"--age", strings.Join(recipients, ","), "--encrypted-regex", Values,
		"--filename-override", "secret.yaml", "--input-type", "yaml", "--output-type", "yaml")
}

// Decrypt decrypts a file with the user's own key, which sops finds.
func (p *Program) Decrypt(ctx context.Context, encrypted []byte) ([]byte, error) {
	return p.run(ctx, os.Environ(), encrypted, "--config", os.DevNull, "decrypt",
		"--filename-override", "secret.yaml", "--input-type", "yaml", "--output-type", "yaml")
}

// sealed is an environment in which the program finds no keys and recipients
// besides those that it is given.
func sealed() []string {
	env := []string{"SOPS_DISABLE_VERSION_CHECK=true"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func (p *Program) run(ctx context.Context, env []string, stdin []byte, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	out, said := &limited{most: mostOutput}, &limited{most: 2 << 10}
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, bytes.NewReader(stdin), out, said
	// Whoever the program started may hold the pipes.
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch {
	case ctx.Err() != nil:
		return nil, &Error{
			fmt.Sprintf("%s did not end within %s, and was stopped", p.path, p.timeout),
			"it may wait for a passphrase, a token or a network: run it by hand on the file, or give it longer with --sops-timeout",
		}
	case out.cut:
		return nil, &Error{fmt.Sprintf("%s wrote more than %d MiB", p.path, mostOutput>>20), "want a file of Secrets alone"}
	case errors.As(err, &exit):
		return nil, refused(exit.ExitCode(), said.text())
	case err != nil:
		return nil, &Error{fmt.Sprintf("%s cannot be run: %v", p.path, err), install}
	}
	return out.kept.Bytes(), nil
}

// Source: cmd/sops/codes of sops.
const (
	codeTree     = 25
	codeMAC      = 24
	codeMismatch = 51
	codeNoMAC    = 52
	codeNoKey    = 128
)

// refused says what an exit code means.
func refused(code int, said string) *Error {
	switch code {
	case codeNoKey:
		return &Error{"none of your keys opens the file",
			"set SOPS_AGE_KEY_FILE to the file with the age key of one of its recipients, or ask one of those people"}
	case codeMismatch, codeMAC, codeNoMAC, codeTree:
		return &Error{"the file was changed after it was encrypted, and does not open: " + said,
			"take it back from git: `git log -p` shows who changed it"}
	default:
		return &Error{fmt.Sprintf("sops ended with %d: %s", code, said), "run it by hand on the file"}
	}
}

// limited keeps no more than so many bytes. The buffer is not embedded: its
// ReadFrom would know no bound.
type limited struct {
	kept bytes.Buffer
	most int
	cut  bool
}

func (l *limited) Write(p []byte) (int, error) {
	rest := l.most - l.kept.Len()
	l.cut = l.cut || len(p) > rest
	l.kept.Write(p[:min(rest, len(p))])
	return len(p), nil
}

// text is what was said, on one line.
func (l *limited) text() string {
	words := strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(l.kept.String(), "?")))
	text := strings.Join(words, " ")
	const most = 300
	if len(text) > most {
		text = text[:most] + "..."
	}
	return text
}
