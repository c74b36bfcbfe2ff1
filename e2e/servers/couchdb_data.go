package servers

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// vectorsFile has what each view gives for each document. It is the product's
// own test data, from OpenWhisk's functions.
const vectorsFile = "../../generators/couchdbinit/testdata/vectors.json"

// views puts the vectors' documents into the databases and asks the views that
// couchdb-init has installed.
func (c *couch) views() error {
	raw, err := os.ReadFile(vectorsFile)
	if err != nil {
		return err
	}
	var data struct {
		Documents map[string]map[string]map[string]any
		Vectors   []struct {
			DB, DDoc, View, Doc string
			Rows                json.RawMessage
		}
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		return err
	}
	// Of documents with the same _id one can be stored.
	stored := map[string]map[string]revisions{}
	var put []string
	for _, db := range []string{"whisks", "activations", "subjects"} {
		stored[db] = map[string]revisions{}
		names := slices.Sorted(func(yield func(string) bool) {
			for name := range data.Documents[db] {
				if !yield(name) {
					return
				}
			}
		})
		taken := map[string]bool{}
		for _, name := range names {
			doc := data.Documents[db][name]
			id, _ := doc["_id"].(string)
			if id == "" || id[0] == '_' || taken[id] {
				continue
			}
			taken[id] = true
			old, _ := doc["_rev"].(string)
			delete(doc, "_rev")
			path := "/openwhisk_" + db + "/" + url.PathEscape(id)
			status, answer, err := c.request(http.MethodPut, path, doc)
			if err != nil {
				return err
			}
			if status == http.StatusConflict {
				continue // a subject of couchdb-init
			}
			if status >= 400 {
				return fmt.Errorf("PUT %s: status %d: %v", path, status, answer)
			}
			rev, _ := answer["rev"].(string)
			stored[db][name] = revisions{old, rev}
			put = append(put, path+"?rev="+rev)
		}
	}
	compared := 0
	answers := map[string]map[string][]string{}
	for _, v := range data.Vectors {
		rev, ok := stored[v.DB][v.Doc]
		if !ok {
			continue
		}
		view := "/openwhisk_" + v.DB + "/_design/" + v.DDoc + "/_view/" + v.View
		if answers[view] == nil {
			status, answer, err := c.request(http.MethodGet, view+"?reduce=false", nil)
			if err != nil {
				return err
			}
			if status == http.StatusNotFound {
				continue // a design document of another version of OpenWhisk
			}
			answers[view] = rowsByID(answer)
		}
		id := data.Documents[v.DB][v.Doc]["_id"].(string)
		want, err := wantedRows(v.Rows, rev)
		if err != nil {
			return err
		}
		got := answers[view][id]
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("view %s of document %q gives\n%s\nnot\n%s", view, v.Doc, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		compared++
	}
	if compared < 300 {
		return fmt.Errorf("only %d view vectors could be compared", compared)
	}
	for _, path := range put {
		if _, err := c.must(http.MethodDelete, path, nil); err != nil {
			return err
		}
	}
	c.proved("%d view vectors hold in the installed views", compared)
	return nil
}

func rowsByID(answer map[string]any) map[string][]string {
	found := map[string][]string{}
	rows, _ := answer["rows"].([]any)
	for _, row := range rows {
		r := row.(map[string]any)
		id := r["id"].(string)
		found[id] = append(found[id], canonical(map[string]any{"key": r["key"], "value": r["value"]}))
	}
	return found
}

// revisions are those of a document in the vectors and here.
type revisions struct{ vector, here string }

// wantedRows are a vector's rows, with the revision that the document has here.
func wantedRows(raw json.RawMessage, rev revisions) ([]string, error) {
	var rows []map[string]any
	text := strings.ReplaceAll(string(raw), `"`+rev.vector+`"`, `"`+rev.here+`"`)
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, err
	}
	var want []string
	for _, row := range rows {
		want = append(want, canonical(map[string]any{"key": row["key"], "value": row["value"]}))
	}
	slices.Sort(want)
	return want, nil
}

