package runtimes_test

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/runtimes"
	"github.com/whiskops/whiskops/internal/runtimes/oracle"
)

var update = flag.Bool("update", false, "write what is expected anew")

type (
	m = map[string]any
	l = []any
)

// whole is a manifest with all that there can be in one.
func whole() m {
	return m{
		"description": l{"words"},
		"runtimes": m{
			"nodejs": l{
				m{"kind": "nodejs:18", "image": m{"prefix": "openwhisk", "name": "action-nodejs-v18", "tag": "1.22.0"}, "deprecated": true, "default": false},
				m{
					"kind": "nodejs:20", "default": true, "requireMain": false, "sentinelledLogs": true,
					"image":    m{"registry": "registry.example.com:5000", "prefix": "a/b", "name": "n", "tag": "1"},
					"attached": m{"attachmentName": "codefile", "attachmentType": "text/plain"},
					"stemCells": l{
						m{"initialCount": 2, "memory": "256 MB", "reactive": m{"minCount": 1, "maxCount": 4, "ttl": "2 minutes", "threshold": 2, "increment": 1}},
						m{"count": 1, "memory": "512m"},
					},
				},
			},
			"python": l{m{"kind": "python:3", "image": m{"name": "python", "tag": "3"}}},
		},
		"blackboxes": l{m{"prefix": "openwhisk", "name": "dockerskeleton", "tag": "1.15.0"}},
	}
}

// another is a value that may come to stand where another was.
func another(r *rand.Rand) any {
	all := l{
		nil, true, false, 0, 1, -1, 5, "", "x", "Inf", "1 s", "90 seconds", "0 ms", "500 micros", "1.5 h", "3 hrs", "2 weeks", "1m", "2 min", "2 mins", "1h", "1 d", "5us", "7 µs", "9000000000 s", "9300000000 s", "2562047 hours", "2562048 hours", "-1 s", "256 MB", "1GB", "1.5 GB", "3 TB", " 4 k ", "0 MB", "99999999999 GB",
		"text/plain", "application/json; charset=utf-8", "a/b", "nodejs:20", "python:3", "latest", m{}, l{}, l{m{}}, m{"name": "x"}, m{"kind": "nodejs:1", "image": m{"name": "x", "tag": "1"}},
	}
	return all[r.IntN(len(all))]
}

// twist changes one thing somewhere in a value.
func twist(r *rand.Rand, v any) any {
	switch v := v.(type) {
	case m:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 || r.IntN(12) == 0 {
			return another(r)
		}
		key := keys[r.IntN(len(keys))]
		switch r.IntN(6) {
		case 0:
			delete(v, key)
		case 1:
			v[key] = another(r)
		default:
			v[key] = twist(r, v[key])
		}
		return v
	case l:
		switch {
		case len(v) == 0 || r.IntN(12) == 0:
			return append(v, another(r))
		case r.IntN(8) == 0:
			return slices.Delete(v, 0, 1)
		}
		at := r.IntN(len(v))
		v[at] = twist(r, v[at])
		return v
	case bool:
		return !v
	}
	return another(r)
}

