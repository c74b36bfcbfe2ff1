package images

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/registry"
)

// two environments that share images; the second has one of its own.
func two(t *testing.T) []*derived.Values {
	t.Helper()
	envs, found, err := environment.LoadBytes("environments", map[string][]byte{"environments/e.cue": []byte(`package environments

a: {
	edge: host: "a.example.com"
	runtimes: families: ["nodejs"]
}
b: {
	edge: host: "b.example.com"
	runtimes: families: ["nodejs"]
	images: nginx: digest: "` + digest(9) + `"
}
`)})
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
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

func digest(n int) string { return "sha256:" + strings.Repeat(fmt.Sprint(n), 64) }

// shelf is registries whose images are known; what is not there has gone.
type shelf map[string]environment.Locked

func (s shelf) Look(_ context.Context, reference string) (environment.Locked, error) {
	l, ok := s[reference]
	switch {
	case !ok:
		return l, &registry.Refusal{Message: fmt.Sprintf("no %q", reference), Help: "look", Gone: true}
	case l.Digest == "":
		return l, &registry.Refusal{Message: fmt.Sprintf("no login for %q", reference), Help: "log in"}
	}
	return l, nil
}

func (s shelf) Digest(ctx context.Context, reference string) (string, error) {
	l, err := s.Look(ctx, reference)
	return l.Digest, err
}

// full has all images, and their digests.
func full(t *testing.T) shelf {
	s := shelf{}
	for _, w := range wants(two(t)) {
		s[w.reference] = environment.Locked{Digest: digest(1), Platforms: []string{"linux/amd64"}}
		if repository, own, ok := strings.Cut(w.reference, "@"); ok {
			s[w.reference] = environment.Locked{Digest: own}
			s[repository[:strings.LastIndex(repository, ":")]+"@"+own] = s[w.reference]
		} else {
			s[repository[:strings.LastIndex(repository, ":")]+"@"+digest(1)] = s[w.reference]
		}
	}
	return s
}

func TestLock(t *testing.T) {
	lock, found := Lock(t.Context(), two(t), full(t))
	if len(found) > 0 {
		t.Fatal(found)
	}
	var names []string
	for _, w := range wants(two(t)) {
		names = append(names, w.reference)
		if lock[w.reference].Digest == "" {
			t.Errorf("%s is not locked", w.reference)
		}
	}
	want := []string{
		"apache/couchdb:3.3.3", "apache/kafka:3.9.1", "curlimages/curl:8.11.1", "nginx:1.28.0", "nginx:1.28.0@" + digest(9), "node:22.12.0-alpine",
		"openwhisk/action-nodejs-v18:1.22.0", "openwhisk/action-nodejs-v20:1.22.0", "openwhisk/controller:2.0.0", "openwhisk/invoker:2.0.0",
	}
	if diff := cmp.Diff(want, without(names, "openwhisk/apigateway:1.0.0", "redis:7.2.5")); diff != "" {
		t.Error(diff)
	}
}

func without(all []string, some ...string) []string {
	var rest []string
	for _, s := range all {
		if !strings.Contains(strings.Join(some, " "), s) {
			rest = append(rest, s)
		}
	}
	return rest
}

// TestLockRefused: with one refusal there is no lock, and each stands where the
// user wrote the image, or the environment.
func TestLockRefused(t *testing.T) {
	s := full(t)
	delete(s, "nginx:1.28.0@"+digest(9))
	s["apache/kafka:3.9.1"] = environment.Locked{}
	lock, found := Lock(t.Context(), two(t), s)
	want := []finding.Finding{
		{Code: codeRefused, Severity: finding.Error, Position: finding.Position{File: "environments/e.cue", Line: 3, Column: 1}, Path: "a.images.kafka", Message: `no login for "apache/kafka:3.9.1"`, Help: "log in"},
		{Code: codeGone, Severity: finding.Error, Position: finding.Position{File: "environments/e.cue", Line: 10, Column: 10}, Path: "b.images.nginx", Message: `no "nginx:1.28.0@` + digest(9) + `"`, Help: "look"},
	}
	if diff := cmp.Diff(want, found); diff != "" || lock != nil {
		t.Errorf("%v\n%s", lock, diff)
	}
}

func TestCheck(t *testing.T) {
	kafka := "apache/kafka:3.9.1"
	for _, tt := range []struct {
		name   string
		change func(environment.Lock, shelf)
		want   string
	}{
		{"as locked", func(environment.Lock, shelf) {}, ""},
		{"moved", func(_ environment.Lock, s shelf) { s[kafka] = environment.Locked{Digest: digest(2)} },
			`error WO637 images.lock.yaml "apache/kafka:3.9.1" is locked to ` + digest(1) + `, and it is ` + digest(2) + ` now; what is locked can still be pulled; ` + "`whiskops images lock` takes the new one"},
		{"moved, and the old one has gone", func(_ environment.Lock, s shelf) {
			s[kafka] = environment.Locked{Digest: digest(2)}
			delete(s, "apache/kafka@"+digest(1))
		}, `error WO638 images.lock.yaml "apache/kafka:3.9.1" is locked to ` + digest(1) + `, which has gone: no pod that starts can pull it; it is ` + digest(2) + " now; run `whiskops images lock` and `whiskops generate`, or name an image under images that is there"},
		{"the tag has gone", func(_ environment.Lock, s shelf) { delete(s, kafka) },
			`error WO637 images.lock.yaml "apache/kafka:3.9.1" is locked to ` + digest(1) + `, and the tag has gone from its registry; what is locked can still be pulled, as long as the registry keeps it; name a tag that is there`},
		{"all has gone", func(_ environment.Lock, s shelf) { delete(s, kafka); delete(s, "apache/kafka@"+digest(1)) },
			`error WO638 images.lock.yaml "apache/kafka:3.9.1" is locked to ` + digest(1) + ", which has gone: no pod that starts can pull it; the tag has gone from its registry; run `whiskops images lock` and `whiskops generate`, or name an image under images that is there"},
		{"not locked", func(l environment.Lock, _ shelf) { delete(l, kafka) }, `error WO637 images.lock.yaml "apache/kafka:3.9.1" is not locked; run ` + "`whiskops images lock`"},
		{"not locked, and not there", func(l environment.Lock, s shelf) { delete(l, kafka); delete(s, kafka) }, `error WO638 environments/e.cue no "apache/kafka:3.9.1"; look`},
		{"no login", func(_ environment.Lock, s shelf) { s[kafka] = environment.Locked{} }, `error WO636 environments/e.cue no login for "apache/kafka:3.9.1"; log in`},
		{"no login for the old one", func(_ environment.Lock, s shelf) {
			s[kafka] = environment.Locked{Digest: digest(2)}
			s["apache/kafka@"+digest(1)] = environment.Locked{}
		}, `error WO636 environments/e.cue no login for "apache/kafka@` + digest(1) + `"; log in`},
		{"of no use", func(l environment.Lock, _ shelf) { l["old:1"] = environment.Locked{Digest: digest(1)} }, `warning WO637 images.lock.yaml "old:1" is locked, and no environment runs it; run ` + "`whiskops images lock`, which leaves it out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := full(t)
			lock, found := Lock(t.Context(), two(t), s)
			if len(found) > 0 {
				t.Fatal(found)
			}
			tt.change(lock, s)
			var lines []string
			for _, f := range Check(t.Context(), two(t), s, lock, environment.LockFile) {
				lines = append(lines, fmt.Sprintf("%s %s %s %s; %s", f.Severity, f.Code, f.File, f.Message, f.Help))
			}
			if diff := cmp.Diff(tt.want, strings.Join(lines, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestList(t *testing.T) {
	all := two(t)
	lock, _ := Lock(t.Context(), all, full(t))
	all[1].Env.Lock = lock
	all[1].Env.APIGateway.Enabled, all[1].Env.Admin.SmokeTest = false, false
	var b bytes.Buffer
	if err := WriteText(&b, List(all[1:])); err != nil {
		t.Fatal(err)
	}
	want := `b
  apache/couchdb:3.3.3                sha256:111111111111  linux/amd64  couchdb
  apache/kafka:3.9.1                  sha256:111111111111  linux/amd64  controller, invoker, kafka, kafka-topics
  curlimages/curl:8.11.1              sha256:111111111111  linux/amd64  controller, invoker, kafka-topics
  nginx:1.28.0                        sha256:999999999999               nginx
  node:22.12.0-alpine                 sha256:111111111111  linux/amd64  couchdb-init
  openwhisk/action-nodejs-v18:1.22.0  sha256:111111111111  linux/amd64  nodejs:18
  openwhisk/action-nodejs-v20:1.22.0  sha256:111111111111  linux/amd64  nodejs:20
  openwhisk/controller:2.0.0          sha256:111111111111  linux/amd64  controller
  openwhisk/dockerskeleton:1.15.0     not lockable                      images of users' own, which name it themselves
  openwhisk/invoker:2.0.0             sha256:111111111111  linux/amd64  invoker
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
