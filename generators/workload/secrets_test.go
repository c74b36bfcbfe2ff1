package workload

import (
	"maps"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
)

// secretSpec reads keys of Secrets in each way there is.
func secretSpec() Spec {
	s := sound()
	from := func(name, key string) krm.M {
		return krm.M{"name": "A", "valueFrom": krm.M{"secretKeyRef": krm.M{"name": name, "key": key}}}
	}
	s.Main.Env = []krm.M{from("env", "named"), from("env", "other"), {"name": "B", "value": "v"}}
	s.Init = []Container{{Name: "i", Env: []krm.M{from("init", "k")}}}
	s.Waits = []Wait{{Name: "w", Env: []krm.M{from("wait", "k")}}}
	s.Volumes = []krm.M{
		{"name": "a", "secret": krm.M{"secretName": "volume"}},
		{"name": "b", "projected": krm.M{"sources": []any{krm.M{"secret": krm.M{"name": "projected"}}}}},
		{"name": "c", "configMap": krm.M{"name": "no-secret"}},
	}
	s.Secrets = map[string]map[string]string{
		"env":  {"named": "1", "": "1", "unread": "1"},
		"init": {"k": "1"}, "wait": {"": "1"}, "volume": {"k": "1", "": "1"}, "projected": {"": "1"}, "no-secret": {"": "1"}, "unread": {"": "1"},
	}
	return s
}

// The annotation changes with what the pods read, and with nothing else.
func TestWhatChangesTheHashOfSecrets(t *testing.T) {
	before := secretsHash(secretSpec())
	if len(before) != 8 {
		t.Fatalf("the hash is %q", before)
	}
	for _, tt := range []struct {
		secret, key  string
		rolls, mount bool
	}{
		{"env", "named", true, false}, {"env", "", true, false}, {"env", "unread", false, false},
		{"init", "k", true, false}, {"wait", "", true, false},
		{"volume", "k", true, true}, {"volume", "", true, true}, {"projected", "", true, true},
		{"no-secret", "", false, false}, {"unread", "", false, false},
	} {
		for _, rereads := range []bool{false, true} {
			s := secretSpec()
			s.Rereads = rereads
			before := secretsHash(s)
			s.Secrets[tt.secret] = maps.Clone(s.Secrets[tt.secret])
			s.Secrets[tt.secret][tt.key] = "2"
			want := tt.rolls && !(tt.mount && rereads)
			if got := secretsHash(s) != before; got != want {
				t.Errorf("%s %q, mounted Secrets are read again: %v: changes: %v, want %v", tt.secret, tt.key, rereads, got, want)
			}
		}
	}
}

func TestSecretsOfWhichNothingIsKnown(t *testing.T) {
	s := secretSpec()
	s.Secrets = map[string]map[string]string{"unread": {"": "1"}, "env": {"unread": "1"}}
	if got := secretsHash(s); got != "" {
		t.Errorf("the hash is %q", got)
	}
}
