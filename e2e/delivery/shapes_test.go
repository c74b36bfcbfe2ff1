package delivery_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/ground"
)

// tools are both ways of delivery, as a test starts them.
var tools = map[string]func(t *testing.T, s *stage) tool{
	"flux":   func(t *testing.T, s *stage) tool { return startFlux(t, s.Ground, s.built, true) },
	"argocd": func(t *testing.T, s *stage) tool { return startArgoCD(t, s.Ground, s.built, s.slowest()) },
}

// slowest is what the slowest good rollout of the cluster's environments takes,
// with half as much again. A sync that is ended earlier is not tried again and
// prunes nothing; a broken one is waited for that long.
func (s *stage) slowest() time.Duration {
	if slices.Contains(s.repo.envs, "production") {
		return 6 * time.Minute // six invokers, one after the other
	}
	return 2 * time.Minute
}

// TestTwoEnvironments has two environments of one repository in one cluster.
func TestTwoEnvironments(t *testing.T) {
	release := ground.Releases()[0]
	for _, name := range []string{"flux", "argocd"} {
		ground.Holds(t, "ci", release, name+": beside another environment on one cluster, which changes and goes", func(t *testing.T) {
			s := newStage(t, release, "ci", "development")
			s.tool = tools[name](t, s)
			s.at = s.repo.push(t, s.Ground, "begin")
			for _, env := range s.repo.envs {
				s.begin(t, env, s.folder(env))
			}
			for _, env := range s.repo.envs {
				s.ready(t, env)
				s.arrives(t, env, s.at)
			}
			before := s.running(t, "ci")
			s.repo.says(t, "development", `limits: payload: 2097152`)
			s.at = s.commit(t, "development", "larger payloads in development")
			s.poke(t, "ci")
			s.arrives(t, "development", s.at)
			s.kept(t, "ci", before)
			s.remove(t, "development")
			s.kept(t, "ci", before)
			s.arrives(t, "ci", s.at)
		})
	}
}

// ready makes the Secrets once their namespaces are there.
func (s *stage) ready(t *testing.T, env string) {
	t.Helper()
	wait(t, s.Ground, time.Minute, func() []string {
		all, _ := s.repo.generated(t, env)
		for _, o := range objects.OfKind(all, "Namespace") {
			if _, err := s.Installer.Get(s.Ctx, o); err != nil {
				return append([]string{err.Error()}, s.synced(env, s.at)...)
			}
		}
		return nil
	})
	s.secrets(t, env)
}

// TestNoAddress installs where no load balancer has an address to give.
func TestNoAddress(t *testing.T) {
	release := ground.Releases()[0]
	for _, name := range []string{"flux", "argocd"} {
		ground.Holds(t, "ci", release, name+": without an address for the load balancer all pods run, a fix arrives, and the address ends the wait", func(t *testing.T) {
			const env = "ci"
			s := newStage(t, release, env)
			s.repo.says(t, env, `edge: service: type: "LoadBalancer"`)
			s.tool = tools[name](t, s)
			s.at = s.repo.push(t, s.Ground, "begin")
			s.begin(t, env, s.folder(env))
			s.ready(t, env)
			ground.None(t, s.Settle(s.namespace(t, env), patience, (*claims.State).Up))
			if len(s.synced(env, s.at)) == 0 {
				t.Errorf("%s says that all is Ready without an address", name)
			}
			before := s.configs(t, env)
			s.repo.says(t, env, `{edge: service: type: "LoadBalancer", limits: payload: 2097152}`)
			s.at = s.commit(t, env, "larger payloads")
			wait(t, s.Ground, patience, func() []string {
				if maps.Equal(before, s.configs(t, env)) {
					return append([]string{"no pod has the new configuration"}, s.synced(env, s.at)...)
				}
				return nil
			})
			go fakenode.Balance(s.Ctx, s.Set)
			s.arrives(t, env, s.at)
		})
	}
}

