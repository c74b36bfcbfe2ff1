package render

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// secretKeys are the Secrets that someone else makes, and the keys that the
// schema documents: nil where any may be read.
func (s *sample) secretKeys() map[string][]string {
	e := s.values.Env
	providers := []string{"username", "password"}
	if p := e.Packages; p != nil && p.Alarms != nil {
		providers = append(providers, "alarms-username", "alarms-password")
	}
	if p := e.Packages; p != nil && p.Kafka != nil {
		providers = append(providers, "kafka-username", "kafka-password")
	}
	both := func(more ...string) []string {
		return append(more, "controller-username", "controller-password", "invoker-username", "invoker-password")
	}
	all := map[string][]string{
		e.Secrets.CouchDB: both(providers...), e.Secrets.OpenWhisk: both(), e.Secrets.Subjects: {"whisk.system", "guest"},
	}
	for _, name := range e.ImagePullSecrets {
		all[name] = nil
	}
	for name, tenant := range e.Tenants {
		if tenant.State == "removed" {
			continue
		}
		keys := slices.Collect(maps.Keys(tenant.Namespaces))
		keys = slices.DeleteFunc(keys, func(key string) bool { return tenant.Namespaces[key].State == "removed" })
		if tenant.Namespaces == nil {
			keys = []string{name}
		}
		secret := cmp.Or(tenant.Secret, e.Secrets.Tenants)
		all[secret] = append(all[secret], keys...)
	}
	if e.Edge.TLS.SelfSigned == nil {
		// An existing one, or that of the Certificate.
		all[s.values.CertificateSecret] = []string{"tls.crt", "tls.key"}
	}
	securedKeys(e, all)
	// The account's, which Kubernetes fills.
	all["invoker-token"] = []string{"token", "ca.crt", "namespace"}
	return all
}

// claims that exist already.
func (s *sample) claims() []string {
	e := s.values.Env
	all := []string{e.CouchDB.Volume.ExistingClaim, e.Redis.Volume.ExistingClaim, e.Kafka.Volume.ExistingClaim, e.Kafka.ControllerVolume.ExistingClaim}
	if b := e.CouchDB.Backup; b != nil && b.Volume != nil {
		all = append(all, b.Volume.Claim)
	}
	return all
}

// TestReferences: whatever a pod names is there.
func TestReferences(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		used := map[string]bool{} // ConfigMaps
		for _, w := range s.workloads(t) {
			r := referrer{t, s, w, used}
			r.pod()
			r.controller()
		}
		for _, o := range s.of("ConfigMap") {
			if used[o.Name] == watches(o) {
				t.Errorf("%s is read by a pod: %v", o, used[o.Name])
			}
		}
		for _, o := range s.of("Secret") {
			if _, ok := s.secretKeys()[o.Name]; !ok {
				t.Errorf("%s is read by no pod", o)
			}
		}
	})
}

// referrer follows the references of one workload.
type referrer struct {
	t    *testing.T
	s    *sample
	w    *workload
	used map[string]bool
}

func (r referrer) fail(format string, args ...any) {
	r.t.Helper()
	r.t.Errorf("%s: %s", r.w.Object, fmt.Sprintf(format, args...))
}

func (r referrer) pod() {
	p := r.w.pod()
	if _, ok := r.s.find("ServiceAccount", r.w.Namespace, p.ServiceAccountName); !ok {
		r.fail("there is no ServiceAccount %q", p.ServiceAccountName)
	}
	for _, pull := range p.ImagePullSecrets {
		if !slices.Contains(r.s.values.Env.ImagePullSecrets, pull.Name) {
			r.fail("pulls with %q, which the environment does not name", pull.Name)
		}
	}
	if len(p.ImagePullSecrets) != len(r.s.values.Env.ImagePullSecrets) {
		r.fail("pulls with %v", p.ImagePullSecrets)
	}
	volumes := map[string]bool{} // whether it is mounted
	for _, v := range p.Volumes {
		volumes[v.name()] = false
		r.volume(v)
	}
	for _, c := range r.w.Spec.VolumeClaimTemplates {
		volumes[read[struct{ Metadata metadata }](r.t, c).Metadata.Name] = false
		if c["apiVersion"] != "v1" || c["kind"] != "PersistentVolumeClaim" {
			r.fail("a claim template has apiVersion %v and kind %v: Argo CD sees a difference for ever", c["apiVersion"], c["kind"])
		}
	}
	for _, c := range p.all() {
		r.container(c, volumes)
	}
	for name, mounted := range volumes {
		if !mounted {
			r.fail("volume %s is mounted by no container", name)
		}
	}
}

