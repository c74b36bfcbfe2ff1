package servers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

const couchCleanup = "couchdb-cleanup"

// Cleanup proves that couchdb-cleanup deletes the records of activations that
// ended long enough ago and nothing else, that it goes on where it was killed, and
// that it refuses where it could delete what should stay. An environment that
// keeps records for ever has none.
func Cleanup(r *Run) error {
	if _, err := r.Env.Workload(couchCleanup); err != nil {
		return nil
	}
	c, err := newCouch(r)
	if err != nil {
		return fmt.Errorf("clean-up: %w", err)
	}
	keep, err := strconv.Atoi(c.variable("KEEP_SECONDS"))
	if err != nil {
		return fmt.Errorf("clean-up: %w", err)
	}
	k := &cleaner{couch: c, keep: time.Duration(keep) * time.Second}
	if k.cleanup, err = r.pod(podproc.Options{Component: couchCleanup, IP: c.ip, Secrets: c.secrets, Rules: []podproc.Rule{
		{In: "env COUCHDB_URL", From: "http://couchdb:", To: "http://" + c.gate.ip + ":", Always: true},
		{In: "file server.js", From: `"/secrets"`, To: `"$POD/root/secrets"`, Always: true},
	}}); err != nil {
		return fmt.Errorf("clean-up: %w", err)
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"start", c.begin}, {"without a database", k.tooEarly}, {"set up", func() error { _, err := c.runInit(); return err }},
		{"old and new", k.deletes}, {"killed", k.killed}, {"refusals", k.refuses}, {"growth", k.grows},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("clean-up: %s: %w", step.name, err)
		}
	}
	return nil
}

// variable of a ConfigMap, by its name.
func (c *couch) variable(name string) string {
	for _, data := range c.run.Env.ConfigMaps {
		if text, ok := data[name]; ok {
			return text
		}
	}
	return ""
}

// cleaner runs the clean-up of a server's records.
type cleaner struct {
	*couch
	keep time.Duration
	// cleanup is its pod.
	cleanup *podproc.Pod
}

// begun starts it in a new pod.
func (k *cleaner) begun() (*podproc.Process, error) {
	if err := k.cleanup.Replace(); err != nil {
		return nil, err
	}
	return k.cleanup.Start(couchCleanup)
}

// clean runs it to its end and returns what it wrote.
func (k *cleaner) clean() (string, error) {
	before, _ := os.ReadFile(k.cleanup.LogFile(couchCleanup))
	process, err := k.begun()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(k.run.Context, time.Minute)
	defer cancel()
	err = process.Wait(ctx)
	log := strings.TrimPrefix(process.Log(), string(before))
	return log, errors.Join(err, k.cleanup.Checked(), k.silent(log))
}

// refused runs it where it must not end well.
func (k *cleaner) refused(want string) error {
	before, err := k.state()
	if err != nil {
		return err
	}
	log, err := k.clean()
	if err == nil || !strings.Contains(log, want) {
		return fmt.Errorf("it ends with %v, and does not say %q: %s", err, want, tail(log))
	}
	after, err := k.state()
	if err != nil || before != after {
		return wrong(err, "it refuses, and leaves the state %s", difference(before, after))
	}
	return nil
}

func (k *cleaner) tooEarly() error {
	if log, err := k.clean(); err == nil || !strings.Contains(log, "401") {
		return fmt.Errorf("a server that does not know its account: %v: %s", err, tail(log))
	}
	return nil
}

// put stores a record that began and ended so long ago; a negative time is no end.
func (k *cleaner) put(id string, start, end time.Duration, change func(map[string]any)) error {
	ms := func(ago time.Duration) int64 { return time.Now().Add(-ago).UnixMilli() }
	doc := map[string]any{
		"activationId": id, "namespace": "guest", "name": "hello", "version": "0.0.1", "entityType": "activation", "subject": "guest",
		"start": ms(start), "annotations": []any{}, "logs": []string{"a line"}, "response": map[string]any{"statusCode": 0},
	}
	if end >= 0 {
		doc["end"] = ms(end)
	}
	if change != nil {
		change(doc)
	}
	_, err := k.must(http.MethodPut, records+"/"+url.PathEscape("guest/"+id), doc)
	return err
}

// others are documents that are not to be touched, all of them old.
func (k *cleaner) others() error {
	for path, doc := range map[string]map[string]any{
		"/openwhisk_whisks/" + url.PathEscape("guest/hello"):       {"namespace": "guest", "name": "hello", "updated": 1, "start": 1, "activationId": "x"},
		"/openwhisk_subjects/" + url.PathEscape("guest/limits"):    {"invocationsPerMinute": 7, "start": 1},
		records + "/" + url.PathEscape("guest/no-record"):          {"start": 1, "end": 2, "note": "somebody's"},
		records + "/" + url.PathEscape("guest/without-a-start"):    {"activationId": "without-a-start", "namespace": "guest"},
		records + "/" + url.PathEscape("_design/whiskops-of-mine"): {"views": map[string]any{"v": map[string]any{"map": "function (doc) { emit(1, 1); }"}}},
	} {
		if _, err := k.must(http.MethodPut, path, doc); err != nil {
			return err
		}
	}
	return nil
}

