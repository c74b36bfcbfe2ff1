package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/loopback"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// What a cluster takes at its slowest, in seconds: until the change of endpoints
// is everywhere, and as long as a cache of DNS keeps an answer.
const (
	endpointsSeconds = 10
	recordsSeconds   = 30
)

// Times of the generated files are played this much faster.
const (
	lookupScale = 5
	leaveScale  = 10
)

// Traffic proves that keep-alive clients do not notice when the pods of the
// edge, and those behind it, are replaced one by one.
func Traffic(r *Run) error {
	version, err := nginxVersion()
	if err != nil {
		return fmt.Errorf("traffic: %w", err)
	}
	t, err := newTraffic(r)
	if err != nil {
		return fmt.Errorf("traffic: %w", err)
	}
	shares, err := t.shares(6000)
	if err != nil {
		return fmt.Errorf("shares of one client: %w", err)
	}
	r.proved(version, "6000 requests of one keep-alive client reach 3 controllers in parts of %v, none more than a tenth from equal", shares)
	sent, err := t.during(t.replaceBehind)
	if err != nil {
		return fmt.Errorf("controllers and gateways replaced: %w", err)
	}
	r.proved(version, "3 controllers and 3 API gateways are replaced one by one (%d times as fast): none gets a request after the first wait of its preStop, and each of %d requests of keep-alive clients is answered, half of them POST", lookupScale, sent)
	if sent, err = t.during(t.replaceEdge); err != nil {
		return fmt.Errorf("nginx replaced: %w", err)
	}
	r.proved(version, "3 pods of nginx are replaced one by one (%d times as fast): each of %d requests of busy, waiting and idle keep-alive clients, from outside and from inside, is answered, half of them POST", leaveScale, sent)
	return nil
}

// behind is a pod behind nginx.
type behind struct {
	ip    string
	fake  *fake
	ready bool
}

// traffic is three pods of each, and clients.
type traffic struct {
	run   *Run
	host  string
	dns   *loopback.DNS
	roots *x509.CertPool
	tls   [2]string

	mu    sync.Mutex
	edges []*edgePod
	pods  map[string][]*behind
}

// edgePod is a pod of nginx; ready ones get new connections.
type edgePod struct {
	ip      string
	pod     *podproc.Pod
	process *podproc.Process
	ready   bool
}

// services of the pods behind nginx, each with a path that leads there.
var services = map[string]string{"controller-ready": "/api/v1/traffic", "apigateway-ready": "/api/guest/traffic"}

func newTraffic(r *Run) (*traffic, error) {
	t := &traffic{run: r, roots: x509.NewCertPool(), pods: map[string][]*behind{}}
	host, err := r.host()
	if err != nil {
		return nil, err
	}
	t.host = host
	// nginx counts in whole seconds: an answer that is valid for one it may keep
	// for two, which is 4/5 more than a fifth of six.
	if t.dns, err = loopback.NewDNS(recordsSeconds*time.Second/lookupScale - 800*time.Millisecond); err != nil {
		return nil, err
	}
	r.atEnd(func() { _ = t.dns.Close() })
	for service := range services {
		for range 3 {
			ip, err := loopback.Address(8080)
			if err != nil {
				return nil, err
			}
			b := &behind{ip: ip}
			if err := t.start(service, b); err != nil {
				return nil, err
			}
			t.pods[service] = append(t.pods[service], b)
		}
		t.publish(service)
	}
	crt, key, parsed, err := certificate(t.host, 1)
	if err != nil {
		return nil, err
	}
	t.roots.AddCert(parsed)
	t.tls = [2]string{crt, key}
	for range 3 {
		ip, err := r.address("nginx")
		if err != nil {
			return nil, err
		}
		e := &edgePod{ip: ip}
		if err := t.startEdge(e); err != nil {
			return nil, err
		}
		t.edges = append(t.edges, e)
	}
	return t, nil
}

