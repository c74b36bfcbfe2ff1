package servers

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// OpenWhiskFolder is the variable that names a folder with the root of the
// controller's image in controller/, as it is unpacked: init.sh,
// transformEnvironment.sh and controller/ with bin and lib; and that of the
// invoker's in invoker/, if there are to be any.
const OpenWhiskFolder = "E2E_OPENWHISK"

const openWhiskServer = "OpenWhisk controller, from the folder of " + OpenWhiskFolder

// openWhiskClaims are what OpenWhisk proves, in the words of a list of what was
// not run.
var openWhiskClaims = []string{
	"controllers start with exactly the generated environment, and form one cluster by their seeds",
	"the API answers for a subject that couchdb-init made, and keeps its limits to the byte",
	"a controller's preStop and SIGTERM end it within its grace, and another takes its place in the cluster",
}

// openWhisk is the controllers of an environment beside its Kafka and a server of
// CouchDB's protocol.
type openWhisk struct {
	run     *Run
	secrets map[string]map[string]string
	// brokers and couch are what controllers need.
	brokers   *brokers
	couch     *couch
	hosts     string
	ips       []string
	pods      []*podproc.Pod
	processes []*podproc.Process
	// told is how much of each log is old.
	told []int
}

// OpenWhisk proves that the real controllers and invokers take what is generated.
// Without the folder it says what was not run, and so it does with invokers where
// this machine has no room for them.
func OpenWhisk(r *Run) error {
	folder := os.Getenv(OpenWhiskFolder)
	if folder == "" {
		r.notRun(OpenWhiskFolder+" is not set", slices.Concat(openWhiskClaims, invokerClaims))
		return nil
	}
	network, without, err := r.invokerRooms(folder)
	if err != nil {
		return fmt.Errorf("openwhisk: %w", err)
	}
	o, err := newOpenWhisk(r, folder)
	if err != nil {
		return fmt.Errorf("openwhisk: %w", err)
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{{"start", o.begin}, {"API", o.api}, {"replace", o.replace}} {
		if err := step.check(); err != nil {
			return fmt.Errorf("openwhisk: %s: %w", step.name, err)
		}
	}
	if network == nil {
		r.notRun(without, invokerClaims)
		return nil
	}
	if err := o.invoke(network, filepath.Join(folder, "invoker")); err != nil {
		return fmt.Errorf("openwhisk: %w", err)
	}
	return nil
}

// hexSecrets are those that an environment's README makes: the start script of
// OpenWhisk's images takes no quotes (WO275).
func hexSecrets() map[string]map[string]string {
	all := madeSecrets()
	for _, secret := range []string{"couchdb-admin", "openwhisk-admin"} {
		for key := range all[secret] {
			if strings.HasSuffix(key, "-password") {
				all[secret][key] = strings.Repeat("0a", 24)
			}
		}
	}
	return all
}

// newOpenWhisk starts what controllers wait for.
func newOpenWhisk(r *Run, folder string) (*openWhisk, error) {
	b, err := newBrokers(r)
	if err == nil {
		err = b.begin()
	}
	if err == nil {
		err = b.declareTopics()
	}
	if err != nil {
		return nil, err
	}
	return newOpenWhiskOn(r, folder, b, hexSecrets())
}

// newOpenWhiskOn starts what else controllers wait for, beside brokers that run.
func newOpenWhiskOn(r *Run, folder string, b *brokers, secrets map[string]map[string]string) (*openWhisk, error) {
	o := &openWhisk{run: r, secrets: secrets, brokers: b}
	c, err := newCouch(r)
	if err == nil {
		o.couch, c.secrets = c, o.secrets
		c.init, err = c.newInit(r.Env)
	}
	if err == nil {
		err = c.begin()
	}
	if err == nil {
		_, err = c.runInit()
	}
	if err != nil {
		return nil, err
	}
	w, err := r.Env.Workload("controller")
	if err != nil {
		return nil, err
	}
	names, err := os.ReadFile(filepath.Join(b.tools.folder, "hosts"))
	if err != nil {
		return nil, err
	}
	hosts := string(names) + c.ip + " couchdb\n"
	for i := range w.Replicas() {
		ip, err := r.address("controller")
		if err != nil {
			return nil, err
		}
		o.ips = append(o.ips, ip)
		hosts += fmt.Sprintf("%s controller-%d.%s\n", ip, i, w.Spec.ServiceName)
	}
	place, err := r.Guard.Folder("openwhisk")
	if err != nil {
		return nil, err
	}
	o.hosts = filepath.Join(place, "hosts")
	if err := os.WriteFile(o.hosts, []byte(hosts), 0o644); err != nil {
		return nil, err
	}
	for i := range o.ips {
		if err := o.pod(i, place, filepath.Join(folder, "controller")); err != nil {
			return nil, err
		}
	}
	o.processes, o.told = make([]*podproc.Process, len(o.pods)), make([]int, len(o.pods))
	return o, nil
}

// declareTopics runs the program that does.
func (b *brokers) declareTopics() error {
	pod, err := b.topicsPod()
	if err != nil {
		return err
	}
	process, err := pod.Start(kafkaTopics)
	if err != nil {
		return err
	}
	defer process.Kill()
	return b.run.probesPass(pod, kafkaTopics, 3*time.Minute)
}

// controllerStart goes where the image's start script is. What a pod's network
// and names would give it, it has from here: its address, which it also listens
// on alone, and the names of others.
const controllerStart = `#!/bin/bash
cd %q
export PATH=%q:$PATH
export CONFIG_whisk_controller_interface=%s
export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Djdk.net.hosts.file=%s"
exec /bin/bash ./init.sh "$@"
`

// javaOptions has Java 17 open to OpenWhisk what the images' Java 8 did.
const javaOptions = "JAVA_TOOL_OPTIONS=--add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED"

// pod makes a controller's pod.
func (o *openWhisk) pod(i int, place, image string) error {
	ip := o.ips[i]
	bin := filepath.Join(place, strconv.Itoa(i))
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	start := filepath.Join(bin, "start.sh")
	for name, text := range map[string]string{
		start:                          fmt.Sprintf(controllerStart, image, bin, ip, o.hosts),
		filepath.Join(bin, "hostname"): "#!/bin/sh\necho " + ip + "\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			return err
		}
	}
	wait, err := o.run.firstWait("controller")
	if err != nil {
		return err
	}
	pod, err := o.run.pod(podproc.Options{Component: "controller", Index: i, IP: ip, Secrets: o.secrets, Env: []string{javaOptions, logConfig}, Rules: []podproc.Rule{
		{In: "command", From: "/init.sh", To: start, Always: true},
		{In: "file drain.sh", From: "http://127.0.0.1:8080", To: "http://" + ip + ":8080", Always: true},
		{In: "file drain.sh", From: fmt.Sprintf("sleep %d", wait), To: "sleep 0", Always: true},
	}})
	o.pods = append(o.pods, pod)
	return err
}

