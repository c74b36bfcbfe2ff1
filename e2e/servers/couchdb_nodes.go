package servers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/room"
)

const couchCluster = "couchdb-cluster"

// ErrNoCouchDB is the error where CouchDB itself cannot run here.
var ErrNoCouchDB = errors.New("CouchDB itself does not run here")

// couchNodes are CouchDB's pods, each in a room where the names of the others are
// known, with couchdb-cluster beside them and a Service before them.
type couchNodes struct {
	run     *Run
	image   string
	network *room.Network
	secrets map[string]map[string]string
	hosts   string
	rooms   map[string]*room.Room
	pods    []*podproc.Pod
	servers []*podproc.Process
	keeper  *podproc.Pod
	keeps   *podproc.Process
	service *balancer
	// through sends requests to the Service.
	through *couch
}

// nodesOf prepares CouchDB's pods of an environment. Nothing runs yet.
func (r *Run) nodesOf(env *golden.Env) (*couchNodes, error) {
	network, image, err := r.couchImage()
	if err != nil {
		return nil, err
	}
	if network == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoCouchDB, whyNot())
	}
	n := &couchNodes{run: r, image: image, network: network, secrets: madeSecrets(), rooms: map[string]*room.Room{}}
	n.secrets["couchdb-admin"]["cookie"] = strings.Repeat("0cookie0", 6)
	w, err := env.Workload("couchdb")
	if err != nil {
		return nil, err
	}
	var ips []string
	for i := range w.Replicas() {
		ips = append(ips, network.PodAddress())
		n.hosts += fmt.Sprintf("%s couchdb-%d.couchdb\n", ips[i], i)
	}
	n.servers = make([]*podproc.Process, len(ips))
	for i, ip := range ips {
		pod, err := podproc.New(env, r.Guard, podproc.Options{
			Component: "couchdb", Index: i, IP: ip, Secrets: n.secrets, Room: n.room(ip, image),
			Entrypoints: map[string][]string{"apache/couchdb": {"/docker-entrypoint.sh", "/opt/couchdb/bin/couchdb"}},
		})
		if err != nil {
			return nil, err
		}
		n.pods = append(n.pods, pod)
	}
	if n.service, err = r.newBalancer(n.ready, ips); err != nil {
		return nil, err
	}
	n.through = &couch{run: r, name: "CouchDB", image: image, secrets: n.secrets, gate: &gate{ip: n.service.ip, target: n.service.ip + ":5984"}}
	if len(ips) > 1 {
		err = n.keeperOf(env)
	}
	return n, err
}

// room makes a place for a pod, and joins it to those of the others.
func (n *couchNodes) room(ip, image string) func(string, []podproc.Mount) (podproc.Room, error) {
	return func(name string, mounts []podproc.Mount) (podproc.Room, error) {
		made, err := n.network.Room(ip, name, room.Options{Image: image, Hosts: n.hosts}, mounts)
		if err != nil {
			return nil, err
		}
		for other, r := range n.rooms {
			if other != name {
				if err := made.Join(r); err != nil {
					return nil, err
				}
			}
		}
		n.rooms[name] = made
		return made, nil
	}
}

// keeperOf prepares couchdb-cluster.
func (n *couchNodes) keeperOf(env *golden.Env) error {
	empty, err := n.run.noImage()
	if err != nil {
		return err
	}
	ip := n.network.PodAddress()
	n.keeper, err = podproc.New(env, n.run.Guard, podproc.Options{Component: couchCluster, IP: ip, Secrets: n.secrets, Room: n.room(ip, empty)})
	return err
}

// noImage is a folder for a room with nothing of an image but a folder.
func (r *Run) noImage() (string, error) {
	folder, err := r.Guard.Folder("image")
	if err != nil {
		return "", err
	}
	return folder, os.Mkdir(filepath.Join(folder, "image"), 0o755)
}

// ready tells whether the Service leads to a node: what its kubelet sees.
func (n *couchNodes) ready(i int) bool {
	return n.servers[i] != nil && n.servers[i].Running() && n.pods[i].Probe(n.run.Context, "couchdb", "readinessProbe") == nil
}

// start runs a node with what is on its disk.
func (n *couchNodes) start(i int) (err error) {
	n.servers[i], err = n.pods[i].Start("couchdb")
	return err
}

// begin starts all nodes and couchdb-cluster.
func (n *couchNodes) begin() error {
	for i := range n.pods {
		if err := n.start(i); err != nil {
			return err
		}
	}
	if n.keeper == nil {
		return nil
	}
	return n.keep()
}

