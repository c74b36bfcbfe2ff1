package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/loopback"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// edge is nginx of an environment with fakes of what is behind it.
type edge struct {
	run          *Run
	version      string
	host         string
	patience     string
	pod          *podproc.Pod
	process      *podproc.Process
	ip           string
	dns          *loopback.DNS
	gatewayIP    string
	controllerIP string
	controller   *fake
	roots        *x509.CertPool
}

// Nginx proves that nginx accepts and does what is generated for it.
func Nginx(r *Run) error {
	e, err := newEdge(r)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"absence", e.absence}, {"start", e.begin}, {"TLS", e.handshake}, {"redirect", e.redirect}, {"late upstreams", e.late},
		{"routes", e.routes}, {"denied paths", e.denied}, {"bodies", e.bodies}, {"uploads", e.uploads}, {"paths while it leaves", e.leaving},
		{"headers", e.headers}, {"timeouts", e.timeouts},
		{"renewed certificate", e.renewed}, {"stop", e.stop},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("nginx: %s: %w", step.name, err)
		}
	}
	return e.pod.Checked()
}

var timeoutLine = regexp.MustCompile(`proxy_read_timeout (\d+)s;`)

var hostLine = regexp.MustCompile(`server_name (\S+)`)

func newEdge(r *Run) (*edge, error) {
	if err := programs.Need("openssl"); err != nil {
		return nil, err
	}
	version, err := nginxVersion()
	if err != nil {
		return nil, err
	}
	e := &edge{run: r, version: version, roots: x509.NewCertPool()}
	if e.host, err = r.host(); err != nil {
		return nil, err
	}
	conf := r.configMapWith("http.conf")
	timeout := timeoutLine.FindStringSubmatch(conf["http.conf"])
	if timeout == nil {
		return nil, errors.New("http.conf has no proxy_read_timeout")
	}
	// A controller answers a blocking invocation after 60 s at the latest.
	e.patience = timeout[1]
	if seconds, err := strconv.Atoi(e.patience); err != nil || seconds <= 60 {
		return nil, fmt.Errorf("proxy_read_timeout %ss is not longer than a blocking invocation", e.patience)
	}

	// The fakes are there later.
	if e.controllerIP, err = loopback.Address(8080); err != nil {
		return nil, err
	}
	if e.gatewayIP, err = loopback.Address(8080); err != nil {
		return nil, err
	}
	if e.dns, err = loopback.NewDNS(0); err != nil {
		return nil, err
	}
	r.atEnd(func() { _ = e.dns.Close() })

	if e.ip, err = r.address("nginx"); err != nil {
		return nil, err
	}
	crt, key, parsed, err := certificate(e.host, 1)
	if err != nil {
		return nil, err
	}
	e.roots.AddCert(parsed)
	e.pod, err = r.nginxPod(e.ip, e.dns, crt, key,
		podproc.Rule{In: "file http.conf", From: "proxy_read_timeout " + e.patience + "s", To: "proxy_read_timeout 3s", Always: true},
		podproc.Rule{In: "file nginx.conf", From: "client_body_timeout 20s", To: "client_body_timeout 4s", Always: true})
	return e, err
}

// host is the public one.
func (r *Run) host() (string, error) {
	found := hostLine.FindStringSubmatch(r.configMapWith("host.conf")["host.conf"])
	if found == nil {
		return "", errors.New("host.conf has no server_name")
	}
	return found[1], nil
}

// nginxVersion is what the nginx under test says of itself.
func nginxVersion() (string, error) {
	program, err := programs.Nginx()
	if err != nil {
		return "", err
	}
	return programs.Version(program, "-v"), nil
}

// nginxPath is a folder with nothing but nginx.
func (r *Run) nginxPath() (string, error) {
	program, err := programs.Nginx()
	if err != nil {
		return "", err
	}
	folder, err := r.Guard.Folder("nginx-program")
	if err != nil {
		return "", err
	}
	return folder, os.Symlink(program, filepath.Join(folder, "nginx"))
}

// nginxPod is a pod of nginx at an address of its own, which asks dns. What it
// asked it keeps for a fifth of the time.
func (r *Run) nginxPod(ip string, dns *loopback.DNS, crt, key string, rules ...podproc.Rule) (*podproc.Pod, error) {
	listen := func(what string) podproc.Rule {
		return podproc.Rule{In: "file nginx.conf", From: "listen " + what, To: "listen " + ip + ":" + what, Always: true}
	}
	path, err := r.nginxPath()
	if err != nil {
		return nil, err
	}
	return r.pod(podproc.Options{
		Component: "nginx", IP: ip, Path: []string{path}, Entrypoints: r.entrypoints,
		Secrets: map[string]map[string]string{"nginx-tls": {"tls.crt": crt, "tls.key": key}},
		Rules: append(rules,
			listen("8080 default_server"), listen("8443 ssl default_server"), listen("8081 default_server"),
			podproc.Rule{In: "file http.conf", From: "resolver kube-dns.kube-system.svc.cluster.local valid=5s", To: "resolver " + dns.Address() + " valid=1s", Always: true},
			podproc.Rule{In: "file start.sh", From: "interval=60", To: "interval=1", Always: true},
		),
	})
}

