// Package room gives a pod what a process of this machine shares with all the
// others: a root filesystem that cannot be written, mounted folders at their own
// paths, a network interface, a loopback device and a host's name.
//
// A Network comes first: addresses that this machine answers as a whole, for
// servers that stay outside, and addresses of rooms, which reach them. It asks for
// Linux, root, and namespaces of networks, mounts and names. It lives in processes
// of a Guard: when they end nothing is left of it.
package room

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// ErrRefused is wrapped by the error for a machine that does not allow rooms.
var ErrRefused = errors.New("no rooms on this machine")

// Network is a /24 of its own: the lower half is this machine, the upper half are
// rooms.
type Network struct {
	guard  *podproc.Guard
	folder string
	prefix string // "10.a.b."
	tag    string // of the names of devices

	mu    sync.Mutex
	rooms int
}

// half is the first address of rooms.
const half = 128

// New makes a network that no route of this machine is in yet.
func New(g *podproc.Guard) (*Network, error) {
	for _, program := range []string{"unshare", "nsenter", "setpriv", "ip"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%w: no program %s (apt-get install util-linux iproute2)", ErrRefused, program)
		}
	}
	if out, err := exec.Command("unshare", "--net", "--mount", "--uts", "true").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrRefused, strings.TrimSpace(string(out)))
	}
	folder, err := g.Folder("network")
	if err != nil {
		return nil, err
	}
	for range 20 {
		a, b := 64+rand.IntN(64), rand.IntN(256)
		n := &Network{guard: g, folder: folder, prefix: fmt.Sprintf("10.%d.%d.", a, b), tag: fmt.Sprintf("wo%02x%02x", a, b)}
		if err = n.begin(); err == nil {
			return n, nil
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrRefused, err)
}

// begin has this machine answer the lower half, as it does 127.0.0.0/8: by a
// device that goes with the process that holds its other end.
func (n *Network) begin() error {
	if known, err := ip("route", "show", "table", "all", "root", n.prefix+"0/24"); err != nil || known != "" {
		return fmt.Errorf("%s0/24 is taken: %s %w", n.prefix, known, err)
	}
	holder, err := n.hold("network", "exec sleep infinity")
	if err != nil {
		return err
	}
	return n.wire(n.tag, holder.Pid(), []string{"route", "add", "local", n.prefix + "0/25", "dev", n.tag})
}

// hold starts a process with namespaces of its own, and comes back when the shell
// in it has said that it is ready.
func (n *Network) hold(name, script string, args ...string) (*podproc.Process, error) {
	log := filepath.Join(n.folder, name+".log")
	if err := os.WriteFile(log, nil, 0o644); err != nil {
		return nil, err
	}
	p, err := n.guard.Start(podproc.Command{
		Name: name, Log: log, Env: os.Environ(),
		Args: append([]string{"unshare", "--net", "--mount", "--uts", "--propagation", "private", "/bin/sh", "-ec", "ip link set lo up; " +
			strings.Replace(script, "exec ", "echo ready; exec ", 1), "room"}, args...),
	})
	if err != nil {
		return nil, err
	}
	for range 200 {
		if strings.HasSuffix(p.Log(), "ready\n") {
			return p, nil
		}
		if !p.Running() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Kill()
	return nil, fmt.Errorf("room %s: %s", name, strings.TrimSpace(p.Log()))
}

// wire ties this machine to a process's network by a pair of devices, and adds a
// route to it.
func (n *Network) wire(device string, pid int, route []string) error {
	for _, args := range [][]string{
		{"link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", strconv.Itoa(pid)},
		{"link", "set", device, "up"},
		route,
	} {
		if _, err := ip(args...); err != nil {
			return err
		}
	}
	_, err := command("nsenter", "--target", strconv.Itoa(pid), "--net", "ip", "link", "set", "eth0", "up")
	return err
}

// Close takes the network's devices away. Without it they go when the processes
// and what they have not sent yet have gone.
func (n *Network) Close() {
	_, _ = ip("link", "delete", n.tag)
	for i := range n.rooms {
		_, _ = ip("link", "delete", n.device(half+1+i))
	}
}

// device is this machine's end of the room at the network's address of a number.
func (n *Network) device(number int) string { return n.tag + "p" + strconv.Itoa(number) }

// Address is one of this machine's on which the ports are free.
func (n *Network) Address(ports ...int) (string, error) {
	var last error
	for range 200 {
		address := n.prefix + strconv.Itoa(1+rand.IntN(half-2))
		if last = free(address, ports); last == nil {
			return address, nil
		}
	}
	return "", fmt.Errorf("no address of %s0/25 with free ports %v: %w", n.prefix, ports, last)
}

func free(address string, ports []int) error {
	for _, port := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		if err != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	return nil
}

func ip(args ...string) (string, error) { return command("ip", args...) }

func command(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	text := strings.TrimSpace(string(out))
	if err != nil {
		return text, fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, text)
	}
	return text, nil
}
