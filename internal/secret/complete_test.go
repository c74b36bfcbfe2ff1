package secret

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/sops/sopstest"
)

// A field that is written later wants keys of a Secret that is there: they are
// added, and what is there stays.
func TestKeysThatAFieldWantsLater(t *testing.T) {
	t.Setenv("FAKE_SOPS_KEY", "mine")
	sopstest.Install(t)
	v := withSOPS(t)
	files, _ := made(t, nil, v)
	const at = "clusters/e/secrets/couchdb-admin.yaml"
	v.Env.CouchDB.Replicas = 3
	lacks, err := Read(mapped(files), v)
	if err != nil || len(lacks.Missing) != 1 || lacks.Missing[0].File != at {
		t.Fatalf("%+v %v", lacks.Missing, err)
	}
	m, err := NewMaker(t.Context(), nil, v, Options{Hide: func(string) {}, Timeout: time.Minute, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	changed, err := m.Create(lacks, false)
	if err != nil || !slices.Equal(slices.Collect(maps.Keys(changed)), []string{at}) {
		t.Fatalf("%v %v", changed, err)
	}
	old, now := opened(t, m, files[at]), opened(t, m, changed[at])
	if len(now["cookie"]) < 32 {
		t.Errorf("the cookie has %d letters", len(now["cookie"]))
	}
	delete(now, "cookie")
	if diff := cmp.Diff(old, now); diff != "" {
		t.Error(diff)
	}
}

// All values that only somebody else knows are asked for at once.
func TestValuesOfAllServersOutside(t *testing.T) {
	sopstest.Install(t)
	v := withSOPS(t)
	v.Env.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"k:9093"}, Brokers: 3, SASL: &environment.KafkaSASL{Mechanism: "PLAIN"}}
	v.Env.Redis.External, v.Env.Redis.Password = &environment.RedisExternal{Host: "r", Port: 6379}, true
	v.Env.APIGateway.Enabled = true
	m, err := NewMaker(t.Context(), nil, v, Options{Given: map[string]string{"kafka/username": "u"}, Hide: func(string) {}, Timeout: time.Minute, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	have, err := Read(mapped(nil), v)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Create(have, false)
	var found Findings
	if !errors.As(err, &found) {
		t.Fatal(err)
	}
	var helps []string
	for _, f := range found {
		helps = append(helps, f.Help)
	}
	want := []string{
		"give it on standard input, with --stdin and a line kafka/password=... for it",
		"give it on standard input, with --stdin and a line redis/password=... for it",
	}
	if diff := cmp.Diff(want, helps); diff != "" {
		t.Error(diff)
	}
}