// upgrade runs it where another version of it and users have been.
func (c *couch) upgrade() error {
	const design = "/openwhisk_whisks/_design/whisks.v2.1.0"
	old, err := c.must(http.MethodGet, design, nil)
	if err != nil {
		return err
	}
	old["views"].(map[string]any)["actions"] = map[string]any{"map": "function (doc) { emit(doc.old, 1); }"}
	marker, err := c.must(http.MethodGet, "/openwhisk_subjects/_local/whiskops", nil)
	if err != nil {
		return err
	}
	marker["hashes"] = []string{strings.Repeat("0", 64)}
	guest, err := c.must(http.MethodGet, "/openwhisk_subjects/guest", nil)
	if err != nil {
		return err
	}
	before, err := c.state()
	if err != nil {
		return err
	}
	guest["namespaces"] = append(guest["namespaces"].([]any), map[string]any{"name": "shared", "uuid": "u", "key": "k"})
	guest["blocked"] = true
	security, err := c.must(http.MethodGet, "/openwhisk_whisks/_security", nil)
	if err != nil {
		return err
	}
	members := security["members"].(map[string]any)
	members["names"] = append(members["names"].([]any), "auditor")
	users := []struct {
		path string
		doc  map[string]any
	}{
		{"/openwhisk_whisks/guest%2Fhello", map[string]any{"namespace": "guest", "name": "hello", "exec": map[string]any{"kind": "nodejs:20"}}},
		{"/openwhisk_activations/guest%2F1", map[string]any{"namespace": "guest", "activationId": "1", "start": 1}},
		{"/openwhisk_subjects/guest%2Flimits", map[string]any{"invocationsPerMinute": 7}},
		{"/openwhisk_whisks/_design/mine", map[string]any{"views": map[string]any{"v": map[string]any{"map": "function (doc) { emit(1, 1); }"}}}},
		{"/openwhisk_subjects/guest", guest},
		{"/openwhisk_whisks/_security", security},
	}
	for _, u := range users {
		if _, err := c.must(http.MethodPut, u.path, u.doc); err != nil {
			return err
		}
	}
	wanted, err := c.state()
	if err != nil {
		return err
	}
	if wanted == before {
		return fmt.Errorf("users' data is not stored")
	}
	for path, doc := range map[string]any{design: old, "/openwhisk_subjects/_local/whiskops": marker} {
		if _, err := c.must(http.MethodPut, path, doc); err != nil {
			return err
		}
	}
	if err := c.waits(c.run.Env, "controller", false); err != nil {
		return fmt.Errorf("with the marker of another version: %w", err)
	}
	if _, err := c.runInit(); err != nil {
		return err
	}
	if err := c.waits(c.run.Env, "controller", true); err != nil {
		return err
	}
	after, err := c.state()
	if err != nil {
		return err
	}
	// The other version's mark stays in front.
	if after = strings.Replace(after, "["+strings.Repeat("0", 64)+" ", "[", 1); after != wanted {
		return fmt.Errorf("users' data or the design document is not as it should be: %s", difference(wanted, after))
	}
	c.proved("an outdated design document is replaced, controllers wait for it, and users' documents, permissions, namespaces and design documents are kept")
	return nil
}

// killed kills the program at steps of its way from empty, and lets it run
// again.
func (c *couch) killed() error {
	if err := c.empty(); err != nil {
		return err
	}
	c.gate.arm(0, false, nil)
	if _, err := c.runInit(); err != nil {
		return err
	}
	wanted, err := c.state()
	if err != nil {
		return err
	}
	steps := c.gate.passed()
	// Each environment takes other steps.
	const stride = 4
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(c.run.Env.Name))
	kills := 0
	for at := 1 + int(sum.Sum32()%stride); at <= steps; at += stride {
		if err := c.empty(); err != nil {
			return err
		}
		started := make(chan *podproc.Process, 1)
		c.gate.arm(at, kills%2 == 1, func() { (<-started).Kill() })
		process, err := c.init.Start(couchInit)
		if err != nil {
			return err
		}
		started <- process
		if err := process.Wait(c.run.Context); err == nil {
			return fmt.Errorf("init.js ended before request %d", at)
		}
		if c.gate.passed() < at {
			return fmt.Errorf("init.js failed before request %d: %s", at, tail(process.Log()))
		}
		c.gate.arm(0, false, nil)
		kills++
		if at < steps-2 {
			if status, _, err := c.request(http.MethodGet, "/openwhisk_subjects/_local/whiskops", nil); err != nil || status != http.StatusNotFound {
				return wrong(err, "killed at request %d of %d, the marker says that all is done", at, steps)
			}
		}
		if _, err := c.runInit(); err != nil {
			return fmt.Errorf("after a kill at request %d: %w", at, err)
		}
		after, err := c.state()
		if err != nil {
			return err
		}
		if after != wanted {
			return fmt.Errorf("after a kill at request %d of %d the end is %s", at, steps, difference(wanted, after))
		}
	}
	c.proved("couchdb-init is killed at %d of its %d requests, before or after the server has it: the next run ends the same", kills, steps)
	return nil
}

// empty deletes all that couchdb-init makes.
func (c *couch) empty() error {
	all, err := c.must(http.MethodGet, "/_all_dbs", nil)
	if err != nil {
		return err
	}
	for _, db := range all["list"].([]any) {
		if name := db.(string); strings.HasPrefix(name, "openwhisk_") || name == "_global_changes" {
			if _, err := c.must(http.MethodDelete, "/"+name, nil); err != nil {
				return err
			}
		}
	}
	docs, err := c.must(http.MethodGet, "/_users/_all_docs", nil)
	if err != nil {
		return err
	}
	for _, row := range docs["rows"].([]any) {
		r := row.(map[string]any)
		id := r["id"].(string)
		if !strings.HasPrefix(id, "org.couchdb.user:") {
			continue
		}
		rev := r["value"].(map[string]any)["rev"].(string)
		if _, err := c.must(http.MethodDelete, "/_users/"+url.PathEscape(id)+"?rev="+rev, nil); err != nil {
			return err
		}
	}
	return nil
}
