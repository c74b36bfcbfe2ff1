package catalog_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const lines = `{"subject":"alice","namespaces":{"alice":{"invocationsPerMinute":5},"alice-dev":{}}}
{"subject":"bobby","state":"blocked","namespaces":{"bobby":{}}}
{"subject":"carol","state":"removed","namespaces":{"carol":{}}}
`

func TestTenants(t *testing.T) {
	t.Parallel()
	p := newTenancy(t, lines, map[string]int{"alice": 1, "alice-dev": 2, "bobby": 3})
	p.database.put("carol", doc{"subject": "carol", "namespaces": []any{namespaceOf("carol", 9)}})
	p.database.put("carol/limits", doc{"firesPerMinute": 3})
	p.database.put("other", doc{"subject": "other", "namespaces": []any{namespaceOf("other", 8)}})
	p.run()
	want := doc{
		"other":        doc{"subject": "other", "namespaces": []any{namespaceOf("other", 8)}},
		"alice":        doc{"subject": "alice", "namespaces": []any{namespaceOf("alice", 1), namespaceOf("alice-dev", 2)}},
		"alice/limits": doc{"invocationsPerMinute": 5, "whiskops": []any{"invocationsPerMinute"}},
		"bobby":        doc{"subject": "bobby", "namespaces": []any{namespaceOf("bobby", 3)}, "blocked": true, "whiskops": []any{"blocked"}},
	}
	p.want(want)
	p.until("ready", p.ready)
	if i := slices.Index(p.database.written, "alice/limits"); i < 0 || i > slices.Index(p.database.written, "alice") {
		t.Errorf("limits come after who has them: %v", p.database.written)
	}
	if w := p.database.written; slices.Index(w, "carol/limits") < slices.Index(w, "carol") {
		t.Errorf("limits go before who has them: %v", w)
	}

	// What is right is not written, and not even looked at.
	p.rounds(2)
	written, requests := len(p.database.written), len(p.database.requests)
	p.rounds(3)
	if len(p.database.written) != written || slices.ContainsFunc(p.database.requests[requests:], func(r string) bool { return r != "GET " }) {
		t.Errorf("nothing differs, and it asks %v", p.database.requests[requests:])
	}

	// What others write beside stays, what they change comes back.
	p.database.changed("alice/limits", func(d doc) { d["invocationsPerMinute"], d["concurrentInvocations"] = 9, 1 })
	p.database.changed("alice", func(d doc) {
		d["namespaces"] = append([]any{namespaceOf("by-hand", 7)}, d["namespaces"].([]any)[1:]...)
		d["blocked"], d["note"] = true, "kept"
	})
	p.database.changed("bobby", func(d doc) { d["blocked"] = false })
	want["alice"] = doc{"subject": "alice", "namespaces": []any{namespaceOf("by-hand", 7), namespaceOf("alice-dev", 2), namespaceOf("alice", 1)}, "blocked": true, "note": "kept"}
	want["alice/limits"] = doc{"invocationsPerMinute": 5, "concurrentInvocations": 1, "whiskops": []any{"invocationsPerMinute"}}
	p.want(want)

	// A key alone changes, while all else rests.
	p.rounds(3)
	p.file("secrets/tenants/bobby", keyOf(30))
	want["bobby"] = doc{"subject": "bobby", "namespaces": []any{namespaceOf("bobby", 30)}, "blocked": true, "whiskops": []any{"blocked"}}
	p.want(want)

	// Another key, and nothing said of what was said.
	p.rounds(3)
	p.file("secrets/tenants/alice", keyOf(20))
	p.file("tenants/1.jsonl", `{"subject":"alice","state":"active","namespaces":{"alice":{"storeActivations":false},"alice-dev":null}}`+"\n"+`{"subject":"bobby","namespaces":{"bobby":{}}}`+"\n")
	want["alice"] = doc{"subject": "alice", "namespaces": []any{namespaceOf("by-hand", 7), namespaceOf("alice", 20)}, "blocked": false, "note": "kept", "whiskops": []any{"blocked"}}
	want["alice/limits"] = doc{"storeActivations": false, "concurrentInvocations": 1, "whiskops": []any{"storeActivations"}}
	want["bobby"] = doc{"subject": "bobby", "namespaces": []any{namespaceOf("bobby", 30)}}
	p.want(want)

	// A line that goes removes nobody, and limits of which nothing is left go.
	p.database.changed("alice/limits", func(d doc) { delete(d, "concurrentInvocations") })
	p.file("tenants/1.jsonl", `{"subject":"alice","state":"active","namespaces":{"alice":{}}}`+"\n")
	delete(want, "alice/limits")
	p.want(want)
	p.until("ready", p.ready)
}

