package cluster_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/life"
)

// TestUpdates brings an environment from one shape to another on a running
// cluster: no field that cannot change may have to, claims are kept, and the pods
// that are replaced are those that whiskops says.
func TestUpdates(t *testing.T) {
	node := []fakenode.Pool{{Name: "node", Count: 1, CPU: "4", Memory: "16Gi"}}
	grown := []fakenode.Pool{fakenode.Role("core", 6, "4", "15Gi", 3), fakenode.Role("db", 1, "4", "7Gi", 1), fakenode.Role("invoker", 6, "8", "31Gi", 3).Tainted()}
	images := `images: {
		controller: tag: "2.0.1"
		invoker: tag: "2.0.1"
		kafka: tag: "3.9.2"
		couchdb: tag: "3.4.3"
		redis: tag: "7.4.2"
		nginx: tag: "1.27.4"
		apigateway: tag: "1.0.1"
	}
	`
	updates := []struct {
		name, environment string
		pools             []fakenode.Pool
		from, to          []string // replacements in the example
		brokers           int      // of which all but one stay ready
	}{
		{"development with other images", "development", node, nil, []string{"placement: enabled: false", images + "placement: enabled: false"}, 1},
		{"development with other settings", "development", node, []string{`memory: "8Gi"`, `memory: "16Gi"`}, []string{
			"controller: replicas: 1", "controller: replicas: 2",
			"kafka: {replicas: 1,", "limits: concurrentInvocations: 13\n\tkafka: {replicas: 1,"}, 1},
		{"production with other images and settings", "production", grown, nil, []string{
			"limits: {concurrentInvocations: 200", images + "limits: {concurrentInvocations: 100"}, 3},
		{"production with fewer replicas", "production", grown, nil, []string{
			"controller: replicas: 3", "controller: replicas: 2", "invoker: replicas:    6", "invoker: replicas: 3"}, 3},
		{"ci grown to more brokers and controllers", "ci", grown, []string{
			"core: {count: 2", "core: {count: 6", `cpu: "4", memory: "7Gi"}`, `cpu: "4", memory: "15Gi", zones: 3}`,
			"invoker: {count: 2", "invoker: {count: 4", "kafka: {replicas: 1", "invoker: replicas: 2\n\tkafka: {replicas: 1",
		}, []string{
			"invoker: replicas: 2", "controller: replicas: 3\n\tedge: replicas: 3\n\tinvoker: replicas: 4", "kafka: {replicas: 1", "kafka: {replicas: 3",
		}, 0},
	}
	each(t, func(t *testing.T, release string) {
		for _, u := range updates {
			holds(t, u.environment, release, "update: "+u.name, func(t *testing.T) {
				from := example(t, u.environment, u.from...)
				to := from
				for i := 0; i+1 < len(u.to); i += 2 {
					if !strings.Contains(to, u.to[i]) {
						t.Fatalf("the environment has no %q", u.to[i])
					}
					to = strings.Replace(to, u.to[i], u.to[i+1], 1)
				}
				g := newGround(t, release, []string{"standard", "gp3"}, u.pools...)
				old := generate(t, from)
				update(t, g, u.environment, old, generate(t, to), difference(t, old, to), u.brokers)
			})
		}
	})
}

// update installs what is in a folder golden/ and then what is in another. What whiskops
// said of the change is held against it.
func update(t *testing.T, g *ground, name, from, to string, said []effect, brokers int) {
	t.Helper()
	old, renewed := &environment{name: name}, &environment{name: name}
	old.read(t, from)
	renewed.read(t, to)
	none(t, g.install(t, old.objects, old.readme).Problems)
	g.up(t, old.namespace())
	before := look(t, g, old)
	quorum, err := life.Watch(g.ctx, g.set, old.namespace(), "kafka")
	if err != nil {
		t.Fatal(err)
	}
	none(t, g.install(t, renewed.objects, renewed.readme).Problems)
	g.up(t, renewed.namespace())
	none(t, quorum.Kept(brokers-1))
	after := look(t, g, renewed)
	if said != nil {
		predicted(t, said, before, after)
	}
	for _, c := range before.Claims {
		i := slices.IndexFunc(after.Claims, func(o corev1.PersistentVolumeClaim) bool { return o.UID == c.UID })
		if i < 0 || after.Claims[i].Spec.VolumeName != c.Spec.VolumeName {
			t.Errorf("claim %s is not what it was", c.Name)
		}
	}
}