// configMapWith is the data of the ConfigMap that has this key.
func (r *Run) configMapWith(key string) map[string]string {
	for _, data := range r.Env.ConfigMaps {
		if _, ok := data[key]; ok {
			return data
		}
	}
	return nil
}

func (e *edge) absence() error { return e.run.probesFail(e.pod, "nginx") }

// begin runs the init containers that make files, tests the configuration and
// starts nginx as the pod does.
func (e *edge) begin() error {
	w, err := e.run.Env.Workload("nginx")
	if err != nil {
		return err
	}
	for _, c := range w.Spec.Template.Spec.InitContainers {
		log, err := e.initContainer(c.Name)
		if err != nil {
			return fmt.Errorf("init container %s: %w: %s", c.Name, err, log)
		}
	}
	if _, err := w.Container("self-signed"); err == nil {
		made, err := os.ReadFile(e.pod.Path("/certs/tls.crt"))
		if err != nil || !e.roots.AppendCertsFromPEM(made) {
			return wrong(err, "init container self-signed made no certificate")
		}
		e.run.proved(programs.Version("openssl", "version"), "init container self-signed makes a certificate for %s", e.host)
	}
	out, err := e.pod.Exec(e.run.Context, "nginx", []string{"nginx", "-e", "stderr", "-t", "-c", "/etc/nginx/nginx.conf"})
	if err != nil {
		return fmt.Errorf("nginx -t: %w: %s", err, out)
	}
	if strings.Contains(out, "[warn]") || strings.Contains(out, "[emerg]") {
		return fmt.Errorf("nginx -t warns: %s", out)
	}
	e.run.proved(e.version, "nginx -t accepts nginx.conf without a warning")
	if e.process, err = e.pod.Start("nginx"); err != nil {
		return err
	}
	if err := e.run.probesPass(e.pod, "nginx", 10*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(e.process.Log()))
	}
	e.run.proved(e.version, "start.sh runs nginx as user %d; its probes are answered, and were not before", *w.Spec.Template.Spec.SecurityContext.RunAsUser)
	return nil
}

func (e *edge) initContainer(name string) (string, error) {
	ctx, cancel := context.WithTimeout(e.run.Context, 20*time.Second)
	defer cancel()
	return e.pod.Run(ctx, name)
}

// client sends to nginx whatever the host in the URL is.
func (e *edge) client() *http.Client { return e.clientWith(&tls.Config{RootCAs: e.roots}) }

// insecure is client for a certificate that changes.
func (e *edge) insecure() *http.Client { return e.clientWith(&tls.Config{InsecureSkipVerify: true}) }

func (e *edge) clientWith(config *tls.Config) *http.Client {
	dialer := net.Dialer{}
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig:   config,
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				return dialer.DialContext(ctx, network, net.JoinHostPort(e.ip, port))
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (e *edge) handshake() error {
	for _, name := range []string{e.host, "guest." + e.host} {
		connection, err := tls.Dial("tcp", e.ip+":8443", &tls.Config{RootCAs: e.roots, ServerName: name})
		if err != nil {
			return fmt.Errorf("as %s: %w", name, err)
		}
		connection.Close()
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		old := &tls.Config{RootCAs: e.roots, ServerName: e.host, MinVersion: version, MaxVersion: version}
		if connection, err := tls.Dial("tcp", e.ip+":8443", old); err == nil {
			connection.Close()
			return fmt.Errorf("%s is accepted", tls.VersionName(version))
		}
	}
	e.run.proved(e.version, "TLS handshake for %s and a namespace's host; TLS 1.0 and 1.1 refused", e.host)
	return nil
}

// stop proves that a request in flight is answered after SIGQUIT.
func (e *edge) stop() error {
	type result struct {
		status int
		err    error
	}
	answers := make(chan result, 1)
	go func() {
		response, err := e.client().Get("https://" + e.host + ":8443/api/v1/flight?slow=2")
		if err != nil {
			answers <- result{err: err}
			return
		}
		response.Body.Close()
		answers <- result{status: response.StatusCode}
	}()
	err := eventually(e.run.Context, 5*time.Second, func() error {
		if last, _ := e.controller.last(); last.Path != "/api/v1/flight" {
			return errors.New("the request did not reach the controller")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := e.process.Stop(syscall.SIGQUIT, 20*time.Second); err != nil {
		return err
	}
	if answer := <-answers; answer.err != nil || answer.status != http.StatusOK {
		return wrong(answer.err, "the request in flight got status %d", answer.status)
	}
	if err := e.absence(); err != nil {
		return err
	}
	e.run.proved(e.version, "a request in flight at SIGQUIT is answered, then nginx ends and its probes fail")
	return nil
}