// start a pod behind nginx. It is ready when it answers.
func (t *traffic) start(service string, b *behind) error {
	component, port, err := t.run.Env.Target(service, 8080)
	if err != nil {
		return err
	}
	if b.fake, err = t.run.newFake(component, b.ip, port, nil); err != nil {
		return err
	}
	b.ready = true
	return nil
}

// publish the addresses of a Service's ready pods.
func (t *traffic) publish(service string) {
	var ips []string
	for _, b := range t.pods[service] {
		if b.ready {
			ips = append(ips, b.ip)
		}
	}
	t.dns.Set(t.run.fqdn(service), ips...)
}

var (
	firstSleep = regexp.MustCompile(`(?m)(?:^|/bin/|exec )sleep (\d+)$`)
	keepAlive  = regexp.MustCompile(`keepalive_timeout (\d+)s;`)
)

// number in a generated file.
func number(text string, pattern *regexp.Regexp) (int, error) {
	match := pattern.FindStringSubmatch(text)
	if match == nil {
		return 0, fmt.Errorf("no %s in:\n%s", pattern, text)
	}
	return strconv.Atoi(match[1])
}

// startEdge starts a pod of nginx, and waits until it is ready.
func (t *traffic) startEdge(e *edgePod) error {
	files := t.run.configMapWith("nginx.conf")
	leave, err := number(files["stop.sh"], firstSleep)
	if err != nil {
		return err
	}
	idle, err := number(files["http.conf"], keepAlive)
	if err != nil {
		return err
	}
	e.pod, err = t.run.nginxPod(e.ip, t.dns, t.tls[0], t.tls[1],
		podproc.Rule{In: "file stop.sh", From: fmt.Sprintf("sleep %d", leave), To: fmt.Sprintf("sleep %g", float64(leave)/leaveScale), Always: true},
		podproc.Rule{In: "file http.conf", From: fmt.Sprintf("keepalive_timeout %ds", idle), To: fmt.Sprintf("keepalive_timeout %dms", idle*1000/leaveScale), Always: true},
	)
	if err != nil {
		return err
	}
	return t.runEdge(e)
}

func (t *traffic) runEdge(e *edgePod) (err error) {
	if e.process, err = e.pod.Start("nginx"); err != nil {
		return err
	}
	if err := t.run.probesPass(e.pod, "nginx", 10*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(e.process.Log()))
	}
	t.setReady(e, true)
	return nil
}

func (t *traffic) setReady(e *edgePod, ready bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.ready = ready
}

// address of a pod of nginx that is ready, as a Service leads there: chosen for a
// connection and for good.
func (t *traffic) address(port string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ready []string
	for _, e := range t.edges {
		if e.ready {
			ready = append(ready, e.ip)
		}
	}
	if len(ready) == 0 {
		return ""
	}
	return net.JoinHostPort(ready[rand.IntN(len(ready))], port)
}

// client of a service, by HTTPS as users come, or by the port for the cluster, as
// actions and the API gateway do.
func (t *traffic) client(method, service, query string, inside bool) *client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	config := &tls.Config{RootCAs: t.roots, ServerName: t.host}
	return newClient(t.host, method, services[service]+query, func() (net.Conn, error) {
		if inside {
			return dialer.Dial("tcp", t.address("8081"))
		}
		return tls.DialWithDialer(dialer, "tcp", t.address("8443"), config)
	})
}

// shares of the controllers in the requests of one client.
func (t *traffic) shares(requests int) ([]int, error) {
	const service = "controller-ready"
	c := t.client(http.MethodPost, service, "", false)
	defer c.drop()
	for range requests {
		if err := c.send(); err != nil {
			return nil, err
		}
	}
	var shares []int
	for _, b := range t.pods[service] {
		_, n := b.fake.last()
		shares = append(shares, n)
	}
	for _, n := range shares {
		if equal := requests / len(shares); n < equal-equal/10 || n > equal+equal/10 {
			return nil, fmt.Errorf("%v of %d", shares, requests)
		}
	}
	return shares, nil
}

