package podproc

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// Guard ends process groups and removes folders when this process is gone,
// however it went: it is a process of its own that reads a pipe to its end.
type Guard struct {
	mu    sync.Mutex
	pipe  io.WriteCloser
	child *exec.Cmd
}

// The shell is in a session of its own, so that no signal to the tests' group
// ends it.
const guardScript = `trap '' INT TERM HUP
groups= folders=
while read -r what value; do
  case $what in
  group) groups="$groups $value" ;;
  gone)
    left=
    for g in $groups; do [ "$g" = "$value" ] || left="$left $g"; done
    groups=$left ;;
  folder) folders="$folders $value" ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
for f in $folders; do rm -rf -- "$f"; done`

// NewGuard starts the guard.
func NewGuard() (*Guard, error) {
	child := exec.Command("/bin/sh", "-c", guardScript)
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	child.Stderr = os.Stderr
	pipe, err := child.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := child.Start(); err != nil {
		return nil, fmt.Errorf("start the guard: %w", err)
	}
	return &Guard{pipe: pipe, child: child}, nil
}

func (g *Guard) tell(what, value string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, err := fmt.Fprintf(g.pipe, "%s %s\n", what, value)
	return err
}

// Folder makes a folder that is removed in the end. Every user can look into it:
// processes of pods run as users of their own.
func (g *Guard) Folder(name string) (string, error) {
	folder, err := os.MkdirTemp("", "whiskops-"+name+"-")
	if err != nil {
		return "", err
	}
	if err := g.tell("folder", folder); err != nil {
		return "", err
	}
	return folder, os.Chmod(folder, 0o755)
}

// Close ends everything that is left.
func (g *Guard) Close() error {
	if err := g.pipe.Close(); err != nil {
		return err
	}
	return g.child.Wait()
}