func (o *openWhisk) start(i int) (err error) {
	o.processes[i], err = o.pods[i].Start("controller")
	return err
}

func (o *openWhisk) ready(i int) error {
	if err := o.run.probesPass(o.pods[i], "controller", 2*time.Minute); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(o.processes[i].Log()))
	}
	return nil
}

var clusterSize = regexp.MustCompile(`cluster size changed from \d+ to (\d+) active nodes`)

// size of the cluster as a controller last said that it sees it, in what is new
// of its log.
func (o *openWhisk) size(i int) string {
	sizes := clusterSize.FindAllStringSubmatch(o.processes[i].Log()[o.told[i]:], -1)
	if len(sizes) == 0 {
		return "1"
	}
	return sizes[len(sizes)-1][1]
}

// together waits until all controllers see each other.
func (o *openWhisk) together() error {
	want := strconv.Itoa(len(o.pods))
	return eventually(o.run.Context, time.Minute, func() error {
		for i := range o.pods {
			if got := o.size(i); got != want {
				return fmt.Errorf("controller-%d sees a cluster of %s, not %s\n%s", i, got, want, tail(o.processes[i].Log()))
			}
		}
		return nil
	})
}

func (o *openWhisk) begin() error {
	for i := range o.pods {
		if err := o.start(i); err != nil {
			return err
		}
	}
	for i := range o.pods {
		if err := o.ready(i); err != nil {
			return err
		}
	}
	if err := o.together(); err != nil {
		return err
	}
	o.run.proved(openWhiskServer, "%d controllers start with exactly the generated environment, and form one cluster by their seeds", len(o.pods))
	return nil
}

// replace ends the first controller as a rolling update does, and starts it again.
func (o *openWhisk) replace() error {
	for i, p := range o.processes {
		o.told[i] = len(p.Log())
	}
	if _, err := o.run.preStop(o.pods[0], "controller"); err != nil {
		return err
	}
	w, err := o.run.Env.Workload("controller")
	if err != nil {
		return err
	}
	grace := *w.Spec.Template.Spec.TerminationGracePeriodSeconds
	before := time.Now()
	if err := o.processes[0].Stop(syscall.SIGTERM, time.Duration(grace)*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(o.processes[0].Log()))
	}
	took := time.Since(before)
	if err := o.pods[0].Replace(); err != nil {
		return err
	}
	if err := o.start(0); err != nil {
		return err
	}
	if err := o.ready(0); err != nil {
		return err
	}
	if err := o.together(); err != nil {
		return err
	}
	o.run.proved(openWhiskServer, "after its preStop a controller ends %.0f s after SIGTERM, and the next one of its name takes its place in the cluster", took.Seconds())
	return nil
}
