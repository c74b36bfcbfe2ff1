package explain

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/place"
)

// Every field is found by its own path, by a path that a user would write, and
// by the path that a finding has.
func TestFindsEveryField(t *testing.T) {
	if len(Fields()) < 100 {
		t.Fatalf("%d fields are too few to be all", len(Fields()))
	}
	for _, f := range Fields() {
		for _, path := range []string{f.Path, asWritten(f.Path)} {
			got, _, err := Find(path)
			if err != nil || !cmp.Equal(got, f) {
				t.Errorf("%s: got %+v, %v", path, got, err)
			}
			if got, _, err := Find("staging." + path); path != "" && (err != nil || !cmp.Equal(got, f)) {
				t.Errorf("staging.%s: got %+v, %v", path, got, err)
			}
		}
	}
}

// asWritten is a path with names and indexes, as a user writes it.
func asWritten(path string) string {
	for _, f := range Fields() {
		if len(f.Names) > 0 && (path == f.Path || strings.HasPrefix(path, f.Path+".")) {
			path = strings.TrimSuffix(f.Path, "<name>") + f.Names[0] + strings.TrimPrefix(path, f.Path)
		}
	}
	return strings.NewReplacer("<name>", "own", "[]", "[3]").Replace(path)
}

// What is said of a field tells a reader something: what it holds, and what it
// is when it is not written or what is below it.
func TestEveryFieldIsExplained(t *testing.T) {
	for _, f := range Fields() {
		_, below, err := Find(f.Path)
		last := place.SplitPath("." + f.Path)
		labelled := f.Path != "" && last[len(last)-1] != "<name>" && !strings.HasSuffix(f.Path, "[]")
		switch {
		case err != nil || f.Holds == "":
			t.Errorf("%s holds nothing: %v", f.Path, err)
		case labelled && f.Doc == "":
			t.Errorf("%s has no documentation", f.Path)
		case labelled && f.Standing() == "" && len(below) == 0:
			t.Errorf("%s: nothing says what it is when it is not written", f.Path)
		}
	}
}

func TestNotFound(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"kafka.replcas", `there is no field "kafka.replcas"
  help: did you mean "kafka.replicas"?`},
		{"kaka.topics.retention", `there is no field "kaka.topics.retention"
  help: did you mean "kafka.topics.retention"?`},
		{"production.kafka.replcas", `there is no field "kafka.replcas"
  help: did you mean "kafka.replicas"?`},
		{"retention", `there is no field "retention"
  help: did you mean "kafka.topics.retention"?`},
		{"placement.rules.foo.spread", `there is no field "placement.rules.foo.spread"
  help: known there: nginx, apigateway, redis, couchdb, couchdb-init, couchdb-cluster, kafka, kafka-controller, kafka-topics, controller, invoker, pre-pull, kafka-exporter, redis-exporter, user-events, package-installer, alarmprovider, kafkaprovider, tenants-sync`},
		{"placement.rules.kafak.spread", `there is no field "placement.rules.kafak.spread"
  help: did you mean "placement.rules.kafka.spread"?`},
		{"invoker.replicas.most", `there is no field "invoker.replicas.most"
  help: nothing is below that field`},
		{"edge.tls.xyz", `there is no field "edge.tls.xyz"
  help: known there: certManager, existing, selfSigned`},
		{"couchdb-backup", `there is no field "couchdb-backup"; it is a component of the installation
  help: it is there, and as it is, by couchdb.backup`},
		{"nginx", `there is no field "nginx"; it is a component of the installation
  help: it is there, and as it is, by edge.replicas, edge.resources`},
		{"couchdb-cluster", `there is no field "couchdb-cluster"; it is a component of the installation
  help: it is there, and as it is, by couchdb.external, couchdb.replicas`},
		{"heap", `there is no field "heap"
  help: did you mean one of kafka.heap, controller.heap, invoker.heap?`},
	} {
		_, _, err := Find(tt.path)
		if missing := (*NotFound)(nil); !errors.As(err, &missing) {
			t.Errorf("%s: error %v", tt.path, err)
			continue
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.path, diff)
		}
	}
}

// Whoever asks for a component by its name is led to its fields.
func TestComponentsLeadToFields(t *testing.T) {
	for _, release := range catalog.Releases() {
		all, err := catalog.Load(release)
		if err != nil {
			t.Fatal(err)
		}
		for name := range all.Components {
			if _, _, err := Find(name); err == nil {
				continue // a field of the same name
			} else if e := (*NotFound)(nil); !errors.As(err, &e) || !e.Component || len(e.Leads) == 0 {
				t.Errorf("%s: %v", name, err)
			} else {
				for _, path := range e.Leads {
					if _, _, err := Find(path); err != nil {
						t.Errorf("%s leads to what there is not: %v", name, err)
					}
				}
			}
		}
	}
}

func TestWriteText(t *testing.T) {
	f, below, err := Find("kafka.topics.retention")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteText(&b, f, below); err != nil {
		t.Fatal(err)
	}
	want := `kafka.topics.retention
    What a topic's partition keeps, by the topic's kind. Default: OpenWhisk's
    own values, which ` + "`whiskops show`" + ` has for an environment.

  holds:       a struct for each name, which is one of "completed", "health", "cacheInvalidation", "events" or "invoker"
  not written: none

  below it:
    <name>.segmentBytes  absent  Bytes of a segment file
    <name>.bytes         absent  Bytes that a partition keeps
    <name>.ms            absent  Milliseconds that a partition keeps a message
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever is asked, there is an answer.
func FuzzFind(f *testing.F) {
	for _, path := range []string{"", ".", "kafka", "[", "[0]", `"`, `images."a.b".tag`, "a.b.c", "..", "kafka..replicas"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		field, _, err := Find(path)
		if missing := (*NotFound)(nil); err != nil && (!errors.As(err, &missing) || err.Error() == "") {
			t.Errorf("error %v", err)
		}
		if again, _, second := Find(field.Path); err == nil && (second != nil || !cmp.Equal(again, field)) {
			t.Errorf("%q is at %q, which is %+v, %v", path, field.Path, again, second)
		}
	})
}
