package room

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// A room reads what is mounted, writes only where it may, reaches this machine's
// half of the network and is reached; and nothing is left of it.
func TestRoom(t *testing.T) {
	guard, err := podproc.NewGuard()
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			_ = guard.Close()
		}
	}()
	n, err := New(guard)
	if errors.Is(err, ErrRefused) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	here, err := n.Address(8080)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", here+":8080")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { _, _ = w.Write([]byte("answer")) }))
	}()

	image, volume, secret := t.TempDir(), t.TempDir(), t.TempDir()
	for path, text := range map[string]string{filepath.Join(image, "init.sh"): "of the image", filepath.Join(secret, "token"): "secret"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(volume, 0o777); err != nil {
		t.Fatal(err)
	}
	r, err := n.Room(n.PodAddress(), "pod-0", Options{Image: image, Hosts: here + " server.example\n"},
		[]podproc.Mount{{Source: volume, Path: "/tmp"}, {Source: secret, Path: "/var/run/secrets/kubernetes.io/serviceaccount"}})
	if err != nil {
		t.Fatal(err)
	}
	user := uint32(1001)
	run := func(script string) string {
		args := r.Enter(&user, &user, nil, []string{"/bin/sh", "-c", script})
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		if err != nil {
			return strings.TrimSpace(string(out)) + " " + err.Error()
		}
		return strings.TrimSpace(string(out))
	}
	for _, tt := range []struct{ script, want string }{
		{"cat /init.sh", "of the image"},
		{"cat /var/run/secrets/kubernetes.io/serviceaccount/token", "secret"},
		{"echo a > /tmp/a && cat /tmp/a", "a"},
		{"echo a 2>&1 > /a || echo refused", "/bin/sh: 1: cannot create /a: Read-only file system\nrefused"},
		{"ls /work /root /home 2>/dev/null | wc -l", "0"},
		{"id -u; hostname", "1001\npod-0"},
		{"grep -c 'Cap[A-Z][a-z]*:.0000000000000000' /proc/self/status", "5"},
		{"curl -sS http://server.example:8080/", "answer"},
	} {
		if got := run(tt.script); got != tt.want {
			t.Errorf("%s\ngives %q, want %q", tt.script, got, tt.want)
		}
	}
	server := r.Enter(&user, &user, nil, []string{"/bin/sh", "-c", "exec sleep 60"})
	if _, err := guard.Start(podproc.Command{Name: "server", Args: server, Env: os.Environ(), Log: filepath.Join(volume, "log")}); err != nil {
		t.Fatal(err)
	}
	if err := guard.Close(); err != nil {
		t.Fatal(err)
	}
	closed = true
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		left, err := ip("-o", "link")
		if err == nil && !strings.Contains(left, n.tag) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("of the network there is left %s %v", left, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
