// Package gitserver serves one git repository on loopback, as git itself does
// behind a web server.
package gitserver

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Branch is what is committed to.
const Branch = "main"

// Server of a repository.
type Server struct {
	// URL to clone from.
	URL string

	work   string
	server *http.Server
}

// Start makes an empty repository in a folder and serves it until ctx ends.
func Start(ctx context.Context, dir string) (*Server, error) {
	s := &Server{work: filepath.Join(dir, "work")}
	bare := filepath.Join(dir, "served", "installation.git")
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--initial-branch", Branch, bare},
		{"init", "--quiet", "--initial-branch", Branch, s.work},
		{"-C", s.work, "remote", "add", "origin", bare},
	} {
		if _, err := git(ctx, args...); err != nil {
			return nil, err
		}
	}
	programs, err := git(ctx, "--exec-path")
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.URL = "http://" + listener.Addr().String() + "/installation.git"
	s.server = &http.Server{Handler: &cgi.Handler{
		Path: filepath.Join(programs, "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + filepath.Dir(bare), "GIT_HTTP_EXPORT_ALL=1"},
		// A client that goes away is no news.
		Stderr: io.Discard,
	}}
	go func() { _ = s.server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = s.server.Close() })
	return s, nil
}

// Commit makes the files of a folder, which is no repository itself, all that the repository holds, and gives the
// commit. Where nothing changed it makes a commit all the same.
func (s *Server) Commit(ctx context.Context, from, message string) (string, error) {
	if _, err := git(ctx, "-C", s.work, "rm", "-rfq", "--ignore-unmatch", "."); err != nil {
		return "", err
	}
	if err := os.CopyFS(s.work, os.DirFS(from)); err != nil {
		return "", fmt.Errorf("copy %s: %w", from, err)
	}
	for _, args := range [][]string{
		{"add", "--all", "--force"},
		{"-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "commit", "--quiet", "--allow-empty", "-m", message},
		{"push", "--quiet", "origin", "HEAD:" + Branch},
	} {
		if _, err := git(ctx, append([]string{"-C", s.work}, args...)...); err != nil {
			return "", err
		}
	}
	return git(ctx, "-C", s.work, "rev-parse", "HEAD")
}

func git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	// Not the settings of whoever runs this.
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
