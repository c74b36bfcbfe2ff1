package controlplane

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// child is set in the environment of the process that is killed.
const child = "CONTROLPLANE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(child) != "" {
		if err := beKilled(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// beKilled starts a control plane, says where it is, and waits.
func beKilled() error {
	binary, err := Binary(context.Background(), Default, stderr)
	if err != nil {
		return err
	}
	p, err := Start(context.Background(), binary)
	if err != nil {
		return err
	}
	fmt.Println(p.dir, p.Config.Host)
	select {}
}

func stderr(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// A test that is killed hard leaves neither a process nor a file.
func TestNothingIsLeftOfAKilledProcess(t *testing.T) {
	if _, err := Binary(t.Context(), Default, stderr); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), child+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child says nothing: %v", err)
	}
	dir, host, _ := strings.Cut(strings.TrimSpace(line), " ")
	if _, err := os.Stat(filepath.Join(dir, "etcd")); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(host)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	var left []string
	for range 100 {
		left = nil
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			left = append(left, dir)
		}
		if c, err := net.Dial("tcp", at.Host); err == nil {
			c.Close()
			left = append(left, host)
		}
		if len(left) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("10 seconds after its death there is still %v", left)
}

// What cannot be started is an error that says why, with nothing left.
func TestStartSaysWhyAServerEnds(t *testing.T) {
	_, err := Start(t.Context(), "/bin/false")
	if err == nil || !strings.Contains(err.Error(), "etcd ended") {
		t.Errorf("Start: %v, want that etcd ended", err)
	}
}
