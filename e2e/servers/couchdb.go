package servers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// couch is an environment's CouchDB, or a server of its protocol in its place, and
// what stands between it and couchdb-init.
type couch struct {
	run *Run
	// name of the server, in what is proved.
	name string
	// image is CouchDB's own, unpacked, or empty.
	image  string
	folder string
	pod    *podproc.Pod
	// ip is where others than couchdb-init find it.
	ip     string
	server *podproc.Process
	gate   *gate
	init   *podproc.Pod
	// secrets that the pods have.
	secrets map[string]map[string]string
}

// CouchDB proves that couchdb-init brings a server to the same end from
// anywhere, and again whenever something is lost or changed; that it loses
// nothing, and that whoever waits for it waits for its end.
func CouchDB(r *Run) error {
	c, err := newCouch(r)
	if err != nil {
		return fmt.Errorf("couchdb: %w", err)
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"start", c.begin}, {"init from empty", c.fromEmpty}, {"init with users' data", c.upgrade}, {"init killed", c.killed},
		{"heal", c.heals}, {"roll back", c.rollback}, {"alone", c.alone},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("couchdb: %s: %w", step.name, err)
		}
	}
	return errors.Join(c.pod.Checked(), c.init.Checked(), c.silent(c.server.Log()))
}

// Views proves that the views that couchdb-init installs give what OpenWhisk's
// own functions give.
func Views(r *Run) error {
	c, err := newCouch(r)
	if err == nil {
		err = c.begin()
	}
	if err == nil {
		_, err = c.runInit()
	}
	if err == nil {
		err = c.views()
	}
	if err != nil {
		return fmt.Errorf("couchdb: %w", err)
	}
	return nil
}

func newCouch(r *Run) (*couch, error) {
	c := &couch{run: r, secrets: madeSecrets()}
	var err error
	if c.folder, err = r.Guard.Folder("couchdb"); err != nil {
		return nil, err
	}
	network, image, err := r.couchImage()
	if err != nil {
		return nil, err
	}
	place := c.double
	if network != nil {
		place = func() (podproc.Options, error) { return c.itself(network, image) }
	}
	options, err := place()
	if err == nil {
		c.pod, err = r.pod(options)
	}
	if err != nil {
		return nil, err
	}
	// The Service leads to the port that the container has.
	_, port, err := r.Env.Target("couchdb", 5984)
	if err != nil {
		return nil, err
	}
	if c.gate, err = r.newGate(fmt.Sprintf("%s:%d", options.IP, port)); err != nil {
		return nil, err
	}
	c.ip = options.IP
	if network != nil {
		c.ip = c.gate.ip // rooms reach this machine, and not each other
	}
	c.init, err = c.newInit(r.Env)
	return c, err
}

func (c *couch) proved(format string, values ...any) { c.run.proved(c.name, format, values...) }

func (c *couch) begin() error {
	if err := c.run.probesFail(c.pod, "couchdb"); err != nil {
		return err
	}
	if err := c.run.probesFail(c.init, couchInit); err != nil {
		return err
	}
	if err := c.serve(); err != nil {
		return err
	}
	c.proved("probes are answered by the server, and were not before")
	return nil
}

// serve starts the server with what is in its volume.
func (c *couch) serve() error {
	var err error
	if c.server, err = c.pod.Start("couchdb"); err != nil {
		return err
	}
	if err := c.run.probesPass(c.pod, "couchdb", 20*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(c.server.Log()))
	}
	return nil
}

// waiting runs the waits for CouchDB of all that have one, in an environment:
// they must end, or not.
func (c *couch) waiting(env *golden.Env, ends bool) error {
	for _, component := range []string{"controller", "invoker"} {
		if err := c.waits(env, component, ends); err != nil {
			return err
		}
	}
	return nil
}

