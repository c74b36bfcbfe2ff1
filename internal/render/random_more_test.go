package render

import (
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// additions says more of components, of action pods and of the way out. It comes
// late: what a container may do goes by the namespace's level of Pod Security.
func (r random) additions(env *environment.Environment) {
	v, err := derived.New(env)
	if err != nil {
		panic(err)
	}
	if r.chance(40) {
		env.Additions = map[string]environment.Additions{}
		for _, component := range some(r, v.Components()...) {
			env.Additions[component] = r.added(&v, component)
		}
	}
	if r.chance(30) {
		p := &env.Proxy
		maybe(r, &p.HTTP, "http://proxy.example.com:3128", "http://192.0.2.77:3128")
		maybe(r, &p.HTTPS, "http://proxy.example.com:3129", "https://192.0.2.78:3128")
		maybe(r, &p.NoProxy, []string{".example.com"}, []string{"10.0.0.0/8", "db.example.com"})
		maybe(r, &p.CIDRs, []string{"192.0.2.64/27"}, []string{"192.0.2.80/32", "2001:db8::/64"})
	}
	if r.chance(40) {
		r.actionPod(&env.Actions.Pod)
	}
}

func (r random) added(v *derived.Values, component string) environment.Additions {
	c := v.Catalog.Components[component]
	var a environment.Additions
	if c.Program != "" {
		maybe(r, &a.Config, map[string]string{"whisk.feature-flags.require-response-payload": "true"},
			map[string]string{"whisk.activation.store-blocking-result-level": "STORE_FAILURES", "whisk.activation.disable-store-result": "true"})
	}
	if c.JVM != "" {
		maybe(r, &a.JVMOptions, []string{"-XX:+ExitOnOutOfMemoryError"}, []string{"-Dfile.encoding=UTF-8", "-XX:MaxDirectMemorySize=64m"})
	}
	maybe(r, &a.Env, r.variables())
	maybe(r, &a.Annotations, map[string]string{"example.com/a": "1"}, map[string]string{"example.com/a": "2", "b": ""})
	maybe(r, &a.Labels, map[string]string{"team": "blue"}, map[string]string{"example.com/team": ""})
	maybe(r, &a.PriorityClassName, "high", "system-cluster-critical")
	maybe(r, &a.RuntimeClassName, "gvisor")
	maybe(r, &a.NodeSelector, map[string]string{"kubernetes.io/os": "linux"})
	r.common(&a.Tolerations, &a.HostAliases, &a.DNSConfig)
	maybe(r, &a.ServiceAccount.Annotations, map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/a"})
	maybe(r, &a.Egress, []environment.EgressRule{{CIDR: "198.51.100.0/24", Ports: []int{443}}}, []environment.EgressRule{{CIDR: "2001:db8::/32", Ports: []int{443, 8443}}})
	maybe(r, &a.Ingress, []environment.IngressRule{{Namespace: "monitoring", Ports: []int{9102}}}, []environment.IngressRule{{Namespace: "logs", Ports: []int{9102, 24224}}})
	if r.chance(50) {
		a.Volumes = r.volumes(v)
		a.VolumeMounts = r.mounts(a.Volumes)
	}
	containers := func(name string, port int) map[string]environment.Sidecar {
		if r.chance(50) {
			return nil
		}
		return map[string]environment.Sidecar{name: r.sidecar(v, a.Volumes, port)}
	}
	a.Sidecars, a.InitContainers = containers("agent", 9102), containers("unpack", 9103)
	return a
}

func (r random) variables() map[string]environment.Variable {
	key := environment.KeyRef{Name: pick(r, "extra", "other.one"), Key: pick(r, "token", "a.b"), Optional: r.chance(50)}
	return map[string]environment.Variable{
		"EXTRA_LEVEL": {Value: pick(r, "info", "a b", "$(X) $$")},
		"EXTRA_TOKEN": {SecretKeyRef: &key},
		"EXTRA_NAME":  {ConfigMapKeyRef: &key},
	}
}

func (r random) common(tolerations *[]environment.Toleration, aliases *[]environment.HostAlias, dns **environment.DNSConfig) {
	maybe(r, tolerations,
		[]environment.Toleration{{Key: "gpu", Operator: "Exists", Effect: "NoSchedule"}},
		[]environment.Toleration{{Key: "gpu", Operator: "Equal", Value: "a"}, {Key: "old", Operator: "Exists", Effect: "NoExecute", TolerationSeconds: 60}})
	maybe(r, aliases, []environment.HostAlias{{IP: "192.0.2.1", Hostnames: []string{"a.example.com"}}},
		[]environment.HostAlias{{IP: "2001:db8::1", Hostnames: []string{"a.example.com", "b"}}})
	maybe(r, dns, &environment.DNSConfig{Nameservers: []string{"192.0.2.53"}, Options: []environment.DNSOption{{Name: "edns0"}}},
		&environment.DNSConfig{Nameservers: []string{}, Searches: []string{"example.com"}, Options: []environment.DNSOption{{Name: "ndots", Value: "2"}}})
}

func (r random) volumes(v *derived.Values) map[string]environment.PodVolume {
	all := map[string]environment.PodVolume{}
	for _, kind := range some(r, 0, 1, 2, 3, 4, 5) {
		switch kind {
		case 0:
			all["ca"] = environment.PodVolume{ConfigMap: &environment.PodVolumeConfigMap{Name: pick(r, "ca", "ca.example.com")}}
		case 1:
			all["login"] = environment.PodVolume{Secret: &environment.PodVolumeSecret{SecretName: pick(r, "login", "login.example.com")}}
		case 2:
			all["cache"] = environment.PodVolume{EmptyDir: &environment.PodVolumeEmptyDir{SizeLimit: pick(r, "64Mi", "1Gi"), Medium: pick(r, "", "Memory")}}
		case 3:
			all["shared"] = environment.PodVolume{PersistentVolumeClaim: &environment.PodVolumePersistentVolumeClaim{ClaimName: pick(r, "shared", "other"), ReadOnly: r.chance(50)}}
		case 4:
			all["vault"] = environment.PodVolume{CSI: &environment.PodVolumeCSI{Driver: pick(r, "secrets-store.csi.k8s.io", "csi.example.com"), ReadOnly: r.chance(50)}}
			maybe(r, &all["vault"].CSI.VolumeAttributes, map[string]string{"secretProviderClass": "a"})
		case 5:
			if v.PodSecurity() == "privileged" {
				all["node"] = environment.PodVolume{HostPath: &environment.PodVolumeHostPath{Path: pick(r, "/var/log", "/run/agent")}}
			}
		}
	}
	return all
}

func (r random) mounts(volumes map[string]environment.PodVolume) []environment.VolumeMount {
	var all []environment.VolumeMount
	for _, name := range []string{"ca", "login", "cache", "shared", "vault", "node"} {
		if _, ok := volumes[name]; ok && r.chance(70) {
			all = append(all, environment.VolumeMount{Name: name, MountPath: "/extra/" + name, SubPath: pick(r, "", "a/b"), ReadOnly: r.chance(50)})
		}
	}
	return all
}

func (r random) sidecar(v *derived.Values, volumes map[string]environment.PodVolume, port int) environment.Sidecar {
	s := environment.Sidecar{
		Image:        pick(r, "registry.example.com/agent:1.4", "agent:2"),
		VolumeMounts: r.mounts(volumes),
	}
	maybe(r, &s.Command, []string{"/agent"}, []string{"sh", "-c", "exec agent"})
	if maybe(r, &s.Env, r.variables()); s.Env != nil {
		maybe(r, &s.Args, []string{"--level=$(EXTRA_LEVEL)"})
	}
	if port != 0 {
		maybe(r, &s.Ports, []environment.ContainerPort{{Name: "agent", ContainerPort: port}}, []environment.ContainerPort{{Name: "agent", ContainerPort: port}, {Name: "forward", ContainerPort: 24224}})
	}
	s.Resources.Requests = environment.ResourceList{CPU: pick(r, "10m", "50m"), Memory: pick(r, "16Mi", "32Mi")}
	s.Resources.Limits = environment.ResourceList{CPU: pick(r, "", "100m"), Memory: pick(r, "32Mi", "64Mi")}
	s.SecurityContext.ReadOnlyRootFilesystem = r.chance(50)
	maybe(r, &s.SecurityContext.RunAsUser, 1000, 65532)
	maybe(r, &s.SecurityContext.Capabilities.Add, []string{"NET_BIND_SERVICE"})
	if v.PodSecurity() == "privileged" && r.chance(50) {
		s.SecurityContext.AllowPrivilegeEscalation, s.SecurityContext.Privileged = true, r.chance(50)
	}
	return s
}

func (r random) actionPod(p *environment.ActionPod) {
	maybe(r, &p.Env, map[string]string{"REGION": "eu"}, map[string]string{"A": "b c", "REGION": "us"})
	maybe(r, &p.Annotations, map[string]string{"example.com/a": "1"}, map[string]string{"example.com/a": "2", "b": ""})
	maybe(r, &p.Labels, map[string]string{"team": "blue"}, map[string]string{"example.com/team": ""})
	maybe(r, &p.PriorityClassName, "low", "batch")
	maybe(r, &p.NodeSelector, map[string]string{"kubernetes.io/os": "linux"})
	r.common(&p.Tolerations, &p.HostAliases, &p.DNSConfig)
	if r.chance(50) {
		p.SecurityContext = &environment.ActionPodSecurityContext{}
		if maybe(r, &p.SecurityContext.RunAsUser, 1000); p.SecurityContext.RunAsUser != 0 {
			p.SecurityContext.RunAsNonRoot = pick(r, nil, ptr(true), ptr(false))
		}
		maybe(r, &p.SecurityContext.RunAsGroup, 1000)
		maybe(r, &p.SecurityContext.FSGroup, 2000)
	}
}
