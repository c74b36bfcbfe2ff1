package couchdbinit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What goes wrong while the program runs is right again after its next round.
func TestHeals(t *testing.T) {
	for name, harm := range map[string]func(c *couch){
		"an emptied server": func(c *couch) { clear(c.dbs) },
		"a lost database":   func(c *couch) { delete(c.dbs, "openwhisk_activations") },
		"a lost user": func(c *couch) {
			delete(c.dbs["_users"].docs, "org.couchdb.user:ow-invoker")
		},
		"a lost subject": func(c *couch) { delete(c.dbs["openwhisk_subjects"].docs, "guest") },
		"a changed design document": func(c *couch) {
			c.dbs["openwhisk_whisks"].put("_design/whisks.v2.1.0", map[string]any{"views": map[string]any{}})
		},
		"lost permissions": func(c *couch) {
			c.dbs["openwhisk_whisks"].security = map[string]any{"members": map[string]any{}}
		},
		"a lost marker": func(c *couch) { delete(c.dbs["openwhisk_subjects"].docs, "_local/whiskops") },
	} {
		t.Run(name, func(t *testing.T) {
			want := installed(t).state()
			c := newCouch()
			n := pod(t, c, spec(t), secrets())
			n.rounds, n.between = 3, func(round int) {
				if round == 1 {
					harm(c)
				}
			}
			out := finish(t, n, true)
			sameState(t, name, want, c.state())
			if diff := cmp.Diff([]bool{false, false, true}, out.quiet); diff != "" {
				t.Errorf("what differs is told, and what is right is not (-want +got):\n%s\n%s", diff, out.log)
			}
		})
	}
}

// A Secret that changes while the program runs is taken over.
func TestChangedSecrets(t *testing.T) {
	for name, tt := range map[string]struct {
		change map[string]string
		log    string
	}{
		"a new subject":        {map[string]string{"subjects/alice": otherUUID + ":" + otherKey}, "subject alice: created\n"},
		"a subject's new key":  {map[string]string{"subjects/guest": guestUUID + ":" + otherKey}, "subject guest: uuid and key changed\n"},
		"a user's password":    {map[string]string{"couchdb/invoker-password": "another"}, "user invoker: password changed\n"},
		"a user's new account": {map[string]string{"couchdb/invoker-username": "ow-invoker-2", "couchdb/invoker-password": "another"}, "user invoker: created\n"},
	} {
		t.Run(name, func(t *testing.T) {
			given := secrets()
			maps.Copy(given, tt.change)
			fresh := installed(t)
			finish(t, pod(t, fresh, spec(t), given), true)

			c := newCouch()
			n := pod(t, c, spec(t), secrets())
			n.rounds, n.between = 2, func(int) {
				for path, content := range tt.change {
					n.files["/secrets/"+path] = content
				}
			}
			out := finish(t, n, true)
			sameState(t, name, fresh.state(), c.state())
			if !strings.Contains(out.log, tt.log) {
				t.Errorf("no %q in\n%s", tt.log, out.log)
			}
		})
	}
}

// While the server has the old administrator nothing is ready, and a restarted
// one is taken over as soon as it is there.
func TestChangedAdministrator(t *testing.T) {
	c := newCouch()
	n := pod(t, c, spec(t), secrets())
	var ready []bool
	n.rounds, n.between = 4, func(round int) {
		_, is := n.files["/tmp/ready"]
		ready = append(ready, is)
		switch round {
		case 1:
			n.files["/secrets/couchdb/password"] = "the new one"
		case 2:
			c.admin.password = "the new one"
		}
	}
	finish(t, n, true)
	if diff := cmp.Diff([]bool{true, false, true}, ready); diff != "" {
		t.Errorf("ready after each round (-want +got):\n%s", diff)
	}
}

