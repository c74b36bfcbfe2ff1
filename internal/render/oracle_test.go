package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/whiskenv"
	"github.com/whiskops/whiskops/internal/whiskenv/oracle"
)

// variables of a container as its process sees them: envFrom in its order, then
// env, which the kubelet expands from the entries of env before.
func (s *sample) variables(t testing.TB, w *workload, c *container) map[string]string {
	t.Helper()
	all, own := map[string]string{}, map[string]string{}
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef == nil {
			t.Errorf("%s: container %s takes its variables from something else than a ConfigMap", w.Object, c.Name)
			continue
		}
		data := s.configMap(t, w, from.ConfigMapRef.Name)
		for name, value := range data {
			if was, ok := all[name]; ok {
				t.Errorf("%s: %s is in two ConfigMaps, as %q and %q", w.Object, name, was, value)
			}
			all[name] = value
		}
	}
	for _, v := range c.Env {
		if _, ok := own[v.Name]; ok {
			t.Errorf("%s: container %s has %s twice", w.Object, c.Name, v.Name)
		}
		if was, ok := all[v.Name]; ok {
			t.Errorf("%s: container %s has %s, and %q by a ConfigMap", w.Object, c.Name, v.Name, was)
		}
		own[v.Name] = s.value(t, w, v, func(name string) (string, bool) { value, ok := own[name]; return value, ok })
		all[v.Name] = own[v.Name]
	}
	return all
}

func (s *sample) configMap(t testing.TB, w *workload, name string) map[string]string {
	t.Helper()
	o, ok := s.find("ConfigMap", w.Namespace, name)
	if !ok {
		t.Errorf("%s: there is no ConfigMap %s", w.Object, name)
	}
	return read[struct{ Data map[string]string }](t, o.Value).Data
}

// value of a variable in the first pod.
func (s *sample) value(t testing.TB, w *workload, v envVar, lookup func(string) (string, bool)) string {
	t.Helper()
	if v.ValueFrom == nil {
		return whiskenv.Expand(v.Value, lookup)
	}
	switch f := v.ValueFrom; {
	case f.SecretKeyRef != nil:
		return "secret"
	case f.FieldRef != nil:
		value, ok := map[string]string{
			"metadata.name": w.Name + "-0", "metadata.labels['apps.kubernetes.io/pod-index']": "0",
			"spec.nodeName": "node-1.example.com", "status.podIP": "10.244.0.7", "metadata.labels['batch.kubernetes.io/job-name']": w.Name + "-1",
		}[f.FieldRef.FieldPath]
		if strings.Contains(f.FieldRef.FieldPath, "pod-index") && w.Kind != "StatefulSet" {
			t.Errorf("%s: %s is the ordinal of a pod that has none", w.Object, v.Name)
		}
		if !ok {
			t.Errorf("%s: %s comes from %q", w.Object, v.Name, f.FieldRef.FieldPath)
		}
		return value
	}
	t.Errorf("%s: %s has a source that is not known", w.Object, v.Name)
	return ""
}

// Each variable of controllers and invokers is read by the role, each that it
// needs is there, and each value gets through the start script.
func TestOracle(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		release, ok := oracle.For(s.values.Env.OpenWhisk)
		if !ok {
			t.Fatalf("the oracle does not know OpenWhisk %s", s.values.Env.OpenWhisk)
		}
		for _, role := range []string{"controller", "invoker"} {
			w := s.workload(t, role)
			c := w.main(t)
			vars := s.variables(t, w, c)
			// What servers ask of all their clients is there for those that run other programs.
			asked := map[any]bool{}
			for _, server := range s.values.Accesses(role) {
				listed, _ := server.Access["env"].([]any)
				for _, one := range listed {
					m, _ := one.(map[string]any)
					asked[m["name"]] = true
				}
			}
			for _, name := range slices.Sorted(keysOf(vars)) {
				if !release.Read(role, name) && !asked[name] && !s.podReads(t, w, c, name) {
					t.Errorf("%s reads no variable %s", role, name)
				}
				if _, ok := whiskenv.Key(name); ok {
					if problem := whiskenv.CheckValue(vars[name]); problem != "" {
						t.Errorf("%s: %s %s: %q", role, name, problem, vars[name])
					}
				}
				if strings.Contains(vars[name], "$(") {
					t.Errorf("%s: %s has a reference that the kubelet does not know: %q", role, name, vars[name])
				}
			}
			for _, name := range release.Required(role) {
				if vars[name] == "" {
					t.Errorf("%s needs %s", role, name)
				}
			}
		}
	})
}

// podReads tells whether a variable that OpenWhisk does not read serves the
// pod itself: as $(NAME) in its commands and variables, or as $NAME in a file
// that it mounts.
func (s *sample) podReads(t testing.TB, w *workload, c *container, name string) bool {
	t.Helper()
	words := slices.Concat(c.Command, c.Args)
	for _, v := range c.Env {
		words = append(words, v.Value)
	}
	if strings.Contains(strings.Join(words, " "), "$("+name+")") {
		return true
	}
	inScript := regexp.MustCompile(`\$` + name + `\b`)
	for _, v := range w.pod().Volumes {
		if from := read[struct{ ConfigMap *named }](t, v).ConfigMap; from != nil {
			for _, text := range s.configMap(t, w, from.Name) {
				if inScript.MatchString(text) {
					return true
				}
			}
		}
	}
	return false
}

// Controllers and invokers judge actions by the same limits.
func TestLimitsAgree(t *testing.T) {
	limits := func(vars map[string]string) map[string]string {
		found := map[string]string{}
		for name, value := range vars {
			for _, prefix := range []string{"timeLimit", "memory", "concurrencyLimit", "logLimit", "activation_payload"} {
				if strings.HasPrefix(name, "CONFIG_whisk_"+prefix+"_") {
					found[name] = value
				}
			}
		}
		return found
	}
	eachSample(t, func(t *testing.T, s *sample) {
		of := map[string]map[string]string{}
		for _, role := range []string{"controller", "invoker"} {
			w := s.workload(t, role)
			of[role] = limits(s.variables(t, w, w.main(t)))
		}
		if diff := cmp.Diff(of["controller"], of["invoker"]); diff != "" {
			t.Errorf("(-controller +invoker):\n%s", diff)
		}
		l := s.values.Env.Limits
		for name, want := range map[string]string{
			"CONFIG_whisk_timeLimit_max":          l.Time.Max,
			"CONFIG_whisk_concurrencyLimit_std":   fmt.Sprint(l.Concurrency.Std),
			"CONFIG_whisk_activation_payload_max": fmt.Sprintf("%d B", l.Payload),
		} {
			if got := of["invoker"][name]; got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if n := len(of["controller"]); n != 14 {
			t.Errorf("%d variables are limits, want 14", n)
		}
	})
}

// workload is the one of a component.
func (s *sample) workload(t testing.TB, component string) *workload {
	t.Helper()
	for _, w := range s.workloads(t) {
		if w.component() == component {
			return w
		}
	}
	t.Fatalf("%s has no workload of %s", s.name, component)
	return nil
}
