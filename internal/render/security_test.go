package render

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
)

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// security is the securityContext of a pod or a container.
type security struct {
	Privileged               bool  `json:"privileged"`
	AllowPrivilegeEscalation *bool `json:"allowPrivilegeEscalation"`
	RunAsNonRoot             *bool `json:"runAsNonRoot"`
	RunAsUser                *int  `json:"runAsUser"`
	ReadOnlyRootFilesystem   *bool `json:"readOnlyRootFilesystem"`
	Capabilities             *struct {
		Add  []string `json:"add"`
		Drop []string `json:"drop"`
	} `json:"capabilities"`
	SeccompProfile  *profile        `json:"seccompProfile"`
	AppArmorProfile *profile        `json:"appArmorProfile"`
	SELinuxOptions  *seLinux        `json:"seLinuxOptions"`
	ProcMount       string          `json:"procMount"`
	Sysctls         []named         `json:"sysctls"`
	WindowsOptions  json.RawMessage `json:"windowsOptions"`
}

type profile struct {
	Type string `json:"type"`
}

type seLinux struct {
	Type string `json:"type"`
	User string `json:"user"`
	Role string `json:"role"`
}

// safeSysctls of the baseline level.
var safeSysctls = []string{
	"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
	"net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
}

// restricted says how a pod breaks the restricted Pod Security Standard, field
// by field of the list in
// https://kubernetes.io/docs/concepts/security/pod-security-standards/ for
// Kubernetes 1.34, the baseline level's first.
func restricted(p *pod, annotations map[string]string) []string {
	var broken []string
	breaks := func(is bool, format string, args ...any) {
		if is {
			broken = append(broken, fmt.Sprintf(format, args...))
		}
	}
	breaks(p.HostNetwork || p.HostPID || p.HostIPC, "a namespace of the host")
	for _, s := range p.SecurityContext.Sysctls {
		breaks(!slices.Contains(safeSysctls, s.Name), "sysctl %s", s.Name)
	}
	for a := range annotations {
		breaks(strings.Contains(a, "apparmor.security"), "annotation %s", a)
	}
	for _, v := range p.Volumes {
		for kind := range v {
			breaks(!slices.Contains([]string{"name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}, kind), "volume %s: %s", v.name(), kind)
		}
	}
	contexts := map[string]security{"the pod": p.SecurityContext}
	for _, c := range p.all() {
		contexts[c.Name] = c.SecurityContext
		for _, port := range c.Ports {
			breaks(port.HostPort != 0, "%s: host port", c.Name)
		}
		for _, check := range []*probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe, c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
			if check != nil {
				breaks(check.HTTPGet != nil && check.HTTPGet.Host != "" || check.TCPSocket != nil && check.TCPSocket.Host != "", "%s: a probe of another host", c.Name)
			}
		}
		own := c.SecurityContext
		breaks(own.AllowPrivilegeEscalation == nil || *own.AllowPrivilegeEscalation, "%s: allowPrivilegeEscalation", c.Name)
		breaks(own.Capabilities == nil || !slices.Contains(own.Capabilities.Drop, "ALL"), "%s: capabilities are not dropped", c.Name)
		nonRoot, seccomp := own.RunAsNonRoot, own.SeccompProfile
		if nonRoot == nil {
			nonRoot = p.SecurityContext.RunAsNonRoot
		}
		if seccomp == nil {
			seccomp = p.SecurityContext.SeccompProfile
		}
		breaks(nonRoot == nil || !*nonRoot, "%s: runAsNonRoot", c.Name)
		breaks(seccomp == nil, "%s: no seccomp profile", c.Name)
	}
	for who, s := range contexts {
		breaks(s.Privileged, "%s: privileged", who)
		breaks(len(s.WindowsOptions) > 0, "%s: windowsOptions", who)
		breaks(s.RunAsUser != nil && *s.RunAsUser == 0, "%s: runs as root", who)
		breaks(s.RunAsNonRoot != nil && !*s.RunAsNonRoot, "%s: may run as root", who)
		breaks(s.ProcMount != "" && s.ProcMount != "Default", "%s: procMount", who)
		breaks(s.SeccompProfile != nil && !slices.Contains([]string{"RuntimeDefault", "Localhost"}, s.SeccompProfile.Type), "%s: seccomp profile", who)
		breaks(s.AppArmorProfile != nil && !slices.Contains([]string{"RuntimeDefault", "Localhost"}, s.AppArmorProfile.Type), "%s: AppArmor profile", who)
		if se := s.SELinuxOptions; se != nil {
			breaks(se.User != "" || se.Role != "" || !slices.Contains([]string{"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}, se.Type), "%s: SELinux", who)
		}
		if s.Capabilities != nil {
			for _, add := range s.Capabilities.Add {
				breaks(add != "NET_BIND_SERVICE", "%s: adds capability %s", who, add)
			}
		}
	}
	slices.Sort(broken)
	return broken
}

// The checker finds what it is there for.
func TestRestricted(t *testing.T) {
	const good = `{"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
		"containers": [{"name": "a", "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}`
	if broken := restricted(ref(read[pod](t, json.RawMessage(good))), nil); broken != nil {
		t.Errorf("a good pod breaks %v", broken)
	}
	for _, tt := range []struct{ old, new, want string }{
		{`"runAsNonRoot": true, `, ``, "a: runAsNonRoot"},
		{`"runAsNonRoot": true, `, `"runAsNonRoot": true, "runAsUser": 0, `, "the pod: runs as root"},
		{`"seccompProfile": {"type": "RuntimeDefault"}`, `"fsGroup": 1`, "a: no seccomp profile"},
		{`RuntimeDefault`, `Unconfined`, "the pod: seccomp profile"},
		{`"allowPrivilegeEscalation": false, `, ``, "a: allowPrivilegeEscalation"},
		{`"ALL"`, `"CHOWN"`, "a: capabilities are not dropped"},
		{`"drop": ["ALL"]`, `"drop": ["ALL"], "add": ["CHOWN"]`, "a: adds capability CHOWN"},
		{`{"allow`, `{"privileged": true, "allow`, "a: privileged"},
		{`"containers"`, `"hostNetwork": true, "containers"`, "a namespace of the host"},
		{`"containers"`, `"volumes": [{"name": "v", "hostPath": {"path": "/"}}], "containers"`, "volume v: hostPath"},
		{`"name": "a", `, `"name": "a", "ports": [{"containerPort": 1, "hostPort": 1}], `, "a: host port"},
		{`"name": "a", `, `"name": "a", "livenessProbe": {"httpGet": {"host": "x", "port": 1}}, `, "a: a probe of another host"},
		{`{"allow`, `{"seLinuxOptions": {"type": "spc_t"}, "allow`, "a: SELinux"},
		{`{"allow`, `{"procMount": "Unmasked", "allow`, "a: procMount"},
	} {
		bad := strings.Replace(good, tt.old, tt.new, 1)
		if got := restricted(ref(read[pod](t, json.RawMessage(bad))), nil); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s in place of %s: %q, want %q", tt.new, tt.old, got, tt.want)
		}
	}
}

func ref[T any](v T) *T { return &v }
