package servers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// healing is how long couchdb-init may take to put right what differs: its
// pause, a round, and as much again for a busy machine.
const healing = 75 * time.Second

// heals lets couchdb-init run, and takes away and changes what it brings about.
func (c *couch) heals() error {
	wanted, err := c.state()
	if err != nil {
		return err
	}
	older, err := c.olderVolume()
	if err != nil {
		return fmt.Errorf("an older volume: %w", err)
	}
	if err := c.init.Replace(); err != nil {
		return err
	}
	process, err := c.init.Start(couchInit)
	if err != nil {
		return err
	}
	defer process.Kill()
	if err := c.run.probesPass(c.init, couchInit, time.Minute); err != nil {
		return fmt.Errorf("%w: %s", err, tail(process.Log()))
	}
	for _, volume := range []struct{ name, from string }{{"an emptied volume", ""}, {"a restored older volume", older}} {
		took, err := c.replaceVolume(volume.from, wanted)
		if err != nil {
			return fmt.Errorf("%s: %w: %s", volume.name, err, tail(process.Log()))
		}
		if err := c.waiting(c.run.Env, true); err != nil {
			return err
		}
		c.proved("%s: %.0fs after the server is back all is there again, controllers and invokers can start, and nobody did anything", volume.name, took.Seconds())
	}
	if err := c.changedSecrets(); err != nil {
		return fmt.Errorf("changed Secrets: %w: %s", err, tail(process.Log()))
	}
	return c.silent(process.Log())
}

func (c *couch) data() string { return c.pod.Path("/opt/couchdb/data") }

// olderVolume is a copy of the server's data as an older release and older
// Secrets would have left it. The server runs again afterwards, with all right.
func (c *couch) olderVolume() (string, error) {
	const design, guest = "/openwhisk_whisks/_design/whisks.v2.1.0", "/openwhisk_subjects/guest"
	for path, change := range map[string]func(map[string]any){
		design: func(d map[string]any) {
			d["views"] = map[string]any{"old": map[string]any{"map": "function (doc) { emit(1, 1); }"}}
		},
		"/openwhisk_subjects/_local/whiskops":        func(d map[string]any) { d["hashes"] = []string{strings.Repeat("0", 64)} },
		"/_users/org.couchdb.user%3Acontroller":      func(d map[string]any) { d["password"] = "the old one" },
		"/openwhisk_activations/_design/activations": func(d map[string]any) { d["_deleted"] = true },
	} {
		doc, err := c.must(http.MethodGet, path, nil)
		if err != nil {
			return "", err
		}
		change(doc)
		if _, err := c.must(http.MethodPut, path, doc); err != nil {
			return "", err
		}
	}
	doc, err := c.must(http.MethodGet, guest, nil)
	if err != nil {
		return "", err
	}
	if _, err := c.must(http.MethodDelete, guest+"?rev="+doc["_rev"].(string), nil); err != nil {
		return "", err
	}
	if err := c.server.Stop(syscall.SIGTERM, 20*time.Second); err != nil {
		return "", err
	}
	older := filepath.Join(c.folder, "older")
	if err := os.CopyFS(older, os.DirFS(c.data())); err != nil {
		return "", err
	}
	if err := c.serve(); err != nil {
		return "", err
	}
	_, err = c.runInit()
	return older, err
}

// replaceVolume lets the server come back with other data, or none, and tells
// how long it takes until the state is the wanted one.
func (c *couch) replaceVolume(from, wanted string) (time.Duration, error) {
	if err := c.server.Stop(syscall.SIGTERM, 20*time.Second); err != nil {
		return 0, err
	}
	if err := c.fill(from); err != nil {
		return 0, err
	}
	if err := c.serve(); err != nil {
		return 0, err
	}
	start := time.Now()
	if state, err := c.state(); err != nil || state == wanted {
		return 0, wrong(err, "nothing is lost")
	}
	err := eventually(c.run.Context, healing, func() error {
		state, err := c.state()
		if err != nil {
			return err
		}
		// The mark of the older release stays in front.
		if state = strings.Replace(state, "["+strings.Repeat("0", 64)+" ", "[", 1); state != wanted {
			return fmt.Errorf("the state is %s", difference(wanted, state))
		}
		return nil
	})
	took := time.Since(start)
	if err == nil {
		err = c.run.probesPass(c.init, couchInit, healing)
	}
	return took, err
}

