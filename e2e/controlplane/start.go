package controlplane

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Plane is a running control plane.
type Plane struct {
	// Config reaches the API server as its administrator. Its limits on
	// queries are off.
	Config *rest.Config
	// Kubeconfig is a file that says the same, for kubectl.
	Kubeconfig string
	// Boot is how long it took until everything answered.
	Boot time.Duration

	dir     string
	servers []*server
	keeper  *keeper
}

// Options of a control plane; none is what most want.
type Options struct {
	// Address is where the API server listens; 127.0.0.1 if it is empty.
	Address string
	// Alone is the API server and etcd without controllers and scheduler: what is
	// applied stays as it is.
	Alone bool
	// Audit is a file that gets a line of JSON about each request that was
	// answered; none if it is empty.
	Audit string
}

// bootTime is generous: two loaded cores may need most of it.
const bootTime = 3 * time.Minute

// Start starts the control plane of a binary that Binary gave, and comes back
// when it takes work. If a port was taken between the choice and the use, it
// tries again.
func Start(ctx context.Context, binary string) (*Plane, error) {
	return StartWith(ctx, binary, Options{})
}

// StartWith is Start with options.
func StartWith(ctx context.Context, binary string, o Options) (*Plane, error) {
	o.Address = cmp.Or(o.Address, "127.0.0.1")
	var err error
	for range 3 {
		var p *Plane
		if p, err = start(ctx, binary, o); err == nil {
			return p, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

func start(ctx context.Context, binary string, o Options) (*Plane, error) {
	begin := time.Now()
	dir, err := os.MkdirTemp("", "whiskops-e2e-")
	if err != nil {
		return nil, err
	}
	k, err := keep(binary, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p := &Plane{dir: dir, keeper: k}
	ctx, cancel := context.WithTimeout(ctx, bootTime)
	defer cancel()
	if err := p.boot(ctx, binary, o); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	p.Boot = time.Since(begin)
	return p, nil
}

func (p *Plane) boot(ctx context.Context, binary string, o Options) error {
	port, err := FreePorts(3)
	if err != nil {
		return err
	}
	keys, err := newKeys(p.dir, o.Address)
	if err != nil {
		return err
	}
	client, peer := "http://127.0.0.1:"+port[0], "http://127.0.0.1:"+port[1]
	host := "https://" + o.Address + ":" + port[2]
	p.Config = &rest.Config{
		Host: host, BearerToken: keys.token, QPS: -1,
		TLSClientConfig: rest.TLSClientConfig{CAData: keys.certificatePEM},
	}
	p.Kubeconfig = filepath.Join(p.dir, "kubeconfig")
	if err := WriteKubeconfig(p.Kubeconfig, p.Config); err != nil {
		return err
	}
	audit, err := auditing(p.dir, o.Audit)
	if err != nil {
		return err
	}
	all := [][]string{
		{"etcd", "--data-dir", filepath.Join(p.dir, "etcd"), "--log-level=error",
			// The data need not outlive this process.
			"--unsafe-no-fsync", "--listen-client-urls", client, "--advertise-client-urls", client,
			"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer},
		{"kube-apiserver", "--etcd-servers", client, "--bind-address", o.Address, "--secure-port", port[2],
			"--advertise-address", o.Address, "--tls-cert-file", keys.cert, "--tls-private-key-file", keys.key,
			"--token-auth-file", keys.tokens, "--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/16",
			"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file", keys.account,
			"--service-account-signing-key-file", keys.account, "--endpoint-reconciler-type=none",
			"--enable-priority-and-fairness=false", "--allow-privileged=true", "--profiling=false"},
		{"kube-controller-manager", "--kubeconfig", p.Kubeconfig, "--leader-elect=false", "--secure-port=0",
			"--service-account-private-key-file", keys.account, "--root-ca-file", keys.cert,
			// Nodes are not kubelets here: none sends a heartbeat.
			"--node-monitor-grace-period=24h", "--kube-api-qps=500", "--kube-api-burst=1000", "--profiling=false"},
		{"kube-scheduler", "--kubeconfig", p.Kubeconfig, "--leader-elect=false", "--secure-port=0",
			"--kube-api-qps=500", "--kube-api-burst=1000", "--profiling=false"},
	}
	all[1] = append(all[1], audit...)
	if o.Alone {
		all = all[:2]
	}
	for i, args := range all {
		if err := p.Run(Server{Name: args[0], Path: binary, Args: args}); err != nil {
			return err
		}
		if i == 1 {
			if err := p.wait(ctx, p.ready); err != nil {
				return fmt.Errorf("kube-apiserver is not ready: %w\n%s", err, p.servers[i].tail(20))
			}
		}
	}
	if o.Alone {
		return nil
	}
	if err := p.wait(ctx, p.accounts); err != nil {
		return fmt.Errorf("kube-controller-manager does not work: %w\n%s", err, p.servers[2].tail(20))
	}
	return nil
}

// auditing is the API server's arguments for a file of its requests.
func auditing(dir, file string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	const policy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived, ResponseStarted]\nrules:\n- level: Metadata\n"
	path := filepath.Join(dir, "audit.yaml")
	return []string{"--audit-policy-file", path, "--audit-log-path", file}, os.WriteFile(path, []byte(policy), 0o644)
}

// wait asks until the answer is nil, a server has ended, or the time is over.
func (p *Plane) wait(ctx context.Context, ask func(context.Context, *kubernetes.Clientset) error) error {
	set, err := kubernetes.NewForConfig(p.Config)
	if err != nil {
		return err
	}
	for {
		err := ask(ctx, set)
		if err == nil {
			return nil
		}
		for _, s := range p.servers {
			if err := s.ended(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last: %w", ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (p *Plane) ready(ctx context.Context, set *kubernetes.Clientset) error {
	return set.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// accounts are the first thing that the controllers make.
func (p *Plane) accounts(ctx context.Context, set *kubernetes.Clientset) error {
	_, err := set.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return errors.New("no service account default/default yet")
	}
	return err
}

// Run starts a server that ends with the control plane, before the control
// plane's own.
func (p *Plane) Run(what Server) error {
	s, err := run(p.dir, what)
	if err != nil {
		return err
	}
	p.servers = append(p.servers, s)
	p.keeper.add(s)
	return nil
}

// Folder makes a folder that goes with the control plane.
func (p *Plane) Folder(name string) (string, error) {
	dir := filepath.Join(p.dir, name)
	return dir, os.MkdirAll(dir, 0o755)
}

// Err tells if a server ended by itself, with the end of its log.
func (p *Plane) Err() error {
	var errs []error
	for _, s := range p.servers {
		errs = append(errs, s.ended())
	}
	return errors.Join(errs...)
}

// Tail is the last lines of a server's log.
func (p *Plane) Tail(server string, lines int) string {
	for _, s := range p.servers {
		if s.name == server {
			return s.tail(lines)
		}
	}
	return "no server " + server
}

// Memory is what a server had at most.
type Memory struct {
	Name  string
	Bytes int64
}

// Memory of each server, in the order in which they were started.
func (p *Plane) Memory() []Memory {
	var all []Memory
	for _, s := range p.servers {
		all = append(all, Memory{s.name, s.memory()})
	}
	return all
}

// Stop ends the servers, the last one first, and removes their directory.
func (p *Plane) Stop() error {
	for i := len(p.servers) - 1; i >= 0; i-- {
		p.servers[i].stop()
	}
	return errors.Join(p.keeper.end(), os.RemoveAll(p.dir))
}

// WriteKubeconfig writes a file for kubectl that says what the configuration does.
func WriteKubeconfig(path string, c *rest.Config) error {
	return clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{"e2e": {Server: c.Host, CertificateAuthorityData: c.CAData}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{"e2e": {Token: c.BearerToken}},
		Contexts:       map[string]*clientcmdapi.Context{"e2e": {Cluster: "e2e", AuthInfo: "e2e"}},
		CurrentContext: "e2e",
	}, path)
}

// FreePorts chooses ports that nobody listens on right now.
func FreePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("no free port: %w", err)
		}
		defer l.Close()
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}