// waits runs the wait of a component for CouchDB: it must end, or not.
func (c *couch) waits(env *golden.Env, component string, ends bool) error {
	pod, err := podproc.New(env, c.run.Guard, podproc.Options{Component: component, IP: c.ip, Secrets: c.secrets, Rules: []podproc.Rule{
		{In: "env CONFIG_whisk_couchdb_host", From: "couchdb", To: c.ip, Always: true},
	}})
	if err != nil {
		return err
	}
	if err := waitEnds(c.run.Context, pod, "wait-for-couchdb", ends); err != nil {
		return fmt.Errorf("%s: %w", component, err)
	}
	return pod.Checked()
}

// request sends a request as the administrator and returns the answer; what is no
// object is its list.
func (c *couch) request(method, path string, body any) (int, map[string]any, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(c.run.Context, method, "http://"+c.gate.target+path, reader)
	if err != nil {
		return 0, nil, err
	}
	admin := madeSecrets()["couchdb-admin"]
	request.SetBasicAuth(admin["username"], admin["password"])
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, err
	}
	var answer any
	if err := json.Unmarshal(text, &answer); err != nil {
		return response.StatusCode, nil, fmt.Errorf("%s %s: status %d: %s", method, path, response.StatusCode, text)
	}
	if object, ok := answer.(map[string]any); ok {
		return response.StatusCode, object, nil
	}
	return response.StatusCode, map[string]any{"list": answer}, nil
}

// must is request with a status below 400.
func (c *couch) must(method, path string, body any) (map[string]any, error) {
	status, answer, err := c.request(method, path, body)
	if err == nil && status >= 400 {
		err = fmt.Errorf("%s %s: status %d: %v", method, path, status, answer)
	}
	return answer, err
}

// state is all that is in the databases, as text: documents without revisions,
// permissions and the marker. A user's password is a hash with a new salt each
// time, so it is left out; and so is what CouchDB writes by itself, when it comes to
// it: the events in _global_changes and the rules of _users.
func (c *couch) state() (string, error) {
	var lines []string
	all, err := c.must(http.MethodGet, "/_all_dbs", nil)
	if err != nil {
		return "", err
	}
	var names []string
	for _, db := range all["list"].([]any) {
		names = append(names, db.(string))
	}
	slices.Sort(names) // the double gives them as they were made
	for _, name := range names {
		if strings.HasPrefix(name, "openwhisk_") {
			security, err := c.must(http.MethodGet, "/"+name+"/_security", nil)
			if err != nil {
				return "", err
			}
			lines = append(lines, name+"/_security "+canonical(security))
		}
		lines = append(lines, name)
		if name == "_global_changes" {
			continue
		}
		docs, err := c.must(http.MethodGet, "/"+url.PathEscape(name)+"/_all_docs?include_docs=true", nil)
		if err != nil {
			return "", err
		}
		rows, _ := docs["rows"].([]any)
		for _, row := range rows {
			doc, _ := row.(map[string]any)["doc"].(map[string]any)
			for _, volatile := range []string{"_rev", "derived_key", "salt", "iterations", "password_scheme"} {
				delete(doc, volatile)
			}
			if doc["_id"] != "_design/_auth" {
				lines = append(lines, name+" "+canonical(doc))
			}
		}
	}
	status, marker, err := c.request(http.MethodGet, "/openwhisk_subjects/_local/whiskops", nil)
	if err != nil {
		return "", err
	}
	return strings.Join(append(lines, fmt.Sprintf("marker %d %v", status, marker["hashes"])), "\n"), nil
}

// difference of two states: what one has and the other has not, each line by its
// beginning.
func difference(want, got string) string {
	var all []string
	for _, side := range []struct{ word, of, in string }{{"without ", want, got}, {"with ", got, want}} {
		there := strings.Split(side.in, "\n")
		for line := range strings.SplitSeq(side.of, "\n") {
			if !slices.Contains(there, line) {
				all = append(all, fmt.Sprintf("%s%.400s", side.word, line))
			}
		}
	}
	if len(all) == 0 && want != got {
		return "the same lines, in another order or number: " + tail(got)
	}
	return tail(strings.Join(all, "\n"))
}

func canonical(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