// What is wrong with one tenant is told, and keeps no other from its own.
func TestTenantsThatCannotBe(t *testing.T) {
	t.Parallel()
	const line = `{"subject":"%s","state":"blocked","namespaces":{"%[1]s":{"firesPerMinute":1}}}` + "\n"
	for _, tt := range []struct {
		name  string
		wrong func(p *tenancy)
		says  string
		bobby any
	}{
		{"no key", func(p *tenancy) {}, "tenant bobby cannot log in to namespace bobby with what it should: it has no key in the Secrets of tenants", nil},
		{"no key, and there", func(p *tenancy) {
			p.database.put("bobby", doc{"subject": "bobby", "namespaces": []any{namespaceOf("bobby", 9)}})
		}, "it has no key in the Secrets", doc{"subject": "bobby", "namespaces": []any{namespaceOf("bobby", 9)}, "blocked": true, "whiskops": []any{"blocked"}}},
		{"no uuid", func(p *tenancy) { p.file("secrets/tenants/bobby", "x:"+strings.Repeat("C", 64)) }, "it has a secret that is not uuid:key, with a key of 64 characters", nil},
		{"short", func(p *tenancy) { p.file("secrets/tenants/bobby", keyOf(2)[:len(keyOf(2))-1]) }, "is not uuid:key", nil},
		{"long", func(p *tenancy) { p.file("secrets/tenants/bobby", keyOf(2)+"C") }, "is not uuid:key", nil},
		{"taken", func(p *tenancy) {
			p.file("secrets/tenants/bobby", keyOf(2))
			p.database.put("other", doc{"subject": "other", "namespaces": []any{namespaceOf("bobby", 9)}})
		}, "tenant bobby cannot have namespace bobby, which subject other has in the database", nil},
		{"no list", func(p *tenancy) {
			p.file("secrets/tenants/bobby", keyOf(2))
			p.database.put("bobby", doc{"subject": "bobby", "namespaces": "none"})
		}, "tenant bobby its document in the database has no list of namespaces", doc{"subject": "bobby", "namespaces": "none"}},
		{"refused", func(p *tenancy) {
			p.file("secrets/tenants/bobby", keyOf(2))
			p.database.refuses = "bobby"
		}, "tenant bobby is refused by the server: forbidden", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newTenancy(t, fmt.Sprintf(line, "alice")+fmt.Sprintf(line, "bobby")+fmt.Sprintf(line, "carol"), map[string]int{"alice": 1, "carol": 3})
			tt.wrong(p)
			p.run()
			p.until("the others", func() bool { d := p.database.shown(); return d["alice"] != nil && d["carol"] != nil })
			p.until("the complaint", func() bool { return strings.Contains(p.out.String(), tt.says) })
			p.rounds(2)
			if p.ready() || strings.Count(p.out.String(), tt.says) != 1 {
				t.Errorf("ready: %v, and it says %s", p.ready(), p.out)
			}
			same(t, tt.bobby, p.database.shown()["bobby"])

			// It is ready once all is right.
			p.database.changed("bobby", func(d doc) { clear(d); d["_deleted"] = true })
			p.database.changed("other", func(d doc) { clear(d); d["_deleted"] = true })
			p.database.mu.Lock()
			p.database.refuses = ""
			p.database.mu.Unlock()
			p.file("secrets/tenants/bobby", keyOf(2)+"\n")
			p.until("ready", p.ready)
			same(t, doc{"subject": "bobby", "namespaces": []any{namespaceOf("bobby", 2)}, "blocked": true, "whiskops": []any{"blocked"}}, p.database.shown()["bobby"])
		})
	}
}

// Of two with one key neither is written: controllers would take one for the other.
func TestTenantsOfOneKey(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]string{"uuid": keyOf(1)[:37] + strings.Repeat("D", 64), "key": uuidOf + "000000000099" + keyOf(1)[36:]} {
		t.Run(name, func(t *testing.T) {
			p := newTenancy(t, lines, map[string]int{"alice": 1, "alice-dev": 2})
			p.file("secrets/tenants/bobby", other)
			p.run()
			p.until("the complaint", func() bool {
				return strings.Count(p.out.String(), "has the same uuid or key as alice and bobby have") == 2
			})
			p.rounds(1)
			same(t, []any{namespaceOf("alice-dev", 2)}, p.database.shown()["alice"].(doc)["namespaces"])
			if p.database.shown()["bobby"] != nil || p.ready() {
				t.Error("it is written, or all is right")
			}
		})
	}
}

