package podproc

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A process that a test may kill: it starts a group of processes, says which,
// and waits.
func TestMain(m *testing.M) {
	if os.Getenv("WHISKOPS_GUARD_HELPER") == "1" {
		guardHelper()
		return
	}
	os.Exit(m.Run())
}

func guardHelper() {
	guard, err := NewGuard()
	if err != nil {
		panic(err)
	}
	folder, err := guard.Folder("test")
	if err != nil {
		panic(err)
	}
	process, err := guard.Start(Command{
		Name: "tree", Args: []string{"/bin/sh", "-c", "trap '' TERM; sleep 300 & sleep 300"}, Log: filepath.Join(folder, "log"),
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(process.Pid(), folder)
	select {}
}

func TestNothingIsLeftAfterSIGKILL(t *testing.T) {
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), "WHISKOPS_GUARD_HELPER=1")
	out, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	group, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
	pid, err := strconv.Atoi(group)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-pid, 0); err != nil {
		t.Fatalf("the group does not run: %v", err)
	}
	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait()
	for range 100 {
		_, statErr := os.Stat(folder)
		if syscall.Kill(-pid, 0) == syscall.ESRCH && os.IsNotExist(statErr) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("5 s after SIGKILL group %d or folder %s is there", pid, folder)
}

func TestRules(t *testing.T) {
	r := newRules([]Rule{
		{From: "/tmp", To: "/t/tmp"},
		{From: "/tmp/cache", To: "/t/cache"},
		{From: "/topics", To: "/t/topics"},
		{From: "/work", To: "/t/init/work", container: "init"},
		{From: "/work", To: "/t/work"},
		{In: "env HOST", From: "redis", To: "127.0.0.2", Always: true},
		{In: "file a", From: "absent", To: "x", Always: true},
	})
	for _, tt := range []struct{ where, text, want string }{
		{"command", "/tmp /tmp/x /tmp/cache /tmpx x/tmp //tmp '/tmp'", "/t/tmp /t/tmp/x /t/cache /tmpx x/tmp //tmp '/t/tmp'"},
		{"command", `$(dirname "$0")/topics ${x}/topics`, `$(dirname "$0")/topics ${x}/topics`},
		{"env HOST", "redis", "127.0.0.2"},
		{"env HOST", "redis.example my-redis redis:1", "redis.example my-redis 127.0.0.2:1"},
		{"env OTHER", "redis", "redis"},
	} {
		if got := r.apply("main", tt.where, tt.text); got != tt.want {
			t.Errorf("apply(%q, %q) = %q, want %q", tt.where, tt.text, got, tt.want)
		}
	}
	if got := r.apply("init", "command", "/work"); got != "/t/init/work" {
		t.Errorf("a container's own mount becomes %q", got)
	}
	if got := r.apply("main", "command", "/work"); got != "/t/work" {
		t.Errorf("another container's mount becomes %q", got)
	}
	if err := r.missing(); err == nil || !strings.Contains(err.Error(), "absent") {
		t.Errorf("missing() = %v", err)
	}
}

func TestExpand(t *testing.T) {
	known := map[string]string{"A": "1", "B": "$(A)"}
	for text, want := range map[string]string{
		"$(A)": "1", "x$(A)y$(A)": "x1y1", "$(B)": "$(A)", "$(C)": "$(C)", "$$(A)": "$(A)", "$A $": "$A $", "$(A": "$(A", "a$$b": "a$b",
	} {
		if got := expand(text, known); got != want {
			t.Errorf("expand(%q) = %q, want %q", text, got, want)
		}
	}
}
