package servers

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// catalogFile has what is expected of CouchDB's files. It is the product's own.
const catalogFile = "../../internal/catalog/data/2.0.0.json"

// growthClaims are what the clean-up proves of CouchDB itself alone.
var growthClaims = []string{
	"CouchDB compacts its files by itself, and they never take more than is expected of records, views and what stays of deleted records",
}

// grows lets records come and go as in the life of an installation, and compares what
// CouchDB's files take with what the size of its volume is judged by.
func (k *cleaner) grows() error {
	if k.image == "" {
		k.run.notRun(whyNot(), growthClaims)
		return nil
	}
	raw, err := os.ReadFile(catalogFile)
	if err != nil {
		return err
	}
	var catalog struct{ Growth growth }
	if err := json.Unmarshal(raw, &catalog); err != nil {
		return err
	}
	g := catalog.Growth
	// CouchDB looks at a file once in five minutes at most. Here they are a moment.
	if _, err := k.must(http.MethodPut, "/_node/_local/_config/smoosh/staleness", "0"); err != nil {
		return err
	}
	before, err := k.files()
	if err != nil {
		return err
	}
	const window, round, rounds = 5000, 500, 30
	var kept []any
	var most int64
	mean := 0
	for i := range rounds {
		docs, size, err := k.arrive(round, i)
		if err != nil {
			return err
		}
		kept, mean = append(kept, docs...), size
		if len(kept) > window {
			if err := k.leave(kept[:round]); err != nil {
				return err
			}
			kept = kept[round:]
		}
		// The hour until the next ones come.
		for range 10 {
			time.Sleep(100 * time.Millisecond)
			now, err := k.files()
			if err != nil {
				return err
			}
			most = max(most, now-before)
		}
	}
	expected := g.kept(window, mean) + g.deleted(round*rounds-window)
	if most > expected {
		return fmt.Errorf("%d records of %d bytes and what stays of %d take up to %d bytes of CouchDB's volume, not %d as the catalogue has it",
			window, mean, round*rounds-window, most, expected)
	}
	k.proved("while %d records of %d bytes come and all but %d go, CouchDB compacts its files by itself: they take %d MB at most, and %d are expected", round*rounds, mean, window, most>>20, expected>>20)
	return nil
}

// growth is the catalogue's.
type growth struct{ Compaction, Index, Tombstone int }

func (g growth) kept(n, size int) int64 { return int64(n) * int64(g.Compaction) * int64(size+g.Index) }
func (g growth) deleted(n int) int64    { return int64(n) * int64(g.Compaction) * int64(g.Tombstone) }

// files is what the server's files take, in bytes.
func (k *cleaner) files() (int64, error) {
	var sum int64
	err := filepath.WalkDir(k.data()+"/", func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // a file may go while it is looked at
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum, err
}

// arrive stores so many records, as activations do, and gives what deletes them and
// the bytes of one. Their logs cannot be compressed. A list of them is asked for, as
// users do.
func (k *cleaner) arrive(n, round int) ([]any, int, error) {
	docs := make([]any, n)
	size := 0
	for i := range docs {
		doc := usual(1700000000000 + int64(round*n+i))
		docs[i] = doc
		size = len(canonical(doc))
	}
	answer, err := k.must(http.MethodPost, records+"/_bulk_docs", map[string]any{"docs": docs})
	if err != nil {
		return nil, 0, err
	}
	list, _ := answer["list"].([]any)
	for i, one := range list {
		stored, _ := one.(map[string]any)
		docs[i] = map[string]any{"_id": stored["id"], "_rev": stored["rev"], "_deleted": true}
	}
	for _, view := range []string{"whisks.v2.1.0", "whisks-filters.v2.1.1"} {
		if _, err := k.must(http.MethodGet, records+"/_design/"+view+"/_view/activations?reduce=false&limit=1", nil); err != nil {
			return nil, 0, err
		}
	}
	return docs, size, nil
}

// leave deletes records in batches, as couchdb-cleanup does.
func (k *cleaner) leave(docs []any) error {
	const batch = 200
	for len(docs) > 0 {
		n := min(batch, len(docs))
		if _, err := k.must(http.MethodPost, records+"/_bulk_docs", map[string]any{"docs": docs[:n]}); err != nil {
			return err
		}
		docs = docs[n:]
	}
	return nil
}

// usual is a record with the annotations that OpenWhisk gives each.
func usual(start int64) map[string]any {
	text := func(n int) string {
		raw := make([]byte, n/2)
		for i := range raw {
			raw[i] = byte(rand.Uint32())
		}
		return hex.EncodeToString(raw)
	}
	id := text(32)
	note := func(key string, value any) any { return map[string]any{"key": key, "value": value} }
	return map[string]any{
		"_id": "guest/" + id, "activationId": id, "namespace": "guest", "name": "hello", "version": "0.0.1", "entityType": "activation", "subject": "guest",
		"start": start, "end": start + 100, "duration": 100, "publish": false, "updated": start, "cause": text(32),
		"annotations": []any{
			note("path", "guest/default-package/hello"), note("waitTime", start%997), note("kind", "nodejs:20"), note("timeout", false), note("initTime", start%83),
			note("limits", map[string]any{"concurrency": 1, "logs": 10, "memory": 256, "timeout": 60000}),
		},
		"logs": []string{text(1200)}, "response": map[string]any{"statusCode": 0, "result": map[string]any{"text": text(200)}},
	}
}