func (n *couchNodes) keep() (err error) {
	n.keeps, err = n.keeper.Start(couchCluster)
	return err
}

// whole waits until couchdb-cluster says that all nodes are whole, and gives how long
// that took.
func (n *couchNodes) whole(patience time.Duration) (time.Duration, error) {
	begun := time.Now()
	err := eventually(n.run.Context, patience, func() error {
		for i := range n.pods {
			if !n.ready(i) {
				return fmt.Errorf("couchdb-%d is not ready: %s", i, tail(n.servers[i].Log()))
			}
		}
		if n.service.chosen() == "" {
			return errors.New("the Service leads to no node yet")
		}
		if n.keeper == nil {
			return nil
		}
		return n.keeper.Probe(n.run.Context, couchCluster, "readinessProbe")
	})
	if err != nil && n.keeps != nil {
		err = fmt.Errorf("%w\n%s", err, tail(n.keeps.Log()))
	}
	return time.Since(begun), err
}

// data is where a node's disk is on this machine.
func (n *couchNodes) data(i int) string { return n.pods[i].Path("/opt/couchdb/data") }

// newDisk takes away all that is on a node's disk.
func (n *couchNodes) newDisk(i int) error {
	all, err := filepath.Glob(filepath.Join(n.data(i), "*"))
	if err != nil {
		return err
	}
	hidden, err := filepath.Glob(filepath.Join(n.data(i), ".*"))
	for _, path := range append(all, hidden...) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// setUp runs couchdb-init on what the Service leads to.
func (n *couchNodes) setUp(env *golden.Env, host string) error {
	ip, err := n.run.address(couchInit)
	if err != nil {
		return err
	}
	pod, err := podproc.New(env, n.run.Guard, podproc.Options{Component: couchInit, IP: ip, Secrets: n.secrets, Rules: []podproc.Rule{
		{In: "env COUCHDB_URL", From: "http://" + host + ":", To: "http://" + n.service.ip + ":", Always: true},
		{In: "file again.js", From: `"/secrets"`, To: `"$POD/root/secrets"`, Always: true},
	}})
	if err != nil {
		return err
	}
	_, err = n.through.runPod(pod)
	return err
}

// documents of a database, of whichever nodes answer.
func (n *couchNodes) documents(database string) (int, error) {
	info, err := n.through.must(http.MethodGet, "/"+database, nil)
	if err != nil {
		return 0, err
	}
	count, _ := info["doc_count"].(float64)
	return int(count), nil
}

// fill writes activations until there are so many, 500 at a time.
func (n *couchNodes) fill(count int) error {
	for i := 0; i < count; i += 500 {
		docs := make([]any, 0, 500)
		for j := i; j < min(i+500, count); j++ {
			id := fmt.Sprintf("guest/%032x", uint64(j)*0x9e3779b97f4a7c15)
			docs = append(docs, map[string]any{
				"_id": id, "namespace": "guest", "activationId": id[6:], "entityType": "activation", "name": "hello", "version": "0.0.1", "subject": "guest",
				"start": 1700000000000 + j, "end": 1700000000100 + j, "duration": 100, "logs": []string{strings.Repeat("a line of log ", 20)},
				"response": map[string]any{"statusCode": 0, "result": map[string]any{"payload": strings.Repeat("result ", 60)}},
			})
		}
		if _, err := n.through.must(http.MethodPost, "/openwhisk_activations/_bulk_docs", map[string]any{"docs": docs}); err != nil {
			return err
		}
	}
	return nil
}

// sessions begins a session at one node, and uses it at the others.
func (n *couchNodes) sessions() error {
	admin := n.secrets["couchdb-admin"]
	return eventually(n.run.Context, time.Minute, func() error {
		for i := range n.pods {
			form := url.Values{"name": {admin["username"]}, "password": {admin["password"]}}
			answer, err := http.PostForm("http://"+n.pods[i].IP()+":5984/_session", form)
			if err != nil {
				return err
			}
			answer.Body.Close()
			for j := range n.pods {
				request, err := http.NewRequestWithContext(n.run.Context, http.MethodGet, "http://"+n.pods[j].IP()+":5984/_all_dbs", nil)
				if err != nil {
					return err
				}
				for _, cookie := range answer.Cookies() {
					request.AddCookie(cookie)
				}
				used, err := http.DefaultClient.Do(request)
				if err != nil {
					return err
				}
				used.Body.Close()
				if used.StatusCode != http.StatusOK {
					return fmt.Errorf("a session of couchdb-%d has status %d at couchdb-%d", i, used.StatusCode, j)
				}
			}
		}
		return nil
	})
}
