package servers

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// CouchDBNodes proves that three nodes of CouchDB become one database from empty
// disks, answer while one of them is killed, and fill one whose disk is new before it
// answers; that no node has less than the others then.
func CouchDBNodes(r *Run, _ *golden.Env) error {
	n, err := r.nodesOf(r.Env)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"found", n.founded}, {"kill", n.killedUnderLoad}, {"new disk", n.diskReplaced}, {"roll", n.rolled}, {"alone", n.eachHasAll},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("couchdb nodes: %s: %w", step.name, err)
		}
	}
	if err := n.through.silent(n.keeps.Log()); err != nil {
		return err
	}
	for _, pod := range n.pods {
		if made := pod.Substitutions(); len(made) > 0 {
			return fmt.Errorf("substituted: %s", strings.Join(made, "; "))
		}
	}
	return nil
}

func (n *couchNodes) proved(format string, values ...any) {
	n.run.proved("CouchDB, three nodes, from the folder of "+CouchDBFolder, format, values...)
}

func (n *couchNodes) founded() error {
	if err := n.begin(); err != nil {
		return err
	}
	took, err := n.whole(3 * time.Minute)
	if err != nil {
		return err
	}
	if err := n.setUp(n.run.Env, "couchdb-client"); err != nil {
		return err
	}
	n.proved("three empty disks are one database %.0f s after their start, with nothing of a pod substituted, and couchdb-init sets it up through the Service", took.Seconds())
	return n.sessions()
}

// killedUnderLoad kills a node that has a third of the connections, and leaves it away
// for a while.
func (n *couchNodes) killedUnderLoad() error {
	load := n.load()
	time.Sleep(10 * time.Second)
	n.servers[1].Kill()
	n.service.gone(1)
	time.Sleep(20 * time.Second)
	back := time.Now()
	if err := n.start(1); err != nil {
		return err
	}
	_, err := n.whole(2 * time.Minute)
	took := time.Since(back)
	time.Sleep(5 * time.Second)
	asked, repeated, refused, wrong := load.end()
	if err != nil {
		return err
	}
	n.run.Print(fmt.Sprintf("refused by kind: %v; %s", load.refused, tail(strings.Join(wrong, "\n"))))
	if bulk := load.refused["write in bulk"]; refused > bulk || len(wrong) > bulk {
		return fmt.Errorf("of %d requests %d are refused: %s", asked, refused, tail(strings.Join(wrong, "\n")))
	}
	n.proved("a node is killed under load and comes back after 20 s: of %d requests none is refused that may be sent twice (%d were), and of those that may not %d, which it had in hand; it answers again %.0f s after its start; the longest took %.1f s",
		asked, repeated, refused, took.Seconds(), load.longest.Seconds())
	return nil
}

// diskReplaced gives a node a new disk, under load: subjects are never unknown.
func (n *couchNodes) diskReplaced() error {
	if err := n.fill(20000); err != nil {
		return err
	}
	load := n.load()
	n.servers[2].Kill()
	n.service.gone(2)
	if err := n.newDisk(2); err != nil {
		return err
	}
	begun := time.Now()
	if err := n.start(2); err != nil {
		return err
	}
	_, err := n.whole(5 * time.Minute)
	took := time.Since(begun)
	time.Sleep(5 * time.Second)
	asked, _, refused, wrong := load.end()
	if err != nil {
		return err
	}
	if bulk := load.refused["write in bulk"]; refused > bulk || len(wrong) > bulk {
		return fmt.Errorf("of %d requests %d are refused or wrong: %s", asked, refused, tail(strings.Join(wrong, "\n")))
	}
	count, err := n.documents("openwhisk_activations")
	if err != nil {
		return err
	}
	n.proved("a node gets a new disk under load, beside %d activations: it is whole and answers after %.0f s, of %d requests none is refused that may be sent twice, and no subject was unknown meanwhile", count, took.Seconds(), asked)
	return nil
}

// rolled restarts all, one after the other, as an update does.
func (n *couchNodes) rolled() error {
	wait, err := n.pods[0].PreStop("couchdb")
	if err != nil {
		return err
	}
	pause, err := time.ParseDuration(wait[len(wait)-1] + "s")
	if err != nil {
		return err
	}
	load := n.load()
	for i := len(n.pods) - 1; i >= 0; i-- {
		n.service.gone(i)
		n.service.hold(i, true)
		time.Sleep(pause)
		if err := n.servers[i].Stop(syscall.SIGTERM, time.Minute); err != nil {
			return err
		}
		if err := n.pods[i].Replace(); err != nil {
			return err
		}
		if err := n.start(i); err != nil {
			return err
		}
		n.service.hold(i, false)
		if _, err := n.whole(2 * time.Minute); err != nil {
			return err
		}
		time.Sleep(10 * time.Second)
	}
	asked, repeated, refused, wrong := load.end()
	if bulk := load.refused["write in bulk"]; refused > bulk || len(wrong) > bulk {
		return fmt.Errorf("of %d requests %d are refused: %s", asked, refused, tail(strings.Join(wrong, "\n")))
	}
	n.proved("all nodes are replaced one after the other under load: of %d requests none is refused that may be sent twice (%d were), and of those that may not %d", asked, repeated, refused)
	return nil
}

// eachHasAll asks each node while the two others are away.
func (n *couchNodes) eachHasAll() error {
	want, err := n.documents("openwhisk_activations")
	if err != nil {
		return err
	}
	n.keeps.Kill()
	for i := range n.pods {
		for other := range n.pods {
			if other != i {
				n.servers[other].Kill()
				n.service.gone(other)
			}
		}
		var got int
		err := eventually(n.run.Context, time.Minute, func() (err error) {
			got, err = n.documents("openwhisk_activations")
			return err
		})
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("couchdb-%d has %d documents of activations, and all have %d", i, got, want)
		}
		for other := range n.pods {
			if other == i {
				continue
			}
			if err := n.start(other); err != nil {
				return err
			}
		}
		if err := eventually(n.run.Context, time.Minute, func() error {
			for other := range n.pods {
				if !n.ready(other) {
					return fmt.Errorf("couchdb-%d is not ready without couchdb-cluster", other)
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	n.proved("each of the nodes alone has all %d documents; killed ones come back by themselves while couchdb-cluster is away", want)
	return nil
}