// A round that finds all right only reads, and not much.
func TestQuietRounds(t *testing.T) {
	c := newCouch()
	n := pod(t, c, spec(t), secrets())
	n.rounds, n.between = 2, func(int) { c.requests = nil }
	finish(t, n, true)
	for _, r := range c.requests {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("a round in which all is right: %s", r)
		}
	}
	if len(c.requests) > 30 {
		t.Errorf("%d requests", len(c.requests))
	}
}

// A container that starts again is not ready by what the last one wrote.
func TestLeftOver(t *testing.T) {
	n := pod(t, newCouch(), spec(t), secrets())
	n.files["/tmp/ready"], n.files["/tmp/alive"] = "", ""
	n.refuse = 1000
	finish(t, n, false)
}

func TestStops(t *testing.T) {
	n := pod(t, newCouch(), spec(t), secrets())
	n.rounds, n.between = 3, func(round int) {
		if round == 2 {
			t.Error("goes on after SIGTERM")
		}
		if _, err := n.stop(nil); err != nil {
			t.Fatal(err)
		}
	}
	if out := n.run(t); !out.killed {
		t.Error("does not end on SIGTERM")
	}
}

// variant is the set-up of another release: with the number in a view.
func variant(t *testing.T, number int) Spec {
	s := spec(t)
	designs := s.Databases[2].Designs
	for i := range designs {
		if designs[i].Name == "whisks.v2.1.0" {
			designs[i].Views = map[string]View{"actions": {Map: fmt.Sprintf("function (doc) { emit(%d, null); }", number)}}
		}
	}
	return s
}

func marked(c *couch) []any {
	hashes, _ := c.dbs["openwhisk_subjects"].docs["_local/whiskops"]["hashes"].([]any)
	return hashes
}

// unmarked is the state less the marker.
func unmarked(c *couch) map[string]any {
	state := c.state()
	delete(state["openwhisk_subjects"].(map[string]any)["docs"].(map[string]any), "_local/whiskops")
	return state
}

func hashOf(t *testing.T, s Spec) any {
	t.Helper()
	hash, err := Hash(s)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// A release that is rolled back to finds its mark, and its own design documents
// are put back by its first round.
func TestRollback(t *testing.T) {
	a, b := variant(t, 1), variant(t, 2)
	hashA, hashB := hashOf(t, a), hashOf(t, b)
	c := newCouch()
	finish(t, pod(t, c, a, secrets()), true)
	want := unmarked(c)
	for _, step := range []struct {
		release Spec
		marks   []any
	}{
		{b, []any{hashA, hashB}}, {a, []any{hashB, hashA}}, {b, []any{hashA, hashB}}, {a, []any{hashB, hashA}},
	} {
		finish(t, pod(t, c, step.release, secrets()), true)
		if diff := cmp.Diff(step.marks, marked(c)); diff != "" {
			t.Errorf("marks (-want +got):\n%s", diff)
		}
	}
	sameState(t, "rolled back", want, unmarked(c))
}

// The first release wrote one hash, which its pods look for.
func TestMarkOfTheFirstRelease(t *testing.T) {
	c := newCouch()
	c.create("openwhisk_subjects").put("_local/whiskops", map[string]any{"hash": "0123"})
	finish(t, pod(t, c, spec(t), secrets()), true)
	if diff := cmp.Diff([]any{"0123", hashOf(t, spec(t))}, marked(c)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMarksAreBounded(t *testing.T) {
	for _, tt := range []struct{ present, want int }{{8, 9}, {9, 10}, {10, 10}, {11, 10}} {
		c := newCouch()
		var hashes []any
		for i := range tt.present {
			hashes = append(hashes, fmt.Sprint(i))
		}
		c.create("openwhisk_subjects").put("_local/whiskops", map[string]any{"hashes": hashes})
		finish(t, pod(t, c, spec(t), secrets()), true)
		want := append(slices.Clone(hashes[tt.present+1-tt.want:]), hashOf(t, spec(t)))
		if diff := cmp.Diff(want, marked(c)); diff != "" {
			t.Errorf("%d marks (-want +got):\n%s", tt.present, diff)
		}
	}
}
