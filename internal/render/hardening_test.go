package render

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
)

// hostPath says which component the environment gives a hostPath volume, the
// one thing in a pod that the restricted level refuses.
func (s *sample) hostPath(component string) bool {
	e := s.values.Env
	return map[string]bool{
		"couchdb": e.CouchDB.Volume.HostPath != nil, "redis": e.Redis.Volume.HostPath != nil,
		"kafka": e.Kafka.Volume.HostPath != nil, "kafka-controller": e.Kafka.ControllerVolume.HostPath != nil,
	}[component]
}

func TestHardening(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		relaxed := false
		for _, w := range s.workloads(t) {
			fail := func(format string, args ...any) {
				t.Helper()
				t.Errorf("%s: %s", w.Object, fmt.Sprintf(format, args...))
			}
			p := w.pod()
			var allowed []string
			if s.hostPath(w.component()) {
				relaxed, allowed = true, []string{"volume data: hostPath"}
			}
			if broken := restricted(p, w.Spec.Template.Metadata.Annotations); !slices.Equal(broken, allowed) {
				fail("breaks the restricted level: %q", broken)
			}
			if p.EnableServiceLinks == nil || *p.EnableServiceLinks {
				fail("has service links")
			}
			// An invoker has a token that lasts, in place of the pod's own.
			lasting := slices.ContainsFunc(p.Containers[0].VolumeMounts, func(m mount) bool { return m.Name == "token" })
			calls := s.callsAPIServer(w.component())
			if lasting != (w.component() == "invoker") {
				fail("has a lasting token: %v", lasting)
			}
			if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken != (calls && !lasting) {
				fail("automountServiceAccountToken is not %v", calls && !lasting)
			}
			if p.ServiceAccountName != w.component() {
				fail("runs as %q, an account of another component", p.ServiceAccountName)
			}
			// No image that is used needs a writable root filesystem. One that
			// does must say why in an annotation, and be named here.
			for a := range w.Spec.Template.Metadata.Annotations {
				if a == "whiskops.github.io/writable-root" {
					fail("has a writable root filesystem")
				}
			}
			for _, c := range p.all() {
				hardened(c, fail)
			}
			m := w.main(t)
			if probes := m.StartupProbe != nil && m.ReadinessProbe != nil && m.LivenessProbe != nil; probes != (w.Kind != "Job" && w.Kind != "CronJob") {
				fail("startup, readiness and liveness probes: %v", probes)
			}
		}
		level := "restricted"
		if relaxed {
			level = "privileged"
		}
		for namespace, want := range map[string]string{s.values.Env.Namespace: level, s.values.ActionNamespace: "baseline"} {
			o, made := s.find("Namespace", "", namespace)
			if managed := s.values.Env.Namespaces.Managed; made != managed || !made {
				if made != managed {
					t.Errorf("namespace %s is generated: %v, though managed is %v", namespace, made, managed)
				}
				continue
			}
			labels := read[struct{ Metadata metadata }](t, o.Value).Metadata.Labels
			if got := labels["pod-security.kubernetes.io/enforce"]; got != want {
				t.Errorf("namespace %s enforces %q, want %q", namespace, got, want)
			}
		}
	})
}

// pinned images have a tag, a digest or both.
var pinned = regexp.MustCompile(`^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?$`)
var tagged = regexp.MustCompile(`(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$`)

func hardened(c container, fail func(string, ...any)) {
	if !pinned.MatchString(c.Image) || !tagged.MatchString(c.Image) || regexp.MustCompile(`:latest\b`).MatchString(c.Image) {
		fail("container %s: image %q is not pinned", c.Name, c.Image)
	}
	if ro := c.SecurityContext.ReadOnlyRootFilesystem; ro == nil || !*ro {
		fail("container %s: the root filesystem is not read-only", c.Name)
	}
	r := c.Resources
	if r.Requests["cpu"] == "" || r.Requests["memory"] == "" || r.Limits["memory"] == "" {
		fail("container %s: resources %v", c.Name, r)
	}
}

// callsAPIServer tells whose pods talk to the Kubernetes API: an invoker makes
// action pods, a controller may look for others, a run under load writes its report.
func (s *sample) callsAPIServer(component string) bool {
	return component == "invoker" || component == "configmap-cleanup" || component == "load" || component == "controller" && s.values.Env.Controller.Clustering == "kubernetes"
}
