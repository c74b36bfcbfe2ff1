package servers

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// outsideClaims are what OpenWhisk proves over TLS, in the words of a list of what was
// not run.
var outsideClaims = []string{
	"a controller and an invoker start with exactly the generated environment at a Kafka with TLS and SCRAM and a CouchDB with a private authority",
	"an action runs over them",
}

// front is nginx before a CouchDB that has no TLS, with a certificate of an authority
// that nobody knows.
const frontConfig = `pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
daemon off;
events {}
http {
  access_log off;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  client_max_body_size 0;
  server {
    listen %[2]s:6984 ssl;
    ssl_certificate %[1]s/tls.crt;
    ssl_certificate_key %[1]s/tls.key;
    location / { proxy_pass http://%[3]s:5984; proxy_http_version 1.1; proxy_read_timeout 300s; }
  }
}
`

// overTLS is OpenWhisk whose Kafka and CouchDB are outside.
type overTLS struct {
	*invokers
	kafka *outside
	// couchIP is where CouchDB answers over TLS.
	couchIP string
}

// OpenWhiskOutside proves that real controllers and invokers reach a Kafka and a
// CouchDB that ask for all that an environment can say of them. CouchDB is that of
// another environment, which has its own, and the user's rights are those of one whose
// Kafka Strimzi runs.
func OpenWhiskOutside(own, strimzi *golden.Env) func(*Run) error {
	return func(r *Run) error {
		folder := os.Getenv(OpenWhiskFolder)
		if folder == "" {
			r.notRun(OpenWhiskFolder+" is not set", outsideClaims)
			return nil
		}
		network, without, err := r.invokerRooms(folder)
		if err != nil {
			return fmt.Errorf("openwhisk outside: %w", err)
		}
		if network == nil {
			r.notRun(without, outsideClaims)
			return nil
		}
		o := &overTLS{invokers: &invokers{openWhisk: &openWhisk{run: r, secrets: hexSecrets()}, network: network, image: filepath.Join(folder, "invoker")}}
		for _, step := range []struct {
			name  string
			check func() error
		}{
			{"Kafka", func() (err error) { o.kafka, err = newOutside(r); return err }},
			{"topics", func() error { return o.kafka.topics() }},
			{"rights", func() error { return o.kafka.rights(strimzi) }},
			{"CouchDB", func() error { return o.couchOutside(own) }},
			{"set-up", o.setUp}, {"wait", o.wait},
			{"controllers", func() error { return o.control(filepath.Join(folder, "controller")) }},
			{"cluster", func() (err error) { o.cluster, err = newActionCluster(r); return err }},
			{"invokers", func() error {
				return o.invokingWith(o.prepare, map[string]string{"kafka-client": "/kafka-client", "truststore": "/truststore"})
			}}, {"actions", o.results},
		} {
			if err := step.check(); err != nil {
				return fmt.Errorf("openwhisk outside: %s: %w", step.name, err)
			}
		}
		r.proved(invokerServer, "actions run over Kafka with TLS, certificates and SCRAM, with the rights that a KafkaUser has, and over CouchDB with a private authority")
		return nil
	}
}

// couchOutside starts CouchDB and nginx before it.
func (o *overTLS) couchOutside(own *golden.Env) error {
	if err := programs.Need("nginx"); err != nil {
		return err
	}
	there := &Run{Context: o.run.Context, Env: own, Guard: o.run.Guard, Print: o.run.Print, addresses: o.run.addresses, network: o.run.network, start: o.run.start}
	o.run.atEnd(func() {
		for i := len(there.ends) - 1; i >= 0; i-- {
			there.ends[i]()
		}
	})
	c, err := newCouch(there)
	if err == nil {
		err = c.begin()
	}
	if err != nil {
		return err
	}
	if o.couchIP, err = o.run.addresses(6984); err != nil {
		return err
	}
	signer, err := newAuthority("databases")
	if err != nil {
		return err
	}
	other, err := newAuthority("others")
	if err != nil {
		return err
	}
	crt, key, err := signer.sign("couchdb.example.com", o.couchIP)
	if err != nil {
		return err
	}
	// The one that counts is the second of a bundle.
	maps.Copy(o.secrets, o.kafka.secrets)
	o.secrets["couchdb-ca"] = map[string]string{"bundle.pem": other.PEM + signer.PEM}
	o.secrets["others-ca"] = map[string]string{"bundle.pem": other.PEM}
	folder, err := o.run.Guard.Folder("front")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"tls.crt": crt, "tls.key": key, "nginx.conf": fmt.Sprintf(frontConfig, folder, o.couchIP, c.ip)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	nginx, err := programs.Nginx()
	if err != nil {
		return err
	}
	_, err = o.run.Guard.Start(podproc.Command{
		Name: "nginx before CouchDB", Args: []string{nginx, "-c", filepath.Join(folder, "nginx.conf"), "-e", filepath.Join(folder, "error.log")},
		Env: os.Environ(), Log: filepath.Join(folder, "nginx.log"),
	})
	return err
}

