package controlplane

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Server is a program that runs beside the control plane.
type Server struct {
	// Name of it, which its log has too.
	Name string
	// Path of the program.
	Path string
	Args []string
	// Env is added to the environment of this process.
	Env []string
}

// server is one running process of the control plane.
type server struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // set before done is closed
}

// run starts a server that the kernel kills when this process ends.
func run(dir string, what Server) (*server, error) {
	s := &server{name: what.Name, log: filepath.Join(dir, what.Name+".log"), done: make(chan struct{})}
	out, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	s.cmd = exec.Command(what.Path, what.Args...)
	s.cmd.Dir = dir
	s.cmd.Env = append(os.Environ(), what.Env...)
	s.cmd.Stdout, s.cmd.Stderr = out, out
	// A group of its own: an interrupt from the terminal reaches the test,
	// which then stops the servers in order.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		// The death signal comes when the thread ends that started the
		// child, so that thread has to stay.
		runtime.LockOSThread()
		defer out.Close()
		if err := s.cmd.Start(); err != nil {
			started <- fmt.Errorf("start %s: %w", what.Name, err)
			return
		}
		started <- nil
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return s, nil
}

// ended gives an error with the end of the log if the server is not running.
func (s *server) ended() error {
	select {
	case <-s.done:
		return fmt.Errorf("%s ended: %v\n%s", s.name, s.err, s.tail(30))
	default:
		return nil
	}
}

// tail is the last lines of the log.
func (s *server) tail(n int) string {
	data, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// stop asks the server to end, and makes it end after two seconds.
func (s *server) stop() {
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(2 * time.Second):
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		<-s.done
	}
}

// memory is the most that the server ever had in memory, in bytes; 0 where the
// kernel does not tell.
func (s *server) memory() int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, found := strings.Cut(string(data), "VmHWM:")
	var kib int64
	if !found {
		return 0
	}
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0
	}
	return kib << 10
}

// keeper removes the directory when this process is gone.
type keeper struct {
	cmd *exec.Cmd
	in  io.WriteCloser
}

func keep(binary, dir string) (*keeper, error) {
	k := &keeper{cmd: exec.Command(binary, "keeper", dir)}
	// A session of its own: nothing that ends the test may end it.
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var err error
	if k.in, err = k.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := k.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	return k, nil
}

// add has a server killed with the rest.
func (k *keeper) add(s *server) { fmt.Fprintln(k.in, s.cmd.Process.Pid) }

// end removes the directory now.
func (k *keeper) end() error {
	k.in.Close()
	return k.cmd.Wait()
}