// pace of a client: how often it sends, and how long it is answered.
type pace struct {
	interval time.Duration
	query    string
}

// paces are of those that are busy, of those that nearly always wait for an
// answer, and of those whose connections are idle.
var paces = []pace{{20 * time.Millisecond, ""}, {20 * time.Millisecond, "?slow=0.3"}, {6 * time.Second, ""}}

// during something, four clients send 50 requests a second each, four wait for
// answers, and four send one now and then. It gives the number of requests.
func (t *traffic) during(something func() error) (int, error) {
	ctx, stop := context.WithCancel(t.run.Context)
	defer stop()
	var all tally
	var clients sync.WaitGroup
	for service := range services {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			for _, p := range paces {
				inside := (method == http.MethodPost) == (service == "controller-ready")
				clients.Go(func() { t.client(method, service, p.query, inside).every(ctx, p.interval, &all) })
			}
		}
	}
	err := something()
	stop()
	clients.Wait()
	sent, lost := all.result()
	if err != nil {
		return sent, err
	}
	return sent, lost
}

// replaceBehind replaces the pods of each Service one by one.
func (t *traffic) replaceBehind() error {
	var each sync.WaitGroup
	failed := make([]error, len(services))
	i := 0
	for service := range services {
		into := &failed[i]
		each.Go(func() { *into = t.replaceAll(service) })
		i++
	}
	each.Wait()
	return errors.Join(failed...)
}

// replaceAll replaces the pods of a Service one by one.
func (t *traffic) replaceAll(service string) error {
	component, _, err := t.run.Env.Target(service, 8080)
	if err != nil {
		return err
	}
	wait, err := t.run.firstWait(component)
	if err != nil {
		return err
	}
	for _, b := range t.pods[service] {
		if err := t.replace(service, b, time.Duration(wait)*time.Second/lookupScale); err != nil {
			return err
		}
	}
	return nil
}

// firstWait is how many seconds a preStop sleeps before anything else.
func (r *Run) firstWait(component string) (int, error) {
	pod, err := r.pod(podproc.Options{Component: component, Secrets: withTLS(map[string]map[string]string{})})
	if err != nil {
		return 0, err
	}
	command, err := pod.PreStop(component)
	if err != nil {
		return 0, err
	}
	text := strings.Join(command, " ")
	if script := command[len(command)-1]; strings.HasSuffix(script, ".sh") {
		content, err := os.ReadFile(pod.Path(script))
		if err != nil {
			return 0, err
		}
		text = string(content)
	}
	return number(text, firstSleep)
}

// replace a pod as a rolling update does: it goes from the endpoints, which is
// known later, waits, ends hard, and another one takes its place.
func (t *traffic) replace(service string, b *behind, wait time.Duration) error {
	b.ready = false
	known := endpointsSeconds * time.Second / lookupScale
	time.Sleep(known)
	t.publish(service)
	time.Sleep(wait - known)
	_, before := b.fake.last()
	time.Sleep(time.Second)
	if _, after := b.fake.last(); after != before {
		return fmt.Errorf("%s at %s got %d requests in the second after the first wait of its preStop, %s", service, b.ip, after-before, wait)
	}
	b.fake.close()
	time.Sleep(500 * time.Millisecond)
	if err := t.start(service, b); err != nil {
		return err
	}
	t.publish(service)
	return nil
}

// replaceEdge replaces the pods of nginx one by one: one that goes still gets
// new connections until that is known.
func (t *traffic) replaceEdge() error {
	for _, e := range t.edges {
		known := time.AfterFunc(endpointsSeconds*time.Second/leaveScale, func() { t.setReady(e, false) })
		_, err := t.run.preStop(e.pod, "nginx")
		known.Stop()
		if err != nil {
			return err
		}
		if err := e.process.Stop(syscall.SIGQUIT, 20*time.Second); err != nil {
			return err
		}
		if err := t.runEdge(e); err != nil {
			return err
		}
	}
	return nil
}
