package servers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

const (
	tenantsComponent = "tenants-sync"
	tenantsSecret    = "openwhisk-tenants"
)

// tenants writes those of an environment to a database.
type tenants struct {
	*couch
	// keys of namespaces.
	keys map[string]string
}

// Tenants proves that the program writes the tenants of an environment to the
// database that couchdb-init makes, once, and again when one changes.
func Tenants(r *Run) error {
	c, err := newCouch(r)
	if err != nil {
		return fmt.Errorf("tenants: %w", err)
	}
	t := &tenants{couch: c}
	for _, step := range []struct {
		name  string
		check func() error
	}{{"start", c.begin}, {"keys", t.made}, {"before the database", t.early}, {"from empty", t.fromEmpty}, {"one", t.one}, {"views", t.views}} {
		if err := step.check(); err != nil {
			return fmt.Errorf("tenants: %s: %w", step.name, err)
		}
	}
	return nil
}

// lines of the tenants, by their names.
func (t *tenants) lines(env *golden.Env) (map[string]map[string]any, error) {
	all := map[string]map[string]any{}
	for name, data := range env.ConfigMaps {
		for key, text := range data {
			if !strings.HasPrefix(name, "tenants-") || !strings.HasSuffix(key, ".jsonl") {
				continue
			}
			for line := range strings.Lines(text) {
				var one map[string]any
				if err := json.Unmarshal([]byte(line), &one); err != nil {
					return nil, err
				}
				all[one["subject"].(string)] = one
			}
		}
	}
	return all, nil
}

// made gives each namespace a key.
func (t *tenants) made() error {
	all, err := t.lines(t.run.Env)
	if err != nil {
		return err
	}
	t.keys = map[string]string{}
	for _, line := range all {
		for name := range line["namespaces"].(map[string]any) {
			n := len(t.keys)
			t.keys[name] = fmt.Sprintf("00000000-0000-4000-9000-%012d:%s%04d", n, strings.Repeat("t", 60), n)
		}
	}
	t.secrets[tenantsSecret] = t.keys
	return nil
}

// pod of the program, as an environment has it.
func (t *tenants) program(env *golden.Env) (*podproc.Pod, error) {
	ip, err := t.run.address(tenantsComponent)
	if err != nil {
		return nil, err
	}
	return podproc.New(env, t.run.Guard, podproc.Options{Component: tenantsComponent, IP: ip, Secrets: t.secrets, Rules: []podproc.Rule{
		{In: "env COUCHDB_URL", From: "http://couchdb:", To: "http://" + t.gate.ip + ":", Always: true},
		{In: "file again.js", From: `"/secrets"`, To: `"$POD/root/secrets"`, Always: true},
	}})
}

// run one until it is ready, and how long that took.
func (t *tenants) runOnce(env *golden.Env) (time.Duration, string, error) {
	pod, err := t.program(env)
	if err != nil {
		return 0, "", err
	}
	begin := time.Now()
	process, err := pod.Start(tenantsComponent)
	if err != nil {
		return 0, "", err
	}
	defer process.Kill()
	err = t.run.probesPass(pod, tenantsComponent, 3*time.Minute)
	took := time.Since(begin)
	for name, key := range t.keys {
		if _, secret, _ := strings.Cut(key, ":"); strings.Contains(process.Log(), secret) {
			return took, "", fmt.Errorf("it prints the key of %s", name)
		}
	}
	if err != nil {
		return took, process.Log(), fmt.Errorf("%w: %s", err, tail(process.Log()))
	}
	return took, process.Log(), nil
}

// early is not ready while there is no database.
func (t *tenants) early() error {
	pod, err := t.program(t.run.Env)
	if err != nil {
		return err
	}
	process, err := pod.Start(tenantsComponent)
	if err != nil {
		return err
	}
	defer process.Kill()
	if err := eventually(t.run.Context, time.Minute, func() error {
		if !strings.Contains(process.Log(), "couchdb-init makes this user") {
			return fmt.Errorf("it does not say what it waits for: %s", tail(process.Log()))
		}
		return nil
	}); err != nil {
		return err
	}
	if err := pod.Probe(t.run.Context, tenantsComponent, "readinessProbe"); err == nil {
		return fmt.Errorf("it is ready without a database")
	}
	if _, err := t.runInit(); err != nil {
		return err
	}
	if err := t.run.probesPass(pod, tenantsComponent, 2*time.Minute); err != nil {
		return fmt.Errorf("%w: %s", err, tail(process.Log()))
	}
	t.proved("tenants waits for its user and its database, with the account of the controllers, and is ready once couchdb-init has made them")
	return t.forget()
}

func (t *tenants) database() string { return "/" + t.variable("DATABASE") }

