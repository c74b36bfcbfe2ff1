package delivery_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/wire"
)

// reference environments.
var reference = []string{"ci", "development", "production"}

// TestFlux takes each environment through its life with Flux.
func TestFlux(t *testing.T) { lives(t, "flux") }

// TestArgoCD does the same with Argo CD.
func TestArgoCD(t *testing.T) { lives(t, "argocd") }

func lives(t *testing.T, with string) {
	for _, release := range ground.Releases() {
		t.Run(release, func(t *testing.T) {
			for _, env := range reference {
				t.Run(env, func(t *testing.T) {
					s := newStage(t, release, ways[with], env)
					go fakenode.Balance(s.Ctx, s.Set)
					life(t, s, env)
				})
			}
		})
	}
}

// life is a day after another of one installation.
func life(t *testing.T, s *stage, env string) {
	first := "installed from git into an empty cluster"
	if s.repo.asksForSecrets(t, env) {
		first += ", Secrets after it"
	}
	deleted, again := "deleted, its data are kept", "installed again onto the same volumes"
	if !keeps(env) {
		deleted, again = "deleted, nothing is left", "installed again"
	}
	steps := []struct {
		claim string
		do    func(t *testing.T, s *stage, env string)
	}{
		{first, installed},
		{"a second pass changes nothing", unchanged},
		{"an upgrade arrives, and is tried by the smoke test, of which no old Job is left", upgraded},
		// Argo CD heals nothing after a failed sync that was taken back without
		// another, so this is before what is broken.
		{"a change by hand is taken back", byHand},
		{"an image that never starts leaves the running one, whose evicted pod comes up again", neverStarts},
		{"the revert of it arrives", reverted},
		{"a pod that is refused leaves the running one", refusedPod},
		{"an object that the API server refuses changes no pod", refusedObject},
		{"a commit that does not build changes no pod", unbuildable},
		{"a commit while suspended waits for the resumption", suspended},
		{deleted, removed},
		{again, reinstalled},
	}
	for _, step := range steps {
		if !ground.Holds(t, env, s.release, s.name()+": "+step.claim, func(t *testing.T) { step.do(t, s, env) }) {
			return // the next steps stand on this one
		}
	}
}

func installed(t *testing.T, s *stage, env string) {
	s.at = s.repo.push(t, s.Ground, "begin")
	s.begin(t, env, s.folder(env))
	asked := s.repo.asksForSecrets(t, env)
	if asked {
		wait(t, s.Ground, time.Minute, func() []string {
			state, err := claims.Look(s.Ctx, s.Set, s.namespace(t, env))
			if err != nil {
				return []string{err.Error()}
			}
			for i := range state.Pods {
				if strings.Contains(claims.Waiting(&state.Pods[i]), "is not there") {
					return nil
				}
			}
			return append([]string{fmt.Sprintf("none of %d pods waits for a Secret", len(state.Pods))}, s.synced(env, s.at)...)
		})
		if len(s.synced(env, s.at)) == 0 {
			t.Errorf("%s says that all is Ready without the Secrets", s.name())
		}
	}
	begin := time.Now()
	s.secrets(t, env)
	s.arrives(t, env, s.at)
	ground.Progress("%s %s: all Ready %s after the Secrets", s.name(), env, time.Since(begin).Round(100*time.Millisecond))
}

// unchanged counts what the tool writes when nothing changed.
func unchanged(t *testing.T, s *stage, env string) {
	s.wire().Taken()
	s.again(t, env)
	wait(t, s.Ground, patience, func() []string { return s.synced(env, s.at) })
	tally := s.wire().Taken()
	for _, w := range s.foreign(tally) {
		t.Errorf("%s wrote though nothing changed: %s", s.name(), w)
	}
	ground.Progress("%s %s: a pass without a change: %d reads, %d dry runs, %d writes of its own; %d kB sent, %d kB received",
		s.name(), env, tally.Reads, tally.DryRuns, tally.Writes, tally.Sent>>10, tally.Received>>10)
}

// foreign are the writes to what is not the tool's own.
func (s *stage) foreign(tally wire.Tally) (all []string) {
	for _, w := range tally.Written {
		if _, path, _ := strings.Cut(w, " "); !s.own(path) {
			all = append(all, w)
		}
	}
	return all
}

func upgraded(t *testing.T, s *stage, env string) {
	before, tried := s.configs(t, env), s.tried(t, env)
	s.repo.says(t, env, upgrade)
	s.at = s.commit(t, env, "larger payloads")
	s.arrives(t, env, s.at)
	if maps.Equal(before, s.configs(t, env)) {
		t.Error("no ConfigMap of a pod changed: this was no upgrade")
	}
	all, _ := s.repo.generated(t, env)
	wanted := map[string]bool{}
	for _, o := range objects.OfKind(all, "Job") {
		wanted[o.GetName()] = true
	}
	if len(wanted) == 0 {
		t.Error("there is no smoke test")
	}
	wait(t, s.Ground, time.Minute, func() (problems []string) {
		now := s.tried(t, env)
		for name := range wanted {
			if now[name] == "" || now[name] == tried[name] {
				problems = append(problems, "Job "+name+" has not run again")
			}
		}
		for _, j := range s.look(t, env).Jobs {
			if len(j.OwnerReferences) == 0 && !wanted[j.Name] {
				problems = append(problems, "Job "+j.Name+" is left")
			}
		}
		return problems
	})
}

// upgrade changes what runs, and what tries it.
const upgrade = `{limits: payload: 2097152, images: curl: tag: "8.12.0"}`

func byHand(t *testing.T, s *stage, env string) {
	ns := s.namespace(t, env)
	scale, err := s.Set.AppsV1().Deployments(ns).GetScale(s.Ctx, "nginx", metav1.GetOptions{})
	must(t, err)
	was := scale.Spec.Replicas
	scale.Spec.Replicas++
	_, err = s.Set.AppsV1().Deployments(ns).UpdateScale(s.Ctx, "nginx", scale, metav1.UpdateOptions{})
	must(t, err)
	s.wire().Taken()
	if s.name() == "flux" {
		s.again(t, env) // else with its interval; Argo CD watches
	}
	wait(t, s.Ground, time.Minute, func() []string {
		d, err := s.Set.AppsV1().Deployments(ns).Get(s.Ctx, "nginx", metav1.GetOptions{})
		if err != nil {
			return []string{err.Error()}
		}
		if *d.Spec.Replicas != was {
			return []string{fmt.Sprintf("nginx has %d replicas, and had %d", *d.Spec.Replicas, was)}
		}
		return nil
	})
	s.arrives(t, env, s.at)
	// The count that finds nothing on a pass without a change finds this.
	if len(s.foreign(s.wire().Taken())) == 0 {
		t.Error("the write that took it back was not counted")
	}
}

func suspended(t *testing.T, s *stage, env string) {
	before := s.running(t, env)
	s.suspend(t, env, true)
	s.repo.says(t, env, "")
	revision := s.commit(t, env, "while suspended")
	time.Sleep(8 * time.Second)
	s.kept(t, env, before)
	s.suspend(t, env, false)
	s.poke(t, env)
	s.at = revision
	s.arrives(t, env, s.at)
	if maps.Equal(before, s.running(t, env)) {
		t.Error("no pod is another than before: nothing was held back")
	}
}
