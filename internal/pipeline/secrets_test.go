package pipeline

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/plan"
	"github.com/whiskops/whiskops/internal/value"
)

// templates of the pods of an environment, by component.
func templates(t *testing.T, env environment.Environment) map[string]any {
	t.Helper()
	values, err := derived.New(&env)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Of(values)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Run(p)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for _, n := range objects {
		o, err := krm.Object(n)
		if err != nil {
			t.Fatal(err)
		}
		if template := value.Map(o, "spec", "template"); template != nil && value.RunsPods(n.GetKind()) {
			all[n.GetLabels()[krm.NameLabel]] = template
		}
	}
	return all
}

// plain are secrets in the environment, made anew each time.
func plain() *environment.PlainSecrets {
	login := func(name string) environment.Login { return environment.Login{Username: name, Password: "p-" + name} }
	return &environment.PlainSecrets{
		CouchDB:   environment.CouchDBLogins{Admin: login("admin"), Controller: login("c"), Invoker: login("i")},
		OpenWhisk: environment.OpenWhiskLogins{Controller: login("c"), Invoker: login("i")},
		Subjects:  map[string]string{"guest": "k"},
	}
}

// Pods roll that read what has changed of a Secret, and no others: CouchDB does
// not for a user of the databases, and couchdb-init for nothing, because it
// reads its Secrets again and again.
func TestWhoRollsForASecret(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*environment.Secrets)
		rolls  []string
	}{
		"the administrator":             {func(s *environment.Secrets) { s.Plain.CouchDB.Admin.Password = "x" }, []string{"couchdb"}},
		"a user":                        {func(s *environment.Secrets) { s.Plain.CouchDB.Controller.Password = "x" }, []string{"controller"}},
		"an endpoint":                   {func(s *environment.Secrets) { s.Plain.OpenWhisk.Invoker.Username = "x" }, []string{"invoker"}},
		"a key":                         {func(s *environment.Secrets) { s.Plain.Subjects["guest"] = "x" }, []string{"smoke-test"}},
		"a subject":                     {func(s *environment.Secrets) { s.Plain.Subjects["alice"] = "x" }, []string{"smoke-test"}},
		"revision of the administrator": {func(s *environment.Secrets) { s.Revisions.CouchDBAdmin = 1 }, []string{"couchdb"}},
		"revision of the users":         {func(s *environment.Secrets) { s.Revisions.CouchDB = 1 }, []string{"controller", "invoker"}},
		"revision of the endpoints":     {func(s *environment.Secrets) { s.Revisions.OpenWhisk = 1 }, []string{"controller", "invoker"}},
		"revision of the subjects":      {func(s *environment.Secrets) { s.Revisions.Subjects = 1 }, []string{"smoke-test"}},
	} {
		for _, known := range []bool{true, false} {
			env := environment.Base()
			if known {
				env.Secrets.Plain = plain()
			} else if !strings.HasPrefix(name, "revision") {
				continue // a value that is not known here
			}
			before := templates(t, env)
			tt.change(&env.Secrets)
			after := templates(t, env)
			var rolls []string
			for _, component := range slices.Sorted(maps.Keys(after)) {
				if !cmp.Equal(before[component], after[component]) {
					rolls = append(rolls, component)
				}
			}
			if diff := cmp.Diff(tt.rolls, rolls); diff != "" {
				t.Errorf("%s, with plain values: %v (-want +got):\n%s", name, known, diff)
			}
		}
	}
}

// A revision of one and of two differ, and none leaves no trace.
func TestRevisions(t *testing.T) {
	seen := map[any]int{}
	for n := range 3 {
		env := environment.Base()
		env.Secrets.Revisions.CouchDBAdmin = n
		hash := value.Map(templates(t, env)["couchdb"], "metadata", "annotations")["whiskops.github.io/secrets"]
		if (hash == nil) != (n == 0) {
			t.Errorf("with revision %d the annotation is %v", n, hash)
		}
		if other, known := seen[hash]; known {
			t.Errorf("revisions %d and %d have the same annotation", other, n)
		}
		seen[hash] = n
	}
}
