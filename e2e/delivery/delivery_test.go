// Package delivery_test has the real controllers of Flux and of Argo CD bring
// environments from a git server to a control plane, and take them through what
// happens to an installation that follows git.
package delivery_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controllers"
	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/wire"
)

// patience is for two loaded cores and the longest wait for a broken revision;
// what is well takes seconds.
const patience = 8 * time.Minute

// tool that delivers.
type tool interface {
	name() string
	// begin applies the folder that starts an environment.
	begin(t *testing.T, env, dir string)
	// poke has it look at the source now; again has it compare everything.
	poke(t *testing.T, env string)
	again(t *testing.T, env string)
	// synced says what is missing until a revision is there and all is Ready.
	synced(env, revision string) []string
	// failed tells if a revision was tried and did not come up, and why.
	failed(env, revision string) (string, bool)
	// tried are the Jobs that have tried an environment and succeeded, by name,
	// each with what tells one run from another.
	tried(t *testing.T, env string) map[string]string
	suspend(t *testing.T, env string, yes bool)
	// remove ends the delivery, and with it what was delivered.
	remove(t *testing.T, env string)

	wire() *wire.Wire
	// own tells if a path that was written to is the tool's own affair.
	own(path string) bool
}

// stage is a cluster with a tool and a repository.
type stage struct {
	*ground.Ground
	tool
	release string
	built   controllers.Built
	repo    *repository
	// at is the last commit that was good.
	at string
}

// newStage starts a cluster for the environments and what delivers them, as they
// say, and a repository of them.
func newStage(t *testing.T, release string, by way, envs ...string) *stage {
	t.Helper()
	var pools []fakenode.Pool
	classes := map[string]bool{}
	var named []string
	for _, e := range envs {
		p, c := ground.Nodes(e)
		pools = append(pools, p...)
		for _, n := range c {
			if !classes[n] {
				named = append(named, n)
			}
			classes[n] = true
		}
	}
	built, err := controllers.Build(context.Background(), ground.Progress)
	must(t, err)
	s := &stage{Ground: ground.New(t, release, named, pools...), release: release, built: built}
	s.repo = newRepository(t, s.Ground, by.gitops, envs...)
	s.tool = by.start(t, s)
	for _, e := range envs {
		all, _ := s.repo.generated(t, e)
		s.issue(all)
	}
	return s
}

// start applies what a folder builds, in its order, as kubectl apply -k does.
func start(t *testing.T, g *ground.Ground, b controllers.Built, dir string) []*objects.Object {
	t.Helper()
	all, err := b.Kustomize(g.Ctx, dir)
	must(t, err)
	ground.None(t, g.Installer.InTurn(g.Ctx, all).Problems)
	return all
}

// wait asks until there is no problem, and fails with what there is at the end of
// the time.
func wait(t *testing.T, g *ground.Ground, long time.Duration, ask func() []string) {
	t.Helper()
	said := time.Now()
	for end := time.Now().Add(long); ; time.Sleep(100 * time.Millisecond) {
		problems := ask()
		if len(problems) == 0 {
			return
		}
		if err := g.Plane.Err(); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(end) || g.Ctx.Err() != nil {
			ground.None(t, problems)
		}
		if time.Since(said) > 15*time.Second {
			said = time.Now()
			ground.Progress("still: %.600s", strings.Join(problems, "; "))
		}
	}
}

func (s *stage) folder(env string) string {
	return filepath.Join(s.repo.dir, "clusters", env, s.name())
}

// secrets makes what the README asks for, and what cert-manager would make.
func (s *stage) secrets(t *testing.T, env string) {
	t.Helper()
	all, readme := s.repo.generated(t, env)
	must(t, s.Installer.Before(s.Ctx, s.Set, nil, append(install.Asked(readme), install.Issued(all)...)))
}

func (s *stage) namespace(t *testing.T, env string) string {
	t.Helper()
	all, _ := s.repo.generated(t, env)
	return objects.Namespace(all)
}

// commit pushes what the repository has now, and pokes.
func (s *stage) commit(t *testing.T, env, message string) string {
	t.Helper()
	revision := s.repo.push(t, s.Ground, message)
	s.poke(t, env)
	return revision
}

// arrives waits until a revision is Ready, and all of it is up.
func (s *stage) arrives(t *testing.T, env, revision string) {
	t.Helper()
	begin := time.Now()
	wait(t, s.Ground, patience, func() []string { return s.synced(env, revision) })
	ground.Progress("%s %s: Ready after %s", s.name(), env, time.Since(begin).Round(100*time.Millisecond))
	ground.None(t, s.Settle(s.namespace(t, env), time.Minute, (*claims.State).Up))
}

// fails waits until the tool says that a revision does not come up.
func (s *stage) fails(t *testing.T, env, revision string) string {
	t.Helper()
	var why string
	wait(t, s.Ground, patience, func() []string {
		reason, failed := s.failed(env, revision)
		if why = reason; failed {
			return nil
		}
		return []string{fmt.Sprintf("%s has not found %s broken", s.name(), revision)}
	})
	ground.Progress("%s %s: says of the broken commit: %.300s", s.name(), env, why)
	return why
}