// twisted is a manifest with a mistake or three, which may be none.
func twisted(t *testing.T, r *rand.Rand) string {
	t.Helper()
	var v any = whole()
	for range 1 + r.IntN(3) {
		v = twist(r, v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// judge is what whiskops says of a manifest: whether OpenWhisk takes it, if that is known.
func judge(t *testing.T, text string) (taken, known bool, why []runtimes.Fault) {
	t.Helper()
	manifest, faults := runtimes.Parse("m.json", []byte(text))
	wrong := slices.DeleteFunc(slices.Clone(faults), func(f runtimes.Fault) bool { return f.Severity == finding.Warning })
	for _, f := range wrong {
		if f.Stops {
			return false, true, wrong
		}
	}
	if len(wrong) > 0 {
		return false, false, wrong
	}
	for family, kinds := range manifest.Families {
		if blamed, message := runtimes.Default(family, kinds); blamed != nil {
			return false, true, []runtimes.Fault{{Finding: finding.Finding{Message: message}}}
		}
	}
	return true, true, nil
}

// TestAgainstOpenWhisk: what is taken here OpenWhisk takes, and what is refused here in its
// name it refuses; and what is made of a manifest says the same as the manifest.
func TestAgainstOpenWhisk(t *testing.T) {
	jars := oracle.Jars()
	if jars == "" {
		t.Skipf("needs OpenWhisk in %s, and a JDK", oracle.Variable)
	}
	n := 20_000
	if testing.Short() {
		n = 2_000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var texts []string
	for range n {
		text := twisted(t, r)
		again := "{}"
		if manifest, _ := runtimes.Parse("m.json", []byte(text)); manifest != nil {
			var err error
			if again, err = manifest.Text(); err != nil {
				t.Fatal(err)
			}
		}
		texts = append(texts, text, again)
	}
	verdicts, err := oracle.Ask(jars, t.TempDir(), texts)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i := 0; i < len(texts); i += 2 {
		taken, known, why := judge(t, texts[i])
		count[fmt.Sprintf("taken %v, known %v", taken, known)]++
		if known && taken != verdicts[i].Taken {
			t.Errorf("%s\nwhiskops: taken %v %v\nOpenWhisk: %v %s", texts[i], taken, why, verdicts[i].Taken, verdicts[i].Said)
		}
		if known && taken && !same(verdicts[i].Said, verdicts[i+1].Said) {
			t.Errorf("%s\nbecame %s\n%s\n%s", texts[i], texts[i+1], verdicts[i].Said, verdicts[i+1].Said)
		}
		if known && taken && verdicts[i].Taken {
			references(t, texts[i], verdicts[i].Said)
		}
		if t.Failed() {
			break // one is enough to read
		}
	}
	t.Logf("%v", count)
	for _, each := range []string{"taken true, known true", "taken false, known true"} {
		if count[each] < n/20 {
			t.Errorf("only %d of %d: %s", count[each], n, each)
		}
	}
}

// references of images are put together as OpenWhisk does.
func references(t *testing.T, text, said string) {
	t.Helper()
	manifest, _ := runtimes.Parse("m.json", []byte(text))
	var listed map[string][]struct{ Kind, Image string }
	if err := json.Unmarshal([]byte(said), &listed); err != nil {
		t.Fatal(err)
	}
	for family, kinds := range manifest.Families {
		for _, k := range kinds {
			if !slices.ContainsFunc(listed[family], func(o struct{ Kind, Image string }) bool {
				return o.Kind == k.Kind && o.Image == k.Image.Reference("")
			}) {
				t.Errorf("%s\n%s has the image %q, and OpenWhisk lists %v", text, k.Kind, k.Image.Reference(""), listed[family])
			}
		}
	}
}

// TestRecorded: the same of some, with what OpenWhisk said of them when it was asked.
func TestRecorded(t *testing.T) {
	const file = "testdata/verdicts.txt"
	r := rand.New(rand.NewPCG(1, 2))
	var texts []string
	for range 1000 {
		texts = append(texts, twisted(t, r))
	}
	head := fmt.Sprintf("%x\n", sha256.Sum256([]byte(strings.Join(texts, "\n"))))
	if *update {
		verdicts, err := oracle.Ask(oracle.Jars(), t.TempDir(), texts)
		if err != nil {
			t.Fatal(err)
		}
		all := head
		for _, v := range verdicts {
			all += map[bool]string{true: "t", false: "r"}[v.Taken]
		}
		if err := os.WriteFile(file, []byte(all+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	recorded, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	is, ok := strings.CutPrefix(strings.TrimSpace(string(recorded)), head)
	if !ok || len(is) != len(texts) {
		t.Fatalf("%s is of other manifests: go test ./internal/runtimes -run Recorded -update, with %s", file, oracle.Variable)
	}
	for i, text := range texts {
		if taken, known, why := judge(t, text); known && taken != (is[i] == 't') {
			t.Errorf("%s\nwhiskops: taken %v %v, and OpenWhisk says otherwise", text, taken, why)
		}
	}
}

// same lists of kinds, in any order.
func same(a, b string) bool {
	read := func(text string) (families map[string][]string) {
		var all map[string][]json.RawMessage
		_ = json.Unmarshal([]byte(text), &all)
		families = map[string][]string{}
		for name, kinds := range all {
			for _, k := range kinds {
				families[name] = append(families[name], string(k))
			}
			slices.Sort(families[name])
		}
		return families
	}
	return fmt.Sprint(read(a)) == fmt.Sprint(read(b))
}