// many tenants, in batches, and whoever writes besides.
func TestTenantsGoInBatches(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 199, 200, 201, 1000} {
		var text strings.Builder
		keys := map[string]int{}
		for i := range n {
			name := fmt.Sprintf("tenant-%04d", i)
			fmt.Fprintf(&text, `{"subject":"%s","namespaces":{"%[1]s":{"invocationsPerMinute":%d}}}`+"\n", name, i)
			keys[name] = i
		}
		p := newTenancy(t, text.String(), keys)
		others := 0
		p.database.before = func(_ http.ResponseWriter, r *http.Request) bool {
			// Somebody is quicker, three times.
			if id := "tenant-0000/limits"; strings.HasSuffix(r.URL.Path, "_bulk_docs") && others < 3 {
				others++
				p.database.put(id, doc{"firesPerMinute": others})
			}
			return false
		}
		p.run()
		p.until("ready", p.ready)
		docs := p.database.shown()
		if len(docs) != 2*n || p.database.largest > 200 {
			t.Errorf("%d tenants: %d documents, in batches of %d", n, len(docs), p.database.largest)
		}
		same(t, doc{"invocationsPerMinute": 0, "firesPerMinute": 3, "whiskops": []any{"invocationsPerMinute"}}, docs["tenant-0000/limits"])
	}
}

// Somebody who is always quicker is told, and others have theirs.
func TestTenantsOfASwiftHand(t *testing.T) {
	p := newTenancy(t, lines, map[string]int{"alice": 1, "alice-dev": 2, "bobby": 3})
	n := 0
	p.database.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if n++; strings.HasSuffix(r.URL.Path, "_bulk_docs") {
			p.database.put("alice", doc{"subject": "alice", "namespaces": []any{}, "n": n})
		}
		return false
	}
	p.run()
	p.until("the complaint", func() bool {
		return strings.Contains(p.out.String(), "tenant alice is changed by someone else all the time")
	})
	if p.ready() || p.database.shown()["bobby"] == nil {
		t.Error(p.out)
	}
}

// A server, a database or a user that is not there yet is waited for.
func TestTenantsWait(t *testing.T) {
	t.Parallel()
	for status, says := range map[int]string{401: "couchdb-init makes this user", 403: "couchdb-init lets this user in", 404: "couchdb-init makes the database and its views", 500: "500"} {
		p := newTenancy(t, lines, map[string]int{"alice": 1, "alice-dev": 2, "bobby": 3})
		n := 0
		p.database.before = func(w http.ResponseWriter, _ *http.Request) bool {
			if n++; n > 3 {
				return false
			}
			w.WriteHeader(status)
			return true
		}
		p.run()
		p.until("ready", p.ready)
		if said := p.out.String(); strings.Count(said, "failed: ") != 1 || !strings.Contains(said, says) {
			t.Errorf("%d: it says %s", status, said)
		}
	}
}

// Killed at whichever request, the next one ends the same.
func TestTenantsKilled(t *testing.T) {
	t.Parallel()
	whole := newTenancy(t, lines, map[string]int{"alice": 1, "alice-dev": 2, "bobby": 3})
	whole.database.put("carol", doc{"subject": "carol", "namespaces": []any{namespaceOf("carol", 9)}})
	whole.run()
	whole.until("ready", whole.ready)
	want := whole.database.shown()
	for at := 1; at <= 6; at++ {
		p := newTenancy(t, lines, map[string]int{"alice": 1, "alice-dev": 2, "bobby": 3})
		p.database.put("carol", doc{"subject": "carol", "namespaces": []any{namespaceOf("carol", 9)}})
		n := 0
		p.database.before = func(http.ResponseWriter, *http.Request) bool {
			if n++; n == at {
				_ = p.process.Kill()
			}
			return n == at && at%2 == 0
		}
		p.run()
		p.until("its end", func() bool { p.database.mu.Lock(); defer p.database.mu.Unlock(); return n >= at })
		p.run()
		p.until("ready", p.ready)
		same(t, want, p.database.shown())
	}
}

// Names that JavaScript has a meaning for are names.
func TestTenantsWithOddNames(t *testing.T) {
	p := newTenancy(t, `{"subject":"constructor","namespaces":{"constructor":{},"toString":{"firesPerMinute":1}}}`+"\n", map[string]int{"constructor": 1, "toString": 2})
	p.run()
	p.until("ready", p.ready)
	if ids := slices.Sorted(maps.Keys(p.database.shown())); !slices.Equal(ids, []string{"constructor", "toString/limits"}) {
		t.Error(ids)
	}
}