// fill puts a copy of a folder, or nothing, into the server's volume.
func (c *couch) fill(from string) error {
	entries, err := os.ReadDir(c.data())
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(c.data(), e.Name())); err != nil {
			return err
		}
	}
	if from == "" {
		return nil
	}
	owner, err := os.Stat(c.data())
	if err != nil {
		return err
	}
	if err := os.CopyFS(c.data(), os.DirFS(from)); err != nil {
		return err
	}
	stat, ok := owner.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return filepath.WalkDir(from, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		copied := filepath.Join(c.data(), relative)
		if err := os.Chown(copied, -1, int(stat.Gid)); err != nil {
			return err
		}
		return os.Chmod(copied, 0o777)
	})
}

// changedSecrets adds a subject and gives the controllers a new account, as the
// kubelet would bring them, and asks the server who knows them.
func (c *couch) changedSecrets() error {
	start := time.Now()
	changed := map[string]map[string]string{
		"subjects": {"alice": "00000000-0000-4000-8000-00000000000c:" + strings.Repeat("2alice_2", 8)},
		"couchdb":  {"controller-username": "controller-2", "controller-password": "n'e $w\"e\\r %"},
	}
	for volume, secret := range map[string]string{"subjects": "openwhisk-subjects", "couchdb": "couchdb-admin"} {
		for key, text := range changed[volume] {
			c.secrets[secret][key] = text
			if err := c.init.WriteFile(volume, key, text, nil); err != nil {
				return err
			}
		}
	}
	err := eventually(c.run.Context, healing, func() error {
		if _, err := c.must(http.MethodGet, "/openwhisk_subjects/alice", nil); err != nil {
			return err
		}
		_, err := c.must(http.MethodGet, "/_users/org.couchdb.user%3Acontroller-2", nil)
		return err
	})
	if err != nil {
		return err
	}
	took := time.Since(start)
	// Pods that have the new account start, and those with the old one go on.
	if err := c.waits(c.run.Env, "controller", true); err != nil {
		return err
	}
	current := c.secrets
	c.secrets = madeSecrets()
	err = c.waits(c.run.Env, "controller", true)
	c.secrets = current
	if err != nil {
		return fmt.Errorf("with the old account: %w", err)
	}
	c.proved("%.0fs after the Secrets have changed in couchdb-init's pod a new subject is there, the controllers' new account is taken and their old one is too", took.Seconds())
	return nil
}

// rollback lets a release with other design documents run, and then this one
// again.
func (c *couch) rollback() error {
	other, err := otherRelease(c.run.Env)
	if err != nil {
		return err
	}
	before, err := c.state()
	if err != nil {
		return err
	}
	next, err := c.newInit(other)
	if err != nil {
		return err
	}
	if err := c.waiting(other, false); err != nil {
		return fmt.Errorf("the other release: %w", err)
	}
	if _, err := c.runPod(next); err != nil {
		return err
	}
	// While one replaces the other, pods of both start.
	for _, env := range []*golden.Env{other, c.run.Env} {
		if err := c.waiting(env, true); err != nil {
			return err
		}
	}
	if changed, err := c.state(); err != nil || unmarked(changed) == unmarked(before) {
		return wrong(err, "the other release changes nothing")
	}
	if _, err := c.runInit(); err != nil {
		return err
	}
	after, err := c.state()
	if err != nil {
		return err
	}
	if unmarked(after) != unmarked(before) {
		return fmt.Errorf("after a rollback the state is %s", difference(before, after))
	}
	if err := c.waiting(c.run.Env, true); err != nil {
		return err
	}
	c.proved("a release with other design documents and a rollback to this one: pods of either start while both are there, and after it all is as before")
	return nil
}

// unmarked is a state less its last line, the marker.
func unmarked(state string) string {
	at := strings.LastIndex(state, "\n")
	return state[:max(at, 0)]
}

// otherRelease is an environment with another view, for which its pods wait.
func otherRelease(env *golden.Env) (*golden.Env, error) {
	hash := func(env *golden.Env) (string, error) {
		for _, data := range env.ConfigMaps {
			if text, ok := data["databases.json"]; ok {
				sum := sha256.Sum256([]byte(text))
				return hex.EncodeToString(sum[:]), nil
			}
		}
		return "", fmt.Errorf("no ConfigMap has the key databases.json")
	}
	changed, err := env.Changed("configmap-couchdb-init.yaml", "emit([doc.namespace, doc.updated], action);", "emit([doc.namespace, doc.updated, 2], action);")
	if err != nil {
		return nil, err
	}
	from, err := hash(env)
	if err != nil {
		return nil, err
	}
	to, err := hash(changed)
	if err != nil {
		return nil, err
	}
	return changed.Changed("statefulset-*", from, to)
}
