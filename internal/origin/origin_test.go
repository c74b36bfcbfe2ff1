package origin

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/explain"
)

func load(t *testing.T, text string) *derived.Values {
	t.Helper()
	envs, fs, err := environment.LoadBytes("environments", map[string][]byte{"environments/a.cue": []byte("package environments\n\n" + text)})
	if err != nil || len(fs) > 0 || len(envs) != 1 {
		t.Fatalf("%d environments, %v, %v", len(envs), fs, err)
	}
	v, err := derived.New(&envs[0])
	if err != nil {
		t.Fatal(err)
	}
	return &v
}

func examples(t *testing.T) []*derived.Values {
	t.Helper()
	const dir = "../../examples/environments"
	envs, fs, err := environment.Load(os.DirFS(dir), dir)
	if err != nil || len(fs) > 0 || len(envs) == 0 {
		t.Fatal(len(envs), fs, err)
	}
	var all []*derived.Values
	for i := range envs {
		v, err := derived.New(&envs[i])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &v)
	}
	return all
}

// plain are secrets in plain text, which stand for one another: SECRET is a
// password.
const plain = `secrets: plain: {
	couchdb: {_a: {username: "whisk", password: "SECRET"}, admin: _a, controller: _a, invoker: _a}
	openwhisk: {_b: {username: "whisk", password: "SECRET"}, controller: _b, invoker: _b}
	subjects: {"whisk.system": "789c46b1-71f6-4ed5-8c54-816aa4f8c502:abczO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP", guest: "23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP"}
}
`

// What is written, what is not, what follows, and what is in the way of secrets.
func TestOf(t *testing.T) {
	const user = "0123456789abcdef"
	v := load(t, `
_image: repository: "mirror.example.com/nginx-`+user+`"
a: {
	profile: "development"
	edge: host: "a.example.com"
	kafka: {replicas: 2, minInSyncReplicas: 2, topicPrefix: "`+user+`"}
	images: nginx: _image
	cluster: {
		apiServer: ports: [6443]
		nodes: core: {count: 2, cpu: "4", memory: "8Gi", taints: [{key: "k", effect: "NoSchedule"}]}
	}
	redis: volume: none: {}
}
a: `+strings.ReplaceAll(plain, "SECRET", user))
	got := map[string]string{}
	for _, value := range Of(v) {
		if _, twice := got[value.Path]; twice {
			t.Errorf("%s is listed twice", value.Path)
		}
		got[value.Path] = value.text() + " " + value.from()
	}
	for path, want := range map[string]string{
		"edge.host":                            `"a.example.com" environments/a.cue:7:8`,
		"edge.port":                            `443 default`,
		"kafka.replicas":                       `2 environments/a.cue:8:10`,
		"kafka.replicationFactor":              `2 derived from kafka.replicas`,
		"kafka.minInSyncReplicas":              `2 environments/a.cue:8:23`,
		"kafka.topicPrefix":                    `(hidden) environments/a.cue:8:45`,
		"images.nginx.repository":              `(hidden) environments/a.cue:4:9`,
		"cluster.apiServer.ports":              `[6443] environments/a.cue:11:14`,
		"cluster.nodes.core.taints[0].key":     `"k" environments/a.cue:12:62`,
		"redis.volume.none":                    `{} environments/a.cue:14:17`,
		"secrets.plain.couchdb.admin.username": `(hidden) environments/a.cue:17:17`,
		"placement.rules.nginx.pool":           `"core" derived from cluster.nodes`,
		"imagePullSecrets":                     `[] default`,
		"publicURL":                            `"https://a.example.com" derived from edge.host, edge.port`,
		"topics":                               `(hidden) derived from controller.replicas, invoker.replicas, kafka.topicPrefix`,
		"kafka.external":                       "",
		"redis.volume.existingClaim":           "",
	} {
		if diff := cmp.Diff(want, got[path]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// Every field of the contract that is always there, or derived, is there; every
// path that is there, and every one that something is derived from, can be
// looked up.
func TestPaths(t *testing.T) {
	for _, v := range examples(t) {
		values := Of(v)
		seen := map[string]bool{}
		for _, value := range values {
			seen[value.Path] = true
			paths := slices.Clone(value.From)
			if strings.Contains(value.Path, ".") {
				paths = append(paths, value.Path)
			}
			for _, path := range paths {
				if _, _, err := explain.Find(path); err != nil {
					t.Errorf("%s: %s: %v", v.Env.Name, value.Path, err)
				}
			}
		}
		for _, f := range explain.Fields() {
			inside := strings.ContainsAny(f.Path, "<[")
			if f.Default != "" && !inside && !seen[f.Path] && !absentAbove(f.Path) {
				t.Errorf("%s: %s, which has a default, is missing", v.Env.Name, f.Path)
			}
		}
	}
}

// absentAbove tells whether the field is in a struct that may be absent.
func absentAbove(path string) bool {
	for i, r := range path {
		if r == '.' {
			f, _, err := explain.Find(path[:i])
			if err == nil && f.Unwritten == explain.Absent {
				return true
			}
		}
	}
	return false
}

// Each field that the contract calls derived has a value for some environment.
func TestDerived(t *testing.T) {
	all := append(examples(t), load(t, `
a: {
	edge: {host: "a.example.com", ingress: class: "nginx", gateway: name: "gw"}
	cluster: storage: class: "fast"
	kafka: mode: "separate"
	apigateway: enabled: true
	gitops: flux: oci: url: "oci://registry.example.com/openwhisk"
	load: stages: [{perMinute: 60, duration: "60s"}]
}
`))
	derivedPaths := map[string]bool{}
	for _, v := range all {
		for _, f := range v.Follows() {
			if found, _, err := explain.Find(f.Path); err == nil {
				derivedPaths[found.Path] = true
			}
		}
	}
	for _, f := range explain.Fields() {
		if f.Unwritten == explain.Derived && !derivedPaths[f.Path] {
			t.Errorf("nothing says what %s is when it is not written", f.Path)
		}
	}
}

// No secret value comes out, wherever it was put, in text and in JSON.
func TestSecrets(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 2))
	for range 20 {
		secret := make([]byte, 8+r.IntN(20))
		for i := range secret {
			secret[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[r.IntN(36)]
		}
		v := load(t, strings.ReplaceAll(`
a: {
	profile: "development"
	edge: host: "a.example.com"
	edge: service: annotations: {one: "SECRET", two: "x\(one)y"}
	cluster: nodes: core: {count: 3, cpu: "4", memory: "8Gi", labels: "team": "SECRET"}
	imagePullSecrets: ["aSECRETb"]
}
a: `+plain, "SECRET", "s"+string(secret)))
		values := Of(v)
		var text bytes.Buffer
		if err := WriteText(&text, values); err != nil {
			t.Fatal(err)
		}
		machine, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text.String(), string(secret)) || bytes.Contains(machine, secret) {
			t.Fatalf("seeds 8, 2: %s is shown:\n%s\n%s", secret, text.String(), machine)
		}
	}
}
