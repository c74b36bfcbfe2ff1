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
	"github.com/whiskops/whiskops/e2e/controllers"
	"github.com/whiskops/whiskops/e2e/ground"
)

// way of delivery: what an environment says of it for the address of its
// repository, and what starts the tool in a cluster.
type way struct {
	gitops func(url string) string
	start  func(t *testing.T, s *stage) tool
}

// ways are both tools, as most tests use them.
var ways = map[string]way{"flux": byFlux(""), "argocd": byArgoCD("")}

// byFlux has the gate open that ends a health check for a newer commit; more are
// fields that the environment says beside it.
func byFlux(more string) way {
	return way{
		func(url string) string {
			return fmt.Sprintf("flux: {git: url: %q, cancelsHealthChecks: true, %s}", url, more)
		},
		func(t *testing.T, s *stage) tool { return startFlux(t, s.Ground, s.built, true) },
	}
}

func byArgoCD(more string) way {
	return way{
		func(url string) string { return fmt.Sprintf("argocd: {git: url: %q, %s}", url, more) },
		func(t *testing.T, s *stage) tool {
			o := controllers.ArgoCDOptions{Timeout: s.slowest(), Sets: strings.Contains(more, "applicationSet")}
			return startArgoCD(t, s.Ground, s.built, o)
		},
	}
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
			s := newStage(t, release, ways[name], "ci", "development")
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
			s := newStage(t, release, ways[name], env)
			s.repo.says(t, env, `edge: service: type: "LoadBalancer"`)
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

// TestArtifact goes from git to an artifact in a registry, and on from there.
func TestArtifact(t *testing.T) {
	const env = "ci"
	release := ground.Releases()[0]
	s := newStage(t, release, ways["flux"], env)
	s.at = s.repo.push(t, s.Ground, "begin")
	s.begin(t, env, s.folder(env))
	s.ready(t, env)
	s.arrives(t, env, s.at)
	host, err := s.built.Registry(s.Plane)
	must(t, err)
	url := "oci://" + host + "/installation"
	if !ground.Holds(t, env, release, "flux: from git to an artifact of the same tree, and nothing changes", func(t *testing.T) {
		before, f := s.running(t, env), s.tool.(*flux)
		old := f.sources(env)
		s.repo.delivers(t, env, fmt.Sprintf("flux: {oci: {url: %q, insecure: true}, cancelsHealthChecks: true}", url))
		s.repo.generate(t)
		first := s.artifact(t, env, url)
		s.wire().Taken()
		s.begin(t, env, s.folder(env))
		wait(t, s.Ground, patience, func() []string { return s.synced(env, first) })
		for _, w := range s.foreign(s.wire().Taken()) {
			t.Errorf("Flux wrote though nothing changed: %s", w)
		}
		s.kept(t, env, before)
		ground.None(t, s.Installer.Delete(s.Ctx, old))
	}) {
		return
	}
	ground.Holds(t, env, release, "flux: an upgrade arrives by the tag of an artifact", func(t *testing.T) {
		before := s.configs(t, env)
		s.repo.says(t, env, `limits: payload: 2097152`)
		next := s.artifact(t, env, url)
		s.poke(t, env)
		s.arrives(t, env, next)
		if maps.Equal(before, s.configs(t, env)) {
			t.Error("no ConfigMap of a pod changed: this was no upgrade")
		}
	})
}

// artifact pushes what the repository has of an environment now, and gives its
// digest, which is the last line that whiskops says.
func (s *stage) artifact(t *testing.T, env, url string) string {
	t.Helper()
	said := s.repo.whiskops(t, "push", env, url+":"+env, "--source", s.repo.URL, "--revision", "main@sha1:"+s.at)
	lines := strings.Split(strings.TrimSpace(said), "\n")
	digest := lines[len(lines)-1]
	if !strings.HasPrefix(digest, "sha256:") {
		t.Fatalf("the push gave no digest: %s", said)
	}
	return digest
}

// TestUnprotected takes the protection of ConfigMaps away: what holds otherwise
// must be found not to.
func TestUnprotected(t *testing.T) {
	const env = "development"
	release := ground.Releases()[0]
	ground.Holds(t, env, release, "mutation is found: flux: ConfigMaps that are pruned while a pod needs them", func(t *testing.T) {
		s := newStage(t, release, ways["flux"], env)
		s.repo.unprotected = true
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