// old are records that are to go.
func (k *cleaner) old(n int) error {
	for i := range n {
		if err := k.put(fmt.Sprintf("old-%d", i), k.keep+time.Duration(i+2)*time.Minute, k.keep+time.Minute, nil); err != nil {
			return err
		}
	}
	return nil
}

// younger than the bound are records that stay. They must be so to the end of the
// check, which takes minutes on a busy machine.
const younger = 10 * time.Minute

// deletes has records on both sides of the bound.
func (k *cleaner) deletes() error {
	if err := k.others(); err != nil {
		return err
	}
	for id, times := range map[string][2]time.Duration{
		"new": {time.Minute, time.Minute}, "across": {k.keep - younger, k.keep - younger}, "running": {k.keep + time.Hour, k.keep - younger},
	} {
		if err := k.put(id, times[0], times[1], nil); err != nil {
			return err
		}
	}
	wanted, err := k.state()
	if err != nil {
		return err
	}
	if err := k.old(450); err != nil {
		return err
	}
	if err := k.put("trigger", k.keep+time.Hour, -1, nil); err != nil {
		return err
	}
	log, err := k.clean()
	if err != nil {
		return fmt.Errorf("%w: %s", err, tail(log))
	}
	after, err := k.state()
	if err != nil {
		return err
	}
	if after != wanted || !strings.Contains(log, "451 deleted, 1 began before and are kept") {
		return fmt.Errorf("it says %q, and left %s", tail(log), difference(wanted, after))
	}
	if log, err = k.clean(); err != nil || !strings.Contains(log, "0 deleted, 1 ") {
		return wrong(err, "the second run says %q", tail(log))
	}
	if after, err = k.state(); err != nil || after != wanted {
		return wrong(err, "the second run left %s", difference(wanted, after))
	}
	k.proved("couchdb-cleanup, with the invokers' account, deletes 451 records that ended more than %s ago and keeps one that was still running, one that is %s younger, and every other document of all databases; a second run deletes nothing", k.keep, younger)
	return nil
}

// killed kills it at each of its requests, before or after the server has it.
func (k *cleaner) killed() error {
	wanted, err := k.state()
	if err != nil {
		return err
	}
	const old = 250
	kills := 0
	for at := 1; ; at++ {
		if err := k.old(old); err != nil {
			return err
		}
		started := make(chan *podproc.Process, 1)
		k.gate.arm(at, at%2 == 0, func() { (<-started).Kill() })
		process, err := k.begun()
		if err != nil {
			return err
		}
		started <- process
		ended := process.Wait(k.run.Context) == nil
		k.gate.arm(0, false, nil)
		if !ended {
			kills++
			if log, err := k.clean(); err != nil {
				return fmt.Errorf("after a kill at request %d: %w: %s", at, err, tail(log))
			}
		}
		after, err := k.state()
		if err != nil || after != wanted {
			return wrong(err, "after a kill at request %d it left %s", at, difference(wanted, after))
		}
		if ended {
			break
		}
	}
	if kills < 5 {
		return fmt.Errorf("it has only %d requests for %d records", kills, old)
	}
	k.proved("couchdb-cleanup is killed at each of its %d requests, before or after the server has it: the next run ends the same", kills)
	return nil
}

// refuses has what could lead it astray.
func (k *cleaner) refuses() error {
	if err := k.old(3); err != nil {
		return err
	}
	for _, tt := range []struct {
		id     string
		start  time.Duration
		change func(map[string]any)
		want   string
	}{
		{"future", -time.Hour, nil, "the newest activation began at"},
		{"an-action", 2 * k.keep, func(doc map[string]any) { doc["entityType"] = "action" }, `document "guest/an-action" is in the view of activations and is none`},
	} {
		if err := k.put(tt.id, tt.start, tt.start, tt.change); err != nil {
			return err
		}
		if err := k.refused(tt.want); err != nil {
			return fmt.Errorf("%s: %w", tt.id, err)
		}
		doc, err := k.must(http.MethodGet, records+"/"+url.PathEscape("guest/"+tt.id), nil)
		if err != nil {
			return err
		}
		if _, err := k.must(http.MethodDelete, records+"/"+url.PathEscape("guest/"+tt.id)+"?rev="+doc["_rev"].(string), nil); err != nil {
			return err
		}
	}
	k.proved("couchdb-cleanup deletes nothing, and says why, where a record is from the future or a document of the view is no activation")
	return nil
}