// initPod is couchdb-init, with an authority.
func (o *overTLS) initPod(authority string) (*podproc.Pod, error) {
	secrets := maps.Clone(o.secrets)
	secrets["couchdb-ca"] = secrets[authority]
	return o.run.pod(podproc.Options{Component: couchInit, Secrets: secrets, Rules: []podproc.Rule{
		{In: "env COUCHDB_URL", From: "couchdb.example.com", To: o.couchIP, Always: true},
		{In: "file again.js", From: `"/secrets"`, To: `"$POD/root/secrets"`, Always: true},
	}})
}

// setUp runs couchdb-init, which must trust the authority that it is given and no other.
func (o *overTLS) setUp() error {
	stranger, err := o.initPod("others-ca")
	if err != nil {
		return err
	}
	process, err := stranger.Start(couchInit)
	if err != nil {
		return err
	}
	err = eventually(o.run.Context, 20*time.Second, func() error {
		if !strings.Contains(process.Log(), "UNABLE_TO_VERIFY_LEAF_SIGNATURE") {
			return fmt.Errorf("with another authority it does not say so: %s", tail(process.Log()))
		}
		return nil
	})
	process.Kill()
	if err != nil {
		return err
	}
	pod, err := o.initPod("couchdb-ca")
	if err != nil {
		return err
	}
	if process, err = pod.Start(couchInit); err != nil {
		return err
	}
	defer process.Kill()
	if err := o.run.probesPass(pod, couchInit, time.Minute); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	o.run.proved("Node, nginx before CouchDB", "couchdb-init sets up a CouchDB whose certificate a private authority has signed, and none of another")
	return nil
}

// wait ends with the same authority.
func (o *overTLS) wait() error {
	for _, component := range []string{"controller", "invoker"} {
		pod, err := o.run.pod(podproc.Options{Component: component, Secrets: o.secrets, Rules: []podproc.Rule{
			{In: "env CONFIG_whisk_couchdb_host", From: "couchdb.example.com", To: o.couchIP, Always: true},
		}})
		if err != nil {
			return err
		}
		if err := waitEnds(o.run.Context, pod, "wait-for-couchdb", true); err != nil {
			return err
		}
	}
	o.run.proved("curl, nginx before CouchDB", "wait-for-couchdb ends over TLS with a private authority")
	return nil
}

// prepare runs what a pod of OpenWhisk does before its main container.
func (o *overTLS) prepare(pod *podproc.Pod) error {
	if err := o.kafka.client(pod); err != nil {
		return err
	}
	if said, err := pod.Run(o.run.Context, "truststore"); err != nil {
		return fmt.Errorf("truststore: %w: %s", err, said)
	}
	return nil
}

// control starts the controllers.
func (o *overTLS) control(image string) error {
	w, err := o.run.Env.Workload("controller")
	if err != nil {
		return err
	}
	names, err := os.ReadFile(filepath.Join(o.kafka.tools.folder, "hosts"))
	if err != nil {
		return err
	}
	hosts := string(names) + o.couchIP + " couchdb.example.com\n"
	for i := range w.Replicas() {
		ip, err := o.run.address("controller")
		if err != nil {
			return err
		}
		o.ips = append(o.ips, ip)
		hosts += fmt.Sprintf("%s controller-%d.%s\n", ip, i, w.Spec.ServiceName)
	}
	place, err := o.run.Guard.Folder("openwhisk")
	if err != nil {
		return err
	}
	o.hosts = filepath.Join(place, "hosts")
	if err := os.WriteFile(o.hosts, []byte(hosts), 0o644); err != nil {
		return err
	}
	for i := range o.ips {
		if err := o.pod(i, place, image); err != nil {
			return err
		}
		if err := o.prepare(o.openWhisk.pods[i]); err != nil {
			return err
		}
	}
	o.openWhisk.processes, o.told = make([]*podproc.Process, len(o.ips)), make([]int, len(o.ips))
	if err := o.openWhisk.begin(); err != nil {
		return err
	}
	for _, p := range o.openWhisk.processes {
		if command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.Pid())); err != nil || strings.Contains(string(command), kafkaPassword) {
			return wrong(err, "Kafka's password is on a controller's command line")
		}
	}
	return nil
}
