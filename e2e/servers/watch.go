package servers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/whiskops/whiskops/e2e/servers/loopback"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// KafkaExporterProgram is the variable that names a program kafka_exporter, which is
// not to be had as a package or by the module proxy.
const KafkaExporterProgram = "E2E_KAFKA_EXPORTER"

// exported is a pod of which metrics are read.
type exported struct{ component, pod, ip string }

// watched is an installation of which Prometheus reads the metrics, with all that the
// environment has: OpenWhisk itself, CouchDB itself, Kafka, Redis and nginx, and what
// exports for them.
type watched struct {
	run      *Run
	open     *openWhisk
	invokers *invokers
	couch    *couch
	brokers  *brokers
	redis    *podproc.Pod
	// cache is the process of Redis, counter that beside nginx, exporters those that
	// have pods.
	cache, counter *podproc.Process
	exporters      map[string]*exporter
	edge           *edge
	volume         *volumeDouble
	pods           []exported
	prometheus     *prometheus
	// binding is what gives invokers their rights, while it is taken away; calm ends
	// what asks for them then.
	binding *rbacv1.RoleBinding
	calm    func()
}

// watchServer is who says that an alert fires.
func (w *watched) server() string { return programs.Version("prometheus", "--version") }

// newWatched starts all of it.
func newWatched(r *Run) (*watched, error) {
	w := &watched{run: r, exporters: map[string]*exporter{}}
	for _, step := range []struct {
		name  string
		start func() error
	}{
		{"OpenWhisk", w.startOpenWhisk}, {"Redis", w.startRedis}, {"Redis' exporter", w.startRedisExporter}, {"Kafka's exporter", w.startKafkaExporter},
		{"nginx", w.startEdge}, {"volume", w.startVolume}, {"Prometheus", w.startPrometheus},
	} {
		if err := step.start(); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return w, nil
}

func (w *watched) exports(component, pod, ip string) {
	w.pods = append(w.pods, exported{component, pod, ip})
}

func (w *watched) startOpenWhisk() error {
	w.run.databaseSize = "96m"
	folder := os.Getenv(OpenWhiskFolder)
	network, without, err := w.run.invokerRooms(folder)
	if err != nil {
		return err
	}
	if network == nil {
		return fmt.Errorf("%s", without)
	}
	o, err := newOpenWhisk(w.run, folder)
	if err != nil {
		return err
	}
	if err := o.begin(); err != nil {
		return err
	}
	v := &invokers{openWhisk: o, network: network, image: filepath.Join(folder, "invoker")}
	if v.cluster, err = newActionCluster(w.run); err != nil {
		return err
	}
	if err := v.begin(); err != nil {
		return err
	}
	w.open, w.invokers, w.couch, w.brokers = o, v, o.couch, o.brokers
	data, err := filepath.EvalSymlinks(w.couch.pod.Path("/opt/couchdb/data"))
	if err != nil {
		return err
	}
	w.run.atEnd(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) })
	for i, p := range o.pods {
		w.exports("controller", p.Name(), o.ips[i])
	}
	for _, p := range v.pods {
		w.exports("invoker", p.Name(), p.IP())
	}
	w.exports("couchdb", w.couch.pod.Name(), w.couch.pod.IP())
	return v.create("add", "function main(a) { return {sum: a.n + 1}; }")
}

func (w *watched) startRedis() error {
	ip, err := w.run.address("redis")
	if err != nil {
		return err
	}
	w.redis, err = w.run.pod(podproc.Options{Component: "redis", IP: ip, Rules: []podproc.Rule{
		{In: "command", From: "0.0.0.0", To: ip, Always: true},
		{In: "command", From: "redis-cli ping", To: "redis-cli -h " + ip + " ping"},
	}})
	if err != nil {
		return err
	}
	return w.serveRedis()
}

func (w *watched) serveRedis() (err error) {
	if w.cache, err = w.redis.Start("redis"); err != nil {
		return err
	}
	return w.run.probesPass(w.redis, "redis", 20*time.Second)
}

// startEdge starts nginx in front of the controllers, with who counts beside it.
func (w *watched) startEdge() error {
	r := w.run
	version, err := nginxVersion()
	if err != nil {
		return err
	}
	built, err := programs.NginxExporter(r.Context, r.Print)
	if err != nil {
		return err
	}
	folder, err := r.Guard.Folder("nginx-exporter")
	if err != nil {
		return err
	}
	program := filepath.Join(folder, "exporter")
	if err := programs.Share(built, program); err != nil {
		return err
	}
	r.entrypoints = map[string][]string{"quay.io/martinhelmich/prometheus-nginxlog-exporter": {program, "-config-file", "$POD/volumes/exporter/exporter.yaml"}}
	e := &edge{run: r, version: version}
	if e.host, err = r.host(); err != nil {
		return err
	}
	if e.dns, err = loopback.NewDNS(0); err != nil {
		return err
	}
	r.atEnd(func() { _ = e.dns.Close() })
	e.dns.Set(r.fqdn("controller-ready"), w.open.ips...)
	if e.ip, err = r.address("nginx"); err != nil {
		return err
	}
	crt, key, _, err := certificate(e.host, 1) // it ends in a day
	if err != nil {
		return err
	}
	e.pod, err = r.nginxPod(e.ip, e.dns, crt, key,
		podproc.Rule{In: "file nginx.conf", From: "syslog:server=127.0.0.1:", To: "syslog:server=" + e.ip + ":", Always: true},
		podproc.Rule{In: "file exporter.yaml", From: "udp://127.0.0.1:", To: "udp://" + e.ip + ":", Always: true},
		podproc.Rule{In: "file exporter.yaml", From: "port: 4040", To: "address: " + e.ip + "\n  port: 4040", Always: true})
	if err != nil {
		return err
	}
	w.edge = e
	if w.counter, err = e.pod.Start("exporter"); err != nil {
		return err
	}
	if e.process, err = e.pod.Start("nginx"); err != nil {
		return err
	}
	if err := r.probesPass(e.pod, "nginx", 20*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(e.process.Log()))
	}
	connection, err := net.DialTimeout("tcp", e.ip+":4040", 10*time.Second)
	if err != nil {
		return fmt.Errorf("who counts beside nginx does not listen: %w\n%s", err, tail(w.counter.Log()))
	}
	connection.Close()
	w.exports("nginx", e.pod.Name(), e.ip)
	return nil
}

// volumeDouble says of the database's volume what a kubelet says: how large it is and
// how much of it is free, as its filesystem says.
type volumeDouble struct {
	folder, address string
	away            atomic.Bool
}

// startVolume finds the filesystem of the database and says how full it is.
func (w *watched) startVolume() (err error) {
	w.volume = &volumeDouble{}
	if w.volume.folder, err = filepath.EvalSymlinks(w.couch.pod.Path("/opt/couchdb/data")); err != nil {
		return err
	}
	w.volume.address, err = w.run.serveVolume(w.volume)
	return err
}

// fill takes what is free of the volume.
func (v *volumeDouble) fill() error {
	file, err := os.Create(filepath.Join(v.folder, "not-of-the-database"))
	if err != nil {
		return err
	}
	defer file.Close()
	for block := make([]byte, 1<<16); ; {
		if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// empty gives it back.
func (v *volumeDouble) empty() error {
	return os.Remove(filepath.Join(v.folder, "not-of-the-database"))
}