// artifact is the source that takes the place of the repository.
const artifact = `{
  "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "OCIRepository",
  "metadata": {"name": "artifact", "namespace": "flux-system"},
  "spec": {"interval": "1m", "url": "oci://%s", "ref": {"tag": "ci"}, "insecure": true}
}`

// TestArtifact goes from git to an artifact in a registry, and on from there.
func TestArtifact(t *testing.T) {
	const env = "ci"
	release := ground.Releases()[0]
	s := newStage(t, release, env)
	f := startFlux(t, s.Ground, s.built, true)
	s.tool = f
	s.at = s.repo.push(t, s.Ground, "begin")
	s.begin(t, env, s.folder(env))
	s.ready(t, env)
	s.arrives(t, env, s.at)
	host, err := s.built.Registry(s.Plane)
	must(t, err)
	ref := host + "/installation"
	if !ground.Holds(t, env, release, "flux: from git to an artifact of the same tree, and nothing changes", func(t *testing.T) {
		first, before := s.artifact(t, ref), s.running(t, env)
		source := &objects.Object{}
		must(t, source.UnmarshalJSON(fmt.Appendf(nil, artifact, ref)))
		s.wire().Taken()
		ground.None(t, s.Installer.InTurn(s.Ctx, []*objects.Object{source}).Problems)
		for _, o := range objects.OfKind(f.objects[env], "Kustomization") {
			must(t, s.Installer.Merge(s.Ctx, o, map[string]any{"spec": map[string]any{
				"sourceRef": map[string]any{"kind": source.GetKind(), "name": source.GetName()},
			}}))
		}
		wait(t, s.Ground, patience, func() []string { return s.synced(env, first) })
		for _, w := range s.foreign(s.wire().Taken()) {
			t.Errorf("Flux wrote though nothing changed: %s", w)
		}
		s.kept(t, env, before)
		f.objects[env] = append(objects.OfKind(f.objects[env], "Kustomization"), source)
	}) {
		return
	}
	ground.Holds(t, env, release, "flux: an upgrade arrives by the tag of an artifact", func(t *testing.T) {
		before := s.configs(t, env)
		s.repo.says(t, env, `limits: payload: 2097152`)
		next := s.artifact(t, ref)
		s.poke(t, env)
		s.arrives(t, env, next)
		if maps.Equal(before, s.configs(t, env)) {
			t.Error("no ConfigMap of a pod changed: this was no upgrade")
		}
	})
}

// artifact pushes what the repository has now, and gives its digest.
func (s *stage) artifact(t *testing.T, ref string) string {
	t.Helper()
	digest, err := s.built.Push(s.Ctx, s.repo.dir, ref+":ci", s.repo.URL, "main@sha1:"+s.at)
	must(t, err)
	_, digest, found := strings.Cut(digest, "@")
	if !found {
		t.Fatalf("the push gave no digest: %s", digest)
	}
	return digest
}

// TestUnprotected takes the protection of ConfigMaps away: what holds otherwise
// must be found not to.
func TestUnprotected(t *testing.T) {
	const env = "development"
	release := ground.Releases()[0]
	ground.Holds(t, env, release, "mutation is found: flux: ConfigMaps that are pruned while a pod needs them", func(t *testing.T) {
		s := newStage(t, release, env)
		s.tool = startFlux(t, s.Ground, s.built, true)
		s.repo.unprotected = true
		s.repo.generate(t)
		s.at = s.repo.push(t, s.Ground, "begin")
		s.begin(t, env, s.folder(env))
		s.arrives(t, env, s.at)
		s.repo.says(t, env, broken)
		s.commit(t, env, "an image that is not there")
		if problems := s.evicted(t, env, 20*time.Second); !strings.Contains(strings.Join(problems, " "), "ConfigMap nginx") {
			t.Errorf("the evicted pod is not found to miss its ConfigMap: %v", problems)
		}
	})
}