func (r referrer) volume(v volume) {
	source := read[struct {
		ConfigMap *struct {
			Name  string
			Items []keyRef
		}
		Secret *struct {
			SecretName string
			Items      []keyRef
		}
		PersistentVolumeClaim *struct{ ClaimName string }
		EmptyDir              *struct{ SizeLimit string }
		HostPath              *struct{ Path string }
		Projected             *struct {
			Sources []struct{ ConfigMap, Secret *struct{ Name string } }
		}
	}](r.t, v)
	switch {
	case source.ConfigMap != nil:
		data := r.configMap(source.ConfigMap.Name)
		for _, item := range source.ConfigMap.Items {
			if _, ok := data[item.Key]; !ok {
				r.fail("volume %s: ConfigMap %s has no key %q", v.name(), source.ConfigMap.Name, item.Key)
			}
		}
	case source.Secret != nil:
		r.secret(source.Secret.SecretName)
		for _, item := range source.Secret.Items {
			r.secret(source.Secret.SecretName, item.Key)
		}
	case source.PersistentVolumeClaim != nil:
		if name := source.PersistentVolumeClaim.ClaimName; name == "" || !slices.Contains(r.s.claims(), name) {
			r.fail("volume %s: there is no claim %q", v.name(), name)
		}
	case source.EmptyDir != nil:
		if source.EmptyDir.SizeLimit == "" {
			r.fail("volume %s: an emptyDir without a limit fills the node", v.name())
		}
	case source.Projected != nil:
		for _, s := range source.Projected.Sources {
			switch {
			case s.ConfigMap != nil:
				r.configMap(s.ConfigMap.Name)
			case s.Secret != nil:
				r.secret(s.Secret.Name)
			default:
				r.fail("volume %s has a source that is not known: %v", v.name(), v)
			}
		}
	case source.HostPath != nil && r.s.hostPath(r.w.component()):
	default:
		r.fail("volume %s has a source that is not known: %v", v.name(), v)
	}
}

func (r referrer) configMap(name string) map[string]string {
	r.used[name] = true
	return r.s.configMap(r.t, r.w, name)
}

// secret must be documented, with its keys, and where the environment has the
// values, be in the build.
func (r referrer) secret(name string, keys ...string) {
	r.t.Helper()
	documented, ok := r.s.secretKeys()[name]
	if !ok {
		r.fail("Secret %q is in the build and in the schema's documentation under no such name", name)
	}
	for _, k := range keys {
		if documented != nil && !slices.Contains(documented, k) {
			r.fail("Secret %s: key %q is not documented", name, k)
		}
	}
	secrets := r.s.values.Env.Secrets
	if secrets.Plain == nil || !slices.Contains([]string{secrets.CouchDB, secrets.OpenWhisk, secrets.Subjects}, name) {
		return
	}
	o, _ := r.s.find("Secret", r.w.Namespace, name)
	data := read[struct{ StringData map[string]string }](r.t, o.Value).StringData
	for _, k := range append(slices.Clone(documented), keys...) {
		if data[k] == "" {
			r.fail("Secret %s has no key %q", name, k)
		}
	}
}