// forget deletes all subjects of tenants, and their limits.
func (t *tenants) forget() error {
	rows, err := t.documents()
	if err != nil {
		return err
	}
	var docs []any
	for id, d := range rows {
		docs = append(docs, map[string]any{"_id": id, "_rev": d["_rev"], "_deleted": true})
	}
	_, err = t.must(http.MethodPost, t.database()+"/_bulk_docs", map[string]any{"docs": docs})
	return err
}

// documents of the database that are no design and not couchdb-init's, by id.
func (t *tenants) documents() (map[string]map[string]any, error) {
	answer, err := t.must(http.MethodGet, t.database()+"/_all_docs?include_docs=true", nil)
	if err != nil {
		return nil, err
	}
	all := map[string]map[string]any{}
	for _, row := range answer["rows"].([]any) {
		d := row.(map[string]any)["doc"].(map[string]any)
		id := d["_id"].(string)
		if _, own := madeSecrets()["openwhisk-subjects"][id]; !own && !strings.HasPrefix(id, "_") {
			all[id] = d
		}
	}
	return all, nil
}

func (t *tenants) sequence() (any, error) {
	answer, err := t.must(http.MethodGet, t.database(), nil)
	return answer["update_seq"], err
}

// fromEmpty writes all, and then nothing.
func (t *tenants) fromEmpty() error {
	all, err := t.lines(t.run.Env)
	if err != nil {
		return err
	}
	took, _, err := t.runOnce(t.run.Env)
	if err != nil {
		return err
	}
	docs, err := t.documents()
	if err != nil {
		return err
	}
	wanted := 0
	for subject, line := range all {
		there := docs[subject] != nil
		if there == (line["state"] == "removed") {
			return fmt.Errorf("%s is there: %v", subject, there)
		}
		if there {
			wanted++
		}
	}
	before, err := t.sequence()
	if err != nil {
		return err
	}
	again, log, err := t.runOnce(t.run.Env)
	if err != nil {
		return err
	}
	after, err := t.sequence()
	if err != nil || before != after {
		return wrong(err, "a second run writes: %v, then %v: %s", before, after, tail(log))
	}
	t.proved("%d tenants are there %.1f s after the pod began on an empty database, and a second run, ready after %.1f s, writes nothing", wanted, took.Seconds(), again.Seconds())
	return nil
}

// one tenant changes, and no other.
func (t *tenants) one() error {
	env, err := t.run.Env.Changed("configmap-tenants-*", `"tenant-0500":{"invocationsPerMinute":60}`, `"tenant-0500":{"invocationsPerMinute":61}`)
	if err != nil {
		return err
	}
	before, err := t.documents()
	if err != nil {
		return err
	}
	took, _, err := t.runOnce(env)
	if err != nil {
		return err
	}
	after, err := t.documents()
	if err != nil {
		return err
	}
	for id, d := range after {
		if changed := d["_rev"] != before[id]["_rev"]; changed != (id == "tenant-0500/limits") {
			return fmt.Errorf("%s is written anew: %v", id, changed)
		}
	}
	if n := after["tenant-0500/limits"]["invocationsPerMinute"]; n != 61.0 {
		return fmt.Errorf("the new limit is %v", n)
	}
	t.proved("a changed limit of one of them is there %.1f s after the new pod began, and no other document is written", took.Seconds())
	return nil
}

// views of the database give what controllers and invokers ask for.
func (t *tenants) views() error {
	identity := func(name string) (map[string]any, error) {
		id, key, _ := strings.Cut(t.keys[name], ":")
		keys, err := json.Marshal([]string{id, key})
		if err != nil {
			return nil, err
		}
		answer, err := t.must(http.MethodGet, t.database()+"/_design/subjects.v2.0.0/_view/identities?include_docs=true&key="+url.QueryEscape(string(keys)), nil)
		if err != nil {
			return nil, err
		}
		rows, _ := answer["rows"].([]any)
		if len(rows) == 0 {
			return nil, nil
		}
		return rows[0].(map[string]any), nil
	}
	two, err := identity("several-dev")
	if err != nil || two == nil || two["id"] != "several" || two["doc"].(map[string]any)["firesPerMinute"] != 2.0 {
		return wrong(err, "the identity of a second namespace is %v", two)
	}
	blocked, err := identity("blocked")
	if err != nil || blocked != nil {
		return wrong(err, "one who is blocked has an identity: %v", blocked)
	}
	answer, err := t.must(http.MethodGet, t.database()+"/_design/namespaceThrottlings/_view/blockedNamespaces?reduce=false", nil)
	if err != nil {
		return err
	}
	var turned []string
	for _, row := range answer["rows"].([]any) {
		turned = append(turned, row.(map[string]any)["key"].(string))
	}
	if got := strings.Join(turned, " "); got != "blocked several-none" {
		return fmt.Errorf("invokers turn away %q", got)
	}
	t.proved("the views give controllers each namespace by its key with its limits, and invokers who is blocked or may invoke nothing")
	return nil
}
