package couchdbinit

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConflicts(t *testing.T) {
	conflicts := func(c *couch, times int) {
		c.before = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if r.Method == "PUT" && strings.HasSuffix(r.URL.Path, "/guest") && times > 0 {
				times--
				reply(w, 409, `{"error":"conflict"}`)
				return true
			}
			return false
		}
	}
	c := newCouch()
	conflicts(c, 3)
	finish(t, pod(t, c, spec(t), secrets()), true)
	sameState(t, "after three conflicts", installed(t).state(), c.state())

	c = newCouch()
	conflicts(c, 100)
	out := finish(t, pod(t, c, spec(t), secrets()), false)
	if want := "failed: document guest of openwhisk_subjects is changed by someone else all the time\n"; !strings.HasSuffix(out.log, want) {
		t.Errorf("no %q in\n%s", want, out.log)
	}
}

// A hosted server keeps its own databases to itself.
func TestHostedServer(t *testing.T) {
	c := newCouch()
	c.before = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		forbidden := strings.HasPrefix(r.URL.Path, "/_") && r.URL.Path != "/_session"
		if forbidden {
			reply(w, 403, `{"error":"forbidden"}`)
		}
		return forbidden
	}
	s := spec(t)
	s.Users = nil
	for i := range s.Databases {
		s.Databases[i].Members = nil
	}
	n := pod(t, c, s, secrets())
	n.env["COUCHDB_URL"] = "https://example.cloudant.com/"
	out := finish(t, n, true)
	if line := "database _users: right, left to the server\n"; !strings.Contains(out.log, line) {
		t.Errorf("no %q in\n%s", line, out.log)
	}
}

// A server that is not there, or not yet, is asked again soon.
func TestWaitsForTheServer(t *testing.T) {
	t.Run("503 at first", func(t *testing.T) {
		c := newCouch()
		c.before = func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n <= 2 {
				reply(w, 503, `busy`)
			}
			return n <= 2
		}
		n := pod(t, c, spec(t), secrets())
		n.rounds = 3
		out := finish(t, n, true)
		if diff := cmp.Diff([]time.Duration{5 * time.Second, 5 * time.Second, 30 * time.Second}, out.pauses); diff != "" {
			t.Errorf("pauses (-want +got):\n%s", diff)
		}
	})
	t.Run("never there", func(t *testing.T) {
		n := pod(t, newCouch(), spec(t), secrets())
		n.refuse, n.rounds = 1000, 3
		out := finish(t, n, false)
		if diff := cmp.Diff("failed: no answer from http://couchdb:5984: ECONNREFUSED\n", out.log); diff != "" {
			t.Errorf("what stays the same is told once (-want +got):\n%s", diff)
		}
		if _, alive := n.files["/tmp/alive"]; !alive {
			t.Error("a failed round is taken for a dead process")
		}
	})
}

// Each mistake has its whole message; nothing is written to the server.
func TestMistakes(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(n *node)
		want   string
	}{
		"wrong administrator": {
			func(n *node) { n.files["/secrets/couchdb/password"] = "old password" },
			"the server does not accept the administrator's name and password (401), which are in /secrets/couchdb/username and password: " +
				"they are not the server's, or it was started before they were changed; restart it: kubectl rollout restart statefulset/couchdb",
		},
		"missing secret": {
			func(n *node) { delete(n.files, "/secrets/couchdb/invoker-password") },
			"cannot read /secrets/couchdb/invoker-password: is the Secret mounted, with this key?",
		},
		"password with a line break": {
			func(n *node) { n.files["/secrets/couchdb/invoker-password"] += "\n" },
			"/secrets/couchdb/invoker-username or password is empty, has white space at an end or, in the name, a colon",
		},
		"one name, two passwords": {
			func(n *node) { n.files["/secrets/couchdb/invoker-username"] = "ow-controller" },
			"user invoker and controller have the same name and different passwords",
		},
		"the administrator's name, another password": {
			func(n *node) { n.files["/secrets/couchdb/controller-username"] = "admin" },
			"user controller and the administrator have the same name and different passwords",
		},
		"subject without uuid": {
			func(n *node) { n.files["/secrets/subjects/guest"] = guestKey },
			"subject guest: the secret is not uuid:key, with a key of 64 characters or more",
		},
		"subject with a short key": {
			func(n *node) { n.files["/secrets/subjects/guest"] = guestUUID + ":" + guestKey[1:] },
			"subject guest: the secret is not uuid:key, with a key of 64 characters or more",
		},
		"two subjects, one key": {
			func(n *node) { n.files["/secrets/subjects/whisk.system"] = systemUUID + ":" + guestKey },
			"subjects guest and whisk.system have the same uuid or key: each needs its own",
		},
		"credentials in the address": {
			func(n *node) { n.env["COUCHDB_URL"] = "http://admin:" + "invoker password" + "@couchdb:5984" },
			"COUCHDB_URL must be http(s)://host:port, without credentials",
		},
		"no address": {
			func(n *node) { delete(n.env, "COUCHDB_URL") },
			"COUCHDB_URL must be http(s)://host:port, without credentials",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCouch()
			n := pod(t, c, spec(t), secrets())
			tt.change(n)
			out := finish(t, n, false)
			if diff := cmp.Diff("failed: "+tt.want+"\n", out.log); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(c.dbs) > 0 {
				t.Errorf("written to the server: %v", c.requests)
			}
		})
	}
}

func TestRefusalsAreToldWithoutSecrets(t *testing.T) {
	for _, tt := range []struct{ put, reason, want string }{
		{
			"org.couchdb.user:ow-controller", "password 'controller password' is too simple",
			"PUT /_users/org.couchdb.user%3Aow-controller: 400 bad_request password '***' is too simple",
		},
		{
			"whisk.system", "a key may not be " + systemKey,
			"PUT /openwhisk_subjects/whisk.system: 400 bad_request a key may not be ***",
		},
		{
			"_local/whiskops", "not by admin with " + adminPassword,
			"PUT /openwhisk_subjects/_local/whiskops: 400 bad_request not by admin with ***",
		},
	} {
		c := newCouch()
		c.before = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			refused := r.Method == "PUT" && strings.HasSuffix(r.URL.Path, tt.put)
			if refused {
				reply(w, 400, `{"error":"bad_request","reason":"`+tt.reason+`"}`)
			}
			return refused
		}
		out := finish(t, pod(t, c, spec(t), secrets()), false)
		if want := "failed: " + tt.want + "\n"; !strings.HasSuffix(out.log, want) {
			t.Errorf("no %q in\n%s", want, out.log)
		}
	}
}