func (r referrer) container(c container, volumes map[string]bool) {
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef != nil {
			r.configMap(from.ConfigMapRef.Name)
		}
	}
	for _, v := range c.Env {
		if v.ValueFrom != nil && v.ValueFrom.SecretKeyRef != nil {
			r.secret(v.ValueFrom.SecretKeyRef.Name, v.ValueFrom.SecretKeyRef.Key)
		}
		if v.ValueFrom != nil && v.ValueFrom.ConfigMapKeyRef != nil {
			ref := v.ValueFrom.ConfigMapKeyRef
			if _, ok := r.configMap(ref.Name)[ref.Key]; !ok {
				r.fail("ConfigMap %s has no key %q", ref.Name, ref.Key)
			}
		}
	}
	for _, m := range c.VolumeMounts {
		if _, ok := volumes[m.Name]; !ok {
			r.fail("container %s mounts volume %q, which the pod does not have", c.Name, m.Name)
		}
		volumes[m.Name] = true
	}
	for _, p := range []*probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe, c.Lifecycle.PreStop, c.Lifecycle.PostStart} {
		if p == nil {
			continue
		}
		for _, at := range []*target{p.HTTPGet, p.TCPSocket, p.GRPC} {
			if at != nil && !hasPort(c, at.Port) {
				r.fail("container %s: a probe asks port %v, which it does not have", c.Name, at.Port)
			}
		}
	}
}

// hasPort tells whether a container listens on a port, by name or number.
func hasPort(c container, port any) bool {
	for _, p := range c.Ports {
		if fmt.Sprint(port) == fmt.Sprint(p.ContainerPort) || port == p.Name {
			return true
		}
	}
	return false
}

var hashedName = regexp.MustCompile(`^[a-z-]+-[0-9a-f]{8}$`)

// controller looks at the workload itself and at its selectors.
func (r referrer) controller() {
	spec := r.w.Spec
	switch r.w.Kind {
	case "StatefulSet":
		o, ok := r.s.find("Service", r.w.Namespace, spec.ServiceName)
		service := read[service](r.t, o.Value)
		if !ok || service.Spec.ClusterIP != "None" {
			r.fail("serviceName is %q, clusterIP %q: pods have no names", spec.ServiceName, service.Spec.ClusterIP)
		}
	case "Job":
		if !hashedName.MatchString(r.w.Name) {
			r.fail("the name has no hash: a changed Job would be refused")
		}
	}
	if r.w.Kind != "Job" && !spec.Selector.matches(r.t, r.w.labels()) {
		r.fail("does not select its own pods")
	}
	if r.w.labels()["app.kubernetes.io/name"] == "" {
		r.fail("its pods have no component")
	}
	// Everything that spreads pods speaks of these very pods.
	for _, sel := range selectorsIn(r.t, r.w.pod().Affinity, r.w.pod().TopologySpreadConstraints) {
		if len(sel.MatchLabels) == 0 || !sel.matches(r.t, r.w.labels()) {
			r.fail("spreads with %v, which its own pods do not have", sel.MatchLabels)
		}
	}
}

// selectorsIn finds labelSelector fields at any depth.
func selectorsIn(t *testing.T, values ...any) []selector {
	var all []selector
	for _, v := range values {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if k == "labelSelector" {
					all = append(all, read[selector](t, e))
					continue
				}
				all = append(all, selectorsIn(t, e)...)
			}
		case []any:
			all = append(all, selectorsIn(t, v...)...)
		}
	}
	return all
}

// Nothing stands in an object that Flux would replace, and no line of a
// ConfigMap ends in a blank: YAML would write it in one long quoted line.
func TestTexts(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		for _, o := range s.objects {
			if strings.Contains(string(o.YAML), "${") {
				t.Errorf("%s has ${, which Flux replaces", o)
			}
			if o.Kind != "ConfigMap" {
				continue
			}
			for key, text := range read[struct{ Data map[string]string }](t, o.Value).Data {
				for i, line := range strings.Split(text, "\n") {
					if strings.TrimRight(line, " \t\r") != line {
						t.Errorf("%s: %s:%d ends in a blank: %q", o, key, i+1, line)
					}
				}
			}
		}
	})
}
