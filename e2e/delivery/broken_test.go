package delivery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/ground"
)

// broken is an upgrade of the web server, after the one before, that changes its
// configuration too.
const broken = `{limits: {payload: 2097152, blocking: "90s"}, images: {curl: tag: "8.12.0", nginx: tag: "` + fakenode.NoImage + `"}}`

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
	s.repo.says(t, env, upgrade)
	begin := time.Now()
	s.at = s.commit(t, env, "back")
	s.arrives(t, env, s.at)
	// With the gate open nothing waits for the timeout, which is 5 minutes or more.
	if took := time.Since(begin); s.name() == "flux" && took > 2*time.Minute {
		t.Errorf("the revert took %s: the health check of the broken commit was not ended", took.Round(time.Second))
	}
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
	s.repo.patchesUnseen(t, env, "Deployment", "nginx", refused)
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
	s.repo.patchesUnseen(t, env, "StatefulSet", "controller", fmt.Sprintf(invalid, policy))
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
