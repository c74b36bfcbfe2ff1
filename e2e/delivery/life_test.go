package delivery_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/ground"
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
					s := newStage(t, release, env)
					go fakenode.Balance(s.Ctx, s.Set)
					s.tool = tools[with](t, s)
					life(t, s, env)
				})
			}
		})
	}
}

// life is a day after another of one installation.
func life(t *testing.T, s *stage, env string) {
	steps := []struct {
		claim string
		do    func(t *testing.T, s *stage, env string)
	}{
		{"installed from git into an empty cluster, Secrets after it", installed},
		{"a second pass changes nothing", unchanged},
		{"an upgrade arrives", upgraded},
		{"an image that never starts leaves the running one, whose evicted pod comes up again", neverStarts},
		{"the revert of it arrives", reverted},
		{"a pod that is refused leaves the running one", refusedPod},
		{"an object that the API server refuses changes no pod", refusedObject},
		{"a commit that does not build changes no pod", unbuildable},
		{"a change by hand is taken back", byHand},
		{"a commit while suspended waits for the resumption", suspended},
		{"deleted, its data are kept", removed},
		{"installed again onto the same volumes", reinstalled},
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
	for _, w := range tally.Written {
		if _, path, _ := strings.Cut(w, " "); !s.own(path) {
			t.Errorf("%s wrote though nothing changed: %s", s.name(), w)
		}
	}
	ground.Progress("%s %s: a pass without a change: %d reads, %d dry runs, %d writes of its own; %d kB sent, %d kB received",
		s.name(), env, tally.Reads, tally.DryRuns, tally.Writes, tally.Sent>>10, tally.Received>>10)
}

func upgraded(t *testing.T, s *stage, env string) {
	before := s.configs(t, env)
	s.repo.says(t, env, `limits: payload: 2097152`)
	s.at = s.commit(t, env, "larger payloads")
	s.arrives(t, env, s.at)
	if maps.Equal(before, s.configs(t, env)) {
		t.Error("no ConfigMap of a pod changed: this was no upgrade")
	}
}

// broken is an upgrade of the web server that changes its configuration too.
const broken = `{limits: {payload: 2097152, blocking: "90s"}, images: nginx: tag: "` + fakenode.NoImage + `"}`

func neverStarts(t *testing.T, s *stage, env string) {
	s.repo.says(t, env, broken)
	s.commit(t, env, "an image that is not there")
	ground.None(t, s.evicted(t, env, time.Minute))
}

// evicted waits until the new pod of the web server does not start, has a pod of
// the running revision go, and tells what keeps it from coming up again in the
// time.
func (s *stage) evicted(t *testing.T, env string, long time.Duration) (problems []string) {
	t.Helper()
	var old []*corev1.Pod
	wait(t, s.Ground, patience, func() []string {
		old = nil
		stuck := 0
		for _, p := range s.look(t, env).Of("nginx") {
			if claims.Ready(p) {
				old = append(old, p)
			} else if strings.Contains(claims.Waiting(p), "is in no registry") {
				stuck++
			}
		}
		if stuck == 0 {
			return []string{"no new pod waits for its image"}
		}
		return nil
	})
	if len(old) == 0 {
		t.Fatal("no pod of the running revision is left")
	}
	// What is pruned early is, with a round of the health check behind it.
	time.Sleep(5 * time.Second)
	// A node that fails asks no budget.
	must(t, s.Set.CoreV1().Pods(old[0].Namespace).Delete(s.Ctx, old[0].Name, metav1.DeleteOptions{}))
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		ready := 0
		problems = nil
		for _, p := range s.look(t, env).Of("nginx") {
			switch {
			case p.UID == old[0].UID:
			case claims.Ready(p):
				ready++
			default:
				problems = append(problems, p.Name+": "+claims.Waiting(p))
			}
		}
		if ready >= len(old) {
			return nil
		}
	}
	return append(problems, fmt.Sprintf("fewer pods are ready than the %d before", len(old)))
}

// reverted is the mend of neverStarts, while the broken revision is waited for.
func reverted(t *testing.T, s *stage, env string) {
	s.repo.says(t, env, `limits: payload: 2097152`)
	s.at = s.commit(t, env, "back")
	s.arrives(t, env, s.at)
}

// refused is a change that the API server takes and PodSecurity does not.
const refused = `apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx}
spec:
  template:
    spec:
      hostNetwork: true
`

func refusedPod(t *testing.T, s *stage, env string) {
	before := s.running(t, env)
	s.repo.patches(t, env, refused)
	s.commit(t, env, "on the host's network")
	wait(t, s.Ground, patience, func() []string {
		events, err := s.Set.CoreV1().Events(s.namespace(t, env)).List(s.Ctx, metav1.ListOptions{FieldSelector: "reason=FailedCreate"})
		if err != nil {
			return []string{err.Error()}
		}
		for _, e := range events.Items {
			if strings.Contains(e.Message, "hostNetwork") || strings.Contains(e.Message, "host namespaces") {
				return nil
			}
		}
		return []string{"no pod was refused"}
	})
	s.kept(t, env, before)
	s.repo.patches(t, env, "")
	s.at = s.commit(t, env, "not on the host's network")
	s.arrives(t, env, s.at)
	s.kept(t, env, before)
}

const invalid = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: controller}
spec:
  podManagementPolicy: %s
`

// refusedObject changes a field that cannot change, beside another change.
func refusedObject(t *testing.T, s *stage, env string) {
	before := s.running(t, env)
	policy := "OrderedReady"
	if all, _ := s.repo.generated(t, env); strings.Contains(fmt.Sprint(objectsOf(all, "StatefulSet", "controller")), "OrderedReady") {
		policy = "Parallel"
	}
	s.repo.patches(t, env, fmt.Sprintf(invalid, policy))
	why := s.fails(t, env, s.commit(t, env, "a field that cannot change"))
	if !strings.Contains(why, "controller") {
		t.Errorf("%s does not name the object: %s", s.name(), why)
	}
	s.kept(t, env, before)
	s.repo.patches(t, env, "")
	s.at = s.commit(t, env, "as it was")
	s.arrives(t, env, s.at)
	s.kept(t, env, before)
}

func unbuildable(t *testing.T, s *stage, env string) {
	before := s.running(t, env)
	s.repo.write(t, "overlays/"+env+"/kustomization.yaml", "resources: [nowhere]\n")
	s.fails(t, env, s.commit(t, env, "does not build"))
	s.kept(t, env, before)
	s.repo.write(t, "overlays/"+env+"/kustomization.yaml", "")
	s.repo.generate(t)
	s.at = s.commit(t, env, "builds")
	s.arrives(t, env, s.at)
	s.kept(t, env, before)
}

func byHand(t *testing.T, s *stage, env string) {
	ns := s.namespace(t, env)
	scale, err := s.Set.AppsV1().Deployments(ns).GetScale(s.Ctx, "nginx", metav1.GetOptions{})
	must(t, err)
	was := scale.Spec.Replicas
	scale.Spec.Replicas++
	_, err = s.Set.AppsV1().Deployments(ns).UpdateScale(s.Ctx, "nginx", scale, metav1.UpdateOptions{})
	must(t, err)
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