// TestUpdateFromThePreviousOutput brings each environment from what golden/ was
// before its last change to what it is.
func TestUpdateFromThePreviousOutput(t *testing.T) {
	from := t.TempDir()
	if err := previous(from); err != nil {
		t.Skip(err)
	}
	each(t, func(t *testing.T, release string) {
		for _, e := range environments(t) {
			if _, err := os.Stat(filepath.Join(from, e.name)); err != nil {
				continue
			}
			holds(t, e.name, release, "update from the previous output", func(t *testing.T) {
				g := newGround(t, release, e.classes, e.pools...)
				brokers := map[string]int{"production": 3}[e.name]
				update(t, g, e.name, from, golden, nil, brokers)
				none(t, e.misplaced(look(t, g, e)))
			})
		}
	})
}

// previous writes golden/ as it was before the last commit that changed it.
func previous(dir string) error {
	out, err := exec.Command("git", "-C", "../..", "log", "-2", "--format=%H", "--", "golden").Output()
	commits := strings.Fields(string(out))
	if err != nil || len(commits) < 2 {
		return errors.New("git knows no earlier golden/")
	}
	archive, err := exec.Command("git", "-C", "../..", "archive", commits[1], "golden").Output()
	if err != nil {
		return errors.New("git has no earlier golden/ (a shallow clone?)")
	}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name, ok := strings.CutPrefix(h.Name, "golden/")
		if !ok || h.Typeflag != tar.TypeReg || !filepath.IsLocal(name) {
			continue
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
}

// TestPredictions holds what whiskops says of an environment against what the
// scheduler does with it on such a cluster.
func TestPredictions(t *testing.T) {
	role := fakenode.Role
	core, db, invoker := role("core", 2, "4", "7Gi", 1), role("db", 1, "2", "3500Mi", 1), role("invoker", 2, "4", "7Gi", 1).Tainted()
	small := role("core", 2, "4", "1Gi", 1)
	three := []string{"invoker: {count: 2", "invoker: {count: 3", "kafka: {replicas: 1", "invoker: replicas: 3\n\tkafka: {replicas: 1"}
	predictions := []struct {
		code     string
		enough   []string // replacements for a cluster that is large enough
		short    []string // and from there to the cluster at hand
		pools    []fakenode.Pool
		pod, why string
	}{
		{"WO201", three, []string{"invoker: {count: 3", "invoker: {count: 2"}, []fakenode.Pool{core, db, invoker}, "invoker-", "anti-affinity"},
		{"WO202", nil, []string{"db: {count: 1, cpu: \"2\", memory: \"3500Mi\"}", ""}, []fakenode.Pool{core, invoker}, "couchdb-0", "node affinity/selector"},
		{"WO236", nil, []string{`core: {count: 2, cpu: "4", memory: "7Gi"}`, `core: {count: 2, cpu: "4", memory: "1Gi"}`}, []fakenode.Pool{small, db, invoker}, "kafka-0", "Insufficient memory"},
	}
	release := releases()[0]
	for _, p := range predictions {
		holds(t, "ci", release, "the scheduler does what is predicted by "+p.code, func(t *testing.T) {
			enough := example(t, "ci", p.enough...)
			short := strings.Replace(enough, p.short[0], p.short[1], 1)
			if _, out, err := command(t, short, "validate"); err == nil || !strings.Contains(out, p.code) {
				t.Fatalf("whiskops validate does not find %s: %v\n%s", p.code, err, out)
			}
			e := &environment{name: "ci"}
			e.read(t, generate(t, enough))
			g := newGround(t, release, []string{"standard"}, p.pools...)
			none(t, g.install(t, e.objects, e.readme).Problems)
			none(t, g.settle(e.namespace(), patience, func(s *claims.State) []string {
				var all []string
				for name, why := range s.Unplaced() {
					if strings.HasPrefix(name, p.pod) && strings.Contains(why, p.why) {
						return nil
					}
					all = append(all, name+": "+why)
				}
				return append([]string{"no pod " + p.pod + " is pending with the words " + p.why}, all...)
			}))
		})
	}
}
