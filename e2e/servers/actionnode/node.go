// Package actionnode is the node of a cluster on which actions' pods run: as
// processes of this machine, each with its pod's address.
//
// Pods come in as a fakenode.Runtime gets them. A pod of a runtime for Node.js is a
// process that speaks the protocol of actions; an image of any other kind cannot
// be pulled. Out come addresses, and the pods' logs at the kubelet's own path, where
// the API server asks for them.
package actionnode

import (
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

//go:embed runtime.js
var runtime []byte

// Image is a part of the names of images that this node has.
const Image = "action-nodejs-"

// port is that of actions' containers.
const port = 8080

// Node runs pods.
type Node struct {
	// Address is the node's own, KubeletPort where it has the logs.
	Address     string
	KubeletPort int32

	guard   *podproc.Guard
	folder  string
	address func(ports ...int) (string, error)
	kubelet *httptest.Server

	mu   sync.Mutex
	pods map[types.UID]*pod
}

type pod struct {
	ip, log string
	process *podproc.Process
}

// New makes a node whose pods get addresses from a function.
func New(guard *podproc.Guard, address func(ports ...int) (string, error)) (*Node, error) {
	n := &Node{guard: guard, address: address, pods: map[types.UID]*pod{}}
	var err error
	if n.folder, err = guard.Folder("actions"); err != nil {
		return nil, err
	}
	if err := os.WriteFile(n.program(), runtime, 0o644); err != nil {
		return nil, err
	}
	if n.Address, err = address(); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", n.Address+":0")
	if err != nil {
		return nil, err
	}
	n.KubeletPort = int32(l.Addr().(*net.TCPAddr).Port)
	n.kubelet = &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(n.logs)}}
	n.kubelet.StartTLS()
	return n, nil
}

// Close ends what answers for the logs. Pods end with the guard.
func (n *Node) Close() { n.kubelet.Close() }

func (n *Node) program() string { return filepath.Join(n.folder, "runtime.js") }

func (n *Node) log(namespace, name string) string {
	return filepath.Join(n.folder, namespace+"_"+name+".log")
}

// Start starts a pod's container once, and gives its address when it listens.
func (n *Node) Start(p *corev1.Pod) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if known, ok := n.pods[p.UID]; ok {
		return known.ip, nil
	}
	image := p.Spec.Containers[0].Image
	if !strings.Contains(image, Image) {
		return "", fmt.Errorf("image %s is not on this node", image)
	}
	ip, err := n.address(port)
	if err != nil {
		return "", err
	}
	log := n.log(p.Namespace, p.Name)
	if err := os.WriteFile(log, nil, 0o644); err != nil {
		return "", err
	}
	env := []string{"PATH=" + os.Getenv("PATH")}
	for _, v := range p.Spec.Containers[0].Env {
		env = append(env, v.Name+"="+v.Value)
	}
	process, err := n.guard.Start(podproc.Command{
		Name: p.Name, Env: env, Log: log + ".runtime",
		Args: []string{"node", n.program(), ip, strconv.Itoa(port), log},
	})
	if err != nil {
		return "", err
	}
	n.pods[p.UID] = &pod{ip: ip, log: log, process: process}
	for range 200 {
		if c, err := net.Dial("tcp", net.JoinHostPort(ip, strconv.Itoa(port))); err == nil {
			return ip, c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return "", fmt.Errorf("%s does not listen: %s", p.Name, process.Log())
}

// Stop ends a pod's container.
func (n *Node) Stop(p *corev1.Pod) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if known, ok := n.pods[p.UID]; ok {
		known.process.Kill()
		delete(n.pods, p.UID)
	}
}

// Running is how many pods run.
func (n *Node) Running() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.pods)
}

// logs answers GET /containerLogs/NAMESPACE/POD/CONTAINER with lines behind their
// times, from sinceTime's second on.
func (n *Node) logs(w http.ResponseWriter, q *http.Request) {
	parts := strings.Split(q.URL.Path, "/")
	if len(parts) != 5 || parts[1] != "containerLogs" || q.URL.Query().Get("timestamps") != "true" {
		http.NotFound(w, q)
		return
	}
	text, err := os.ReadFile(n.log(parts[2], parts[3]))
	if err != nil {
		http.NotFound(w, q)
		return
	}
	since, _ := time.Parse(time.RFC3339Nano, q.URL.Query().Get("sinceTime"))
	for line := range strings.Lines(string(text)) {
		at, _, _ := strings.Cut(line, " ")
		if when, err := time.Parse(time.RFC3339Nano, at); err == nil && !when.Before(since.Truncate(time.Second)) {
			_, _ = w.Write([]byte(line))
		}
	}
}
