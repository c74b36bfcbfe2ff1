package servers

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/room"
)

// CouchDBFolder is the variable that names a folder with what of CouchDB's image is
// its own, as it is unpacked: docker-entrypoint.sh, and opt/couchdb with bin, etc
// and lib. The libraries that it is linked to are this machine's.
const CouchDBFolder = "E2E_COUCHDB"

// iniFile is the generated configuration.
const iniFile = "10-whiskops.ini"

// couchClaims are what only CouchDB itself can prove, in the words of a list of what
// was not run.
var couchClaims = []string{
	"all that is proved here of a server of CouchDB's protocol holds of CouchDB itself: set-up, healing, views, records, attachments and clean-up",
	"CouchDB starts in the generated pod, with nothing of it substituted, and runs with each generated setting",
	"CouchDB ends within its grace, and has what was written before a SIGTERM or a SIGKILL",
}

// couchImage is the folder of CouchDB's image and the network for its room. There is
// no network if another server is to take its place.
func (r *Run) couchImage() (*room.Network, string, error) {
	folder := os.Getenv(CouchDBFolder)
	if folder == "" {
		return nil, "", nil
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, "", err
	}
	for _, file := range []string{"docker-entrypoint.sh", "opt/couchdb/bin/couchdb", "opt/couchdb/etc/default.ini", "opt/couchdb/releases/start_erl.data"} {
		if _, err := os.Stat(filepath.Join(folder, file)); err != nil {
			return nil, "", fmt.Errorf("%s: %w", CouchDBFolder, err)
		}
	}
	network, err := r.rooms()
	if errors.Is(err, room.ErrRefused) {
		return nil, "", nil
	}
	return network, folder, err
}

// itself is a pod of CouchDB's image, in a room.
func (c *couch) itself(network *room.Network, image string) (podproc.Options, error) {
	version, err := releaseOf(image)
	if err != nil {
		return podproc.Options{}, err
	}
	c.name = "CouchDB " + version + ", from the folder of " + CouchDBFolder
	c.image = image
	ip := network.PodAddress()
	return podproc.Options{
		Component: "couchdb", IP: ip, Sizes: map[string]string{"data": c.run.databaseSize},
		Entrypoints: map[string][]string{"apache/couchdb": {"/docker-entrypoint.sh", "/opt/couchdb/bin/couchdb"}},
		Room: func(name string, mounts []podproc.Mount) (podproc.Room, error) {
			return network.Room(ip, name, room.Options{Image: image}, mounts)
		},
	}, nil
}

// releaseOf is the version of an unpacked CouchDB: the second word of
// releases/start_erl.data, after that of Erlang's runtime.
func releaseOf(image string) (string, error) {
	text, err := os.ReadFile(filepath.Join(image, "opt/couchdb/releases/start_erl.data"))
	if err != nil {
		return "", fmt.Errorf("%s: %w", CouchDBFolder, err)
	}
	words := strings.Fields(string(text))
	if len(words) != 2 {
		return "", fmt.Errorf("%s: releases/start_erl.data is %q, not two versions", CouchDBFolder, text)
	}
	return words[1], nil
}

// whyNot says why CouchDB itself does not run.
func whyNot() string {
	if os.Getenv(CouchDBFolder) == "" {
		return CouchDBFolder + " is not set"
	}
	return room.ErrRefused.Error()
}

// alone proves what only CouchDB itself can prove, or says that it was not run.
func (c *couch) alone() error {
	if c.image == "" {
		c.run.notRun(whyNot(), couchClaims)
		return nil
	}
	if made := c.pod.Substitutions(); len(made) > 0 {
		return fmt.Errorf("substituted: %s", strings.Join(made, "; "))
	}
	for _, check := range []func() error{c.settings, c.strangers, c.ends} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

var (
	iniSection = regexp.MustCompile(`^\[(.+)\]$`)
	iniSetting = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*) *= *(.*)$`)
)

// iniOf reads settings by section. In the image's default.ini those that are left to
// their defaults are comments; all tells whether they count.
func iniOf(text string, all bool) map[string]map[string]string {
	found, section := map[string]map[string]string{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if all {
			line = strings.TrimLeft(line, "; ")
		}
		if m := iniSection.FindStringSubmatch(line); m != nil {
			section = m[1]
		} else if m := iniSetting.FindStringSubmatch(line); m != nil {
			if found[section] == nil {
				found[section] = map[string]string{}
			}
			found[section][m[1]] = m[2]
		}
	}
	return found
}

// settings asks the server what it runs with. It takes any name, so each must be one
// that its own default.ini has.
func (c *couch) settings() error {
	text, err := os.ReadFile(filepath.Join(c.image, "opt/couchdb/etc/default.ini"))
	if err != nil {
		return err
	}
	known := iniOf(string(text), true)
	config, err := c.must(http.MethodGet, "/_node/_local/_config", nil)
	if err != nil {
		return err
	}
	n := 0
	for section, settings := range iniOf(c.variable(iniFile), false) {
		has, _ := config[section].(map[string]any)
		for key, want := range settings {
			if _, ok := known[section][key]; !ok {
				return fmt.Errorf("%s: CouchDB knows no setting %s of [%s]", iniFile, key, section)
			}
			if has[key] != want {
				return fmt.Errorf("%s: CouchDB runs with %s = %v of [%s], not %s", iniFile, key, has[key], section, want)
			}
			n++
		}
	}
	if n == 0 {
		return errors.New("nothing is set")
	}
	c.proved("CouchDB starts in the generated pod, with nothing of it substituted, and runs with each of %d generated settings", n)
	return nil
}

// strangers get an answer at /_up alone.
func (c *couch) strangers() error {
	for path, want := range map[string]int{"/_up": http.StatusOK, "/": http.StatusUnauthorized, "/_all_dbs": http.StatusUnauthorized, "/openwhisk_subjects/_all_docs": http.StatusUnauthorized} {
		request, err := http.NewRequestWithContext(c.run.Context, http.MethodGet, "http://"+c.gate.target+path, nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			return fmt.Errorf("GET %s without a user: status %d, not %d", path, answer.StatusCode, want)
		}
	}
	c.proved("without a user /_up is answered and nothing else")
	return nil
}

// ends stops and kills the server just after it has answered a write.
func (c *couch) ends() error {
	w, err := c.run.Env.Workload("couchdb")
	if err != nil {
		return err
	}
	grace := time.Duration(*w.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
	var took time.Duration
	for i, end := range []func() error{
		func() error {
			before := time.Now()
			err := c.server.Stop(syscall.SIGTERM, grace)
			took = time.Since(before)
			return err
		},
		func() error { c.server.Kill(); return nil },
	} {
		path := fmt.Sprintf("/openwhisk_whisks/guest%%2Fkept-%d", i)
		if _, err := c.must(http.MethodPut, path, map[string]any{"namespace": "guest"}); err != nil {
			return err
		}
		if err := end(); err != nil {
			return fmt.Errorf("%w\n%s", err, tail(c.server.Log()))
		}
		// Without a claim the data are the pod's own, and its container starts again.
		if c.pod.Claimed("/opt/couchdb/data") {
			if err := c.pod.Replace(); err != nil {
				return err
			}
		}
		if err := c.serve(); err != nil {
			return err
		}
		doc, err := c.must(http.MethodGet, path, nil)
		if err == nil {
			_, err = c.must(http.MethodDelete, path+"?rev="+doc["_rev"].(string), nil)
		}
		if err != nil {
			return err
		}
	}
	c.proved("CouchDB ends %.0f s after SIGTERM, and what it had answered before that or a SIGKILL is there when it is back", took.Seconds())
	return nil
}
