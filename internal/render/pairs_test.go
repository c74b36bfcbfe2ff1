package render

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/seeds"
)

// pairsFile gets the pairs, a JSON object a line: e2e/refused has an API server say
// what of the update from old to new it refuses.
var pairsFile = flag.String("pairs", "", "file that random pairs of environments are written to")

// nextEnvironment is a random environment, and what somebody may make of it: another
// in its place, or some of the other's parts.
func nextEnvironment(seed uint64) (old, new environment.Environment) {
	old, new = randomEnvironment(seed), randomEnvironment(seed)
	other := randomEnvironment(seed + 500_000)
	r := random{rand.New(rand.NewPCG(seed, 0x70_61_69_72))}
	if r.chance(20) {
		other.Name, other.Namespace, other.Actions.Namespace = old.Name, old.Namespace, old.Actions.Namespace
		return old, other
	}
	for _, take := range some(r,
		func() { new.CouchDB, new.Redis = other.CouchDB, other.Redis },
		func() { new.Kafka = other.Kafka },
		func() { new.Edge = other.Edge },
		func() { new.Cluster, new.Placement = other.Cluster, other.Placement },
		func() { new.Secrets.Revisions, new.ImagePullSecrets = other.Secrets.Revisions, other.ImagePullSecrets },
	) {
		take()
	}
	return old, new
}

// TestPairs is that a pair is two states of one installation that differ.
func TestPairs(t *testing.T) {
	write := func(any) error { return nil }
	if *pairsFile != "" {
		file, err := os.Create(*pairsFile)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		write = json.NewEncoder(file).Encode
	}
	shared, differ := 0, 0
	for _, seed := range seeds.Of(t, 2, 20) {
		old, new := nextEnvironment(seed)
		objects := map[string][]map[string]any{}
		at := map[string]any{}
		for name, env := range map[string]*environment.Environment{"old": &old, "new": &new} {
			s, err := newSample(env)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, name, err)
			}
			for _, o := range s.objects {
				objects[name] = append(objects[name], o.Value)
			}
		}
		for _, o := range objects["old"] {
			at[identity(o)] = o
		}
		for _, o := range objects["new"] {
			if before, both := at[identity(o)]; both {
				shared++
				if text(before) != text(o) {
					differ++
				}
			}
		}
		if err := write(map[string]any{"seed": seed, "old": objects["old"], "new": objects["new"]}); err != nil {
			t.Fatal(err)
		}
	}
	if shared == 0 || differ == 0 {
		t.Errorf("of %d objects of both states, %d differ", shared, differ)
	}
}

func identity(o map[string]any) string {
	m, _ := o["metadata"].(map[string]any)
	return text([]any{o["apiVersion"], o["kind"], m["namespace"], m["name"]})
}

func text(v any) string {
	t, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(t)
}
