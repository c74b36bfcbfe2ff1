package servers

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/room"
)

// codeSize of an action's code: the largest that is taken.
const codeSize = 48 << 20

// copiedActivations is how many a copy is measured with: a hundred thousand of them
// are filled into new nodes for a quarter of an hour on a busy machine.
func copiedActivations() int {
	if os.Getenv("E2E_FULL") != "" {
		return 100000
	}
	return 10000
}

// CouchDBGrows proves that three nodes take over what a single one stored, that all of
// it comes back from a copy, and how long that takes. The environment is that of three
// nodes, single the same with one.
func CouchDBGrows(r *Run, single *golden.Env) error {
	g := &growing{run: r, single: single}
	for _, step := range []struct {
		name  string
		check func() error
	}{{"one node", g.stored}, {"three nodes", g.grow}, {"copy", g.copied}, {"restore", g.restored}} {
		if err := step.check(); err != nil {
			return fmt.Errorf("couchdb grows: %s: %w", step.name, err)
		}
	}
	return nil
}

type growing struct {
	run    *Run
	single *golden.Env
	// one is the first server, three what it becomes.
	one, three *couchNodes
	code       []byte
	copies     string
}

// stored fills a single node.
func (g *growing) stored() (err error) {
	if g.one, err = g.run.nodesOf(g.single); err != nil {
		return err
	}
	if err := g.one.begin(); err != nil {
		return err
	}
	if _, err := g.one.whole(2 * time.Minute); err != nil {
		return err
	}
	if err := g.one.setUp(g.single, "couchdb"); err != nil {
		return err
	}
	g.code = slices.Repeat([]byte{0, 0xff, '"', 0xc3}, codeSize/4)
	made, err := g.one.through.must(http.MethodPut, codeDocument, map[string]any{"namespace": "guest", "name": "attached"})
	if err != nil {
		return err
	}
	rev, _ := made["rev"].(string)
	if status, said, err := g.one.through.attach(http.MethodPut, codeDocument+"/code", rev, g.code); err != nil || status != http.StatusCreated {
		return wrong(err, "code is not stored: %d %s", status, said)
	}
	return g.one.fill(copiedActivations())
}

// grow starts three nodes, the first on the disk of the single one.
func (g *growing) grow() (err error) {
	want, err := g.one.documents("openwhisk_activations")
	if err != nil {
		return err
	}
	if err := g.one.servers[0].Stop(syscall.SIGTERM, time.Minute); err != nil {
		return err
	}
	if g.three, err = g.run.nodesOf(g.run.Env); err != nil {
		return err
	}
	if err := moved(g.one.data(0), g.three.data(0)); err != nil {
		return err
	}
	begun := time.Now()
	if err := g.three.begin(); err != nil {
		return err
	}
	var answers time.Duration
	if err := eventually(g.run.Context, 3*time.Minute, func() error {
		got, err := g.three.documents("openwhisk_activations")
		if err == nil && got != want {
			err = fmt.Errorf("%d of %d activations are there", got, want)
		}
		answers = time.Since(begun)
		return err
	}); err != nil {
		return fmt.Errorf("%w: %s", err, tail(g.three.keeps.Log()))
	}
	if _, err := g.three.whole(12 * time.Minute); err != nil {
		return err
	}
	took := time.Since(begun)
	g.three.proved("a single node's disk with %d activations becomes three nodes: it answers after %.0f s, and all three are whole after %.0f s", want, answers.Seconds(), took.Seconds())
	return g.three.eachHasAll()
}

// moved takes what is in a folder to another.
func moved(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// job runs a CronJob's pod to its end, in a room where the Service has its name; setUp
// is called when its volumes are there.
func (n *couchNodes) job(env *golden.Env, component, host string, setUp func(pod *podproc.Pod) error) (string, time.Duration, error) {
	empty, err := n.run.noImage()
	if err != nil {
		return "", 0, err
	}
	ip := n.network.PodAddress()
	hosts := n.service.ip + " " + host + "\n"
	pod, err := podproc.New(env, n.run.Guard, podproc.Options{
		Component: component, IP: ip, Secrets: n.secrets,
		Room: func(name string, mounts []podproc.Mount) (podproc.Room, error) {
			return n.network.Room(ip, name, room.Options{Image: empty, Hosts: hosts}, mounts)
		},
	})
	if err == nil {
		err = setUp(pod)
	}
	if err != nil {
		return "", 0, err
	}
	begun := time.Now()
	process, err := pod.Start(component)
	if err != nil {
		return "", 0, err
	}
	err = process.Wait(n.run.Context)
	log := process.Log()
	if silent := n.through.silent(log); err == nil {
		err = silent
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", component, err, tail(log))
	}
	if made := pod.Substitutions(); len(made) > 0 {
		return log, 0, fmt.Errorf("substituted: %s", strings.Join(made, "; "))
	}
	return log, time.Since(begun), err
}

func (g *growing) copied() error {
	log, took, err := g.three.job(g.run.Env, "couchdb-backup", "couchdb-client", func(pod *podproc.Pod) error {
		g.copies = pod.Path("/copies")
		return nil
	})
	if err != nil {
		return err
	}
	var size int64
	files, err := filepath.Glob(filepath.Join(g.copies, "*", "*activations*"))
	if err != nil || len(files) == 0 {
		return wrong(err, "no copy: %s", log)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		size += info.Size()
	}
	g.three.proved("couchdb-backup copies %d activations and code of %d MiB from three nodes, and reads it back, in %.0f s; activations take %.1f MiB", copiedActivations(), codeSize>>20, took.Seconds(), float64(size)/(1<<20))
	return nil
}

// restored brings the copy to a new single node, which couchdb-init has set up.
func (g *growing) restored() error {
	want, err := g.three.documents("openwhisk_activations")
	if err != nil {
		return err
	}
	for _, server := range g.three.servers {
		server.Kill()
	}
	g.three.keeps.Kill()
	fresh, err := g.run.nodesOf(g.single)
	if err != nil {
		return err
	}
	if err := fresh.begin(); err != nil {
		return err
	}
	if _, err := fresh.whole(2 * time.Minute); err != nil {
		return err
	}
	if err := fresh.setUp(g.single, "couchdb"); err != nil {
		return err
	}
	var took time.Duration
	for range 2 { // the second one has nothing to do
		log, t, err := fresh.job(g.single, "couchdb-restore", "couchdb", func(pod *podproc.Pod) error {
			if err := os.CopyFS(pod.Path("/copies"), os.DirFS(g.copies)); err != nil {
				return err
			}
			return opened(pod.Path("/copies"))
		})
		if err != nil {
			return err
		}
		if took == 0 {
			took = t
		} else if !strings.Contains(log, "database openwhisk_activations: 0 documents written") {
			return fmt.Errorf("the second time: %s", log)
		}
	}
	got, err := fresh.documents("openwhisk_activations")
	if err != nil || got != want {
		return wrong(err, "%d documents of activations, want %d", got, want)
	}
	status, code, err := fresh.through.attach(http.MethodGet, codeDocument+"/code", "", nil)
	if err != nil || status != http.StatusOK || !bytes.Equal(code, g.code) {
		return wrong(err, "the code of an action is not what it was: status %d, %d bytes", status, len(code))
	}
	fresh.proved("couchdb-restore brings %d documents of activations and code of %d MiB to a new node in %.0f s; a second run writes nothing", got, codeSize>>20, took.Seconds())
	return nil
}

// opened gives a folder's files to whom the pod runs as.
func opened(folder string) error {
	real, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return err
	}
	return filepath.WalkDir(real, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, 1000, 1000)
	})
}
