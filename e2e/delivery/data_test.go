package delivery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/ground"
)

func (r *repository) asksForSecrets(t *testing.T, env string) bool {
	t.Helper()
	_, readme := r.generated(t, env)
	return len(install.Asked(readme)) > 0
}

func objectsOf(all []*objects.Object, kind, name string) map[string]any {
	o := objects.Find(all, kind, name)
	if o == nil {
		return nil
	}
	return o.Object
}

func (s *stage) look(t *testing.T, env string) *claims.State {
	t.Helper()
	state, err := claims.Look(s.Ctx, s.Set, s.namespace(t, env))
	must(t, err)
	return state
}

// running are the ready pods, name and UID.
func (s *stage) running(t *testing.T, env string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, p := range s.look(t, env).Pods {
		if claims.Ready(&p) && p.DeletionTimestamp == nil && p.Spec.RestartPolicy == corev1.RestartPolicyAlways {
			all[p.Name] = string(p.UID)
		}
	}
	return all
}

// kept tells if pods that ran before do no more.
func (s *stage) kept(t *testing.T, env string, before map[string]string) {
	t.Helper()
	now := s.running(t, env)
	for name, uid := range before {
		if now[name] != uid {
			t.Errorf("pod %s is not what it was before", name)
		}
	}
	if len(before) == 0 {
		t.Error("nothing ran before")
	}
}

// configs are the ConfigMaps that ready pods refer to, by pod's component.
func (s *stage) configs(t *testing.T, env string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, p := range s.look(t, env).Pods {
		var names []string
		for _, v := range p.Spec.Volumes {
			if v.ConfigMap != nil {
				names = append(names, v.ConfigMap.Name)
			}
		}
		for _, c := range p.Spec.Containers {
			for _, e := range c.EnvFrom {
				if e.ConfigMapRef != nil {
					names = append(names, e.ConfigMapRef.Name)
				}
			}
		}
		slices.Sort(names)
		if claims.Ready(&p) {
			all[p.Labels[claims.NameLabel]] = strings.Join(names, " ")
		}
	}
	return all
}

// data are the claims of an environment with their volumes.
func (s *stage) data(t *testing.T, env string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, c := range s.look(t, env).Claims {
		all[c.Name] = c.Spec.VolumeName
	}
	return all
}

// keeps tells if an environment keeps its data when it is deleted; one for
// development has none to keep.
func keeps(env string) bool { return env != "development" }

// removed ends the delivery: pods go, and where data are kept namespaces and
// claims with their volumes stay.
func removed(t *testing.T, s *stage, env string) {
	before := s.data(t, env)
	volumes, err := s.Set.CoreV1().PersistentVolumes().List(s.Ctx, metav1.ListOptions{})
	must(t, err)
	s.remove(t, env)
	ground.None(t, s.Settle(s.namespace(t, env), patience, func(state *claims.State) []string {
		if len(state.Pods) > 0 {
			return []string{fmt.Sprintf("%d pods are left, one is %s", len(state.Pods), state.Pods[0].Name)}
		}
		return nil
	}))
	all, _ := s.repo.generated(t, env)
	if !keeps(env) {
		wait(t, s.Ground, time.Minute, func() []string { return there(s.Ground, objects.OfKind(all, "Namespace")) })
		return
	}
	for _, o := range objects.OfKind(all, "Namespace") {
		ns, err := s.Set.CoreV1().Namespaces().Get(s.Ctx, o.GetName(), metav1.GetOptions{})
		if err != nil || ns.DeletionTimestamp != nil {
			t.Errorf("namespace %s is not kept: %v", o.GetName(), err)
		}
	}
	s.same(t, env, before)
	for _, v := range volumes.Items {
		now, err := s.Set.CoreV1().PersistentVolumes().Get(s.Ctx, v.Name, metav1.GetOptions{})
		if err != nil || now.DeletionTimestamp != nil {
			t.Errorf("volume %s is not kept: %v", v.Name, err)
		}
	}
}

// same tells if claims or their volumes are others than before.
func (s *stage) same(t *testing.T, env string, before map[string]string) {
	t.Helper()
	now := s.data(t, env)
	for name, volume := range before {
		if now[name] != volume {
			t.Errorf("claim %s has volume %q, and had %q", name, now[name], volume)
		}
	}
}

func reinstalled(t *testing.T, s *stage, env string) {
	before := s.data(t, env)
	s.begin(t, env, s.folder(env))
	s.secrets(t, env)
	s.arrives(t, env, s.at)
	s.same(t, env, before)
}
