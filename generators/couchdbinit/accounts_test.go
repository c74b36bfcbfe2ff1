package couchdbinit

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSubjects(t *testing.T) {
	own := func(uuid, key string) map[string]any {
		return map[string]any{"name": "guest", "uuid": uuid, "key": key}
	}
	noted := func(namespace map[string]any) map[string]any {
		namespace["note"] = "kept"
		return namespace
	}
	dev := map[string]any{"name": "guest-dev", "uuid": otherUUID, "key": otherKey, "note": "n"}
	for name, tt := range map[string]struct{ present, want map[string]any }{
		"the same": {
			map[string]any{"subject": "guest", "namespaces": []any{own(guestUUID, guestKey)}, "blocked": true},
			map[string]any{"subject": "guest", "namespaces": []any{own(guestUUID, guestKey)}, "blocked": true, "_rev": "1-x"},
		},
		"another key": {
			map[string]any{"subject": "guest", "namespaces": []any{dev, noted(own(guestUUID, otherKey))}, "blocked": true},
			map[string]any{"subject": "guest", "namespaces": []any{dev, noted(own(guestUUID, guestKey))}, "blocked": true, "_rev": "2-x"},
		},
		"another uuid": {
			map[string]any{"subject": "guest", "namespaces": []any{own(otherUUID, guestKey)}},
			map[string]any{"subject": "guest", "namespaces": []any{own(guestUUID, guestKey)}, "_rev": "2-x"},
		},
		"without its own namespace": {
			map[string]any{"subject": "guest", "namespaces": []any{dev}},
			map[string]any{"subject": "guest", "namespaces": []any{dev, own(guestUUID, guestKey)}, "_rev": "2-x"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCouch()
			c.create("openwhisk_subjects").put("guest", tt.present)
			finish(t, pod(t, c, spec(t), secrets()), true)
			tt.want["_id"] = "guest"
			if diff := cmp.Diff(tt.want, c.dbs["openwhisk_subjects"].docs["guest"]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPasswords(t *testing.T) {
	c := installed(t)
	users := c.dbs["_users"]
	doc := maps.Clone(users.docs["org.couchdb.user:ow-controller"])
	doc["roles"], doc["note"] = []any{"auditor"}, "kept"
	users.put("org.couchdb.user:ow-controller", doc)
	given := secrets()
	given["couchdb/controller-password"] = "rotated password"
	out := finish(t, pod(t, c, spec(t), given), true)

	doc = users.docs["org.couchdb.user:ow-controller"]
	want := map[string]any{
		"_id": "org.couchdb.user:ow-controller", "_rev": "3-x", "type": "user", "name": "ow-controller",
		"roles": []any{"auditor"}, "note": "kept", "derived_key": derived("ow-controller", "rotated password"),
	}
	if diff := cmp.Diff(want, doc); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if line := "user controller: password changed\n"; !strings.Contains(out.log, line) {
		t.Errorf("no %q in\n%s", line, out.log)
	}
	if rev := users.docs["org.couchdb.user:ow-invoker"]["_rev"]; rev != "1-x" {
		t.Errorf("the other user was written too: %v", rev)
	}
}

// All components may be given the administrator's account.
func TestUserIsTheAdministrator(t *testing.T) {
	given := secrets()
	for _, user := range []string{"controller", "invoker"} {
		given["couchdb/"+user+"-username"], given["couchdb/"+user+"-password"] = "admin", adminPassword
	}
	c := newCouch()
	finish(t, pod(t, c, spec(t), given), true)
	if n := len(c.dbs["_users"].docs); n != 0 {
		t.Errorf("%d users made", n)
	}
	members := c.dbs["openwhisk_whisks"].security["members"]
	if diff := cmp.Diff(map[string]any{"names": []any{}, "roles": []any{"_admin"}}, members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}
