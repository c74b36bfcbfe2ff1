// Package podsecurity holds pods against the Pod Security Standards.
//
// In: a pod in plain values. Out: what a level refuses of it, with the place of each
// field. The standards are written out here, and held in a test against the verdicts
// of the API server's library: linked in, that makes the binary six MB larger.
package podsecurity

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// pod that is judged.
type pod struct {
	path       []string
	meta, spec map[string]any
	containers []container
}

// container of a pod.
type container struct {
	name string
	path []string
	is   map[string]any
}

func podOf(v map[string]any, path []string) *pod {
	p := &pod{path: path, meta: value.Map(v, "metadata"), spec: value.Map(v, "spec")}
	for _, kind := range []string{"initContainers", "containers", "ephemeralContainers"} {
		for i, c := range list(p.spec[kind]) {
			p.containers = append(p.containers, container{text(c["name"]), under(path, "spec", kind, strconv.Itoa(i)), c})
		}
	}
	return p
}

// Refusal is what a level refuses of a pod.
type Refusal struct {
	// Path of the field in the object that has the pod.
	Path []string
	// What it is, in words: "hostNetwork".
	What string
}

// Refused says what a level refuses of a pod, a mapping with metadata and spec that
// is at a path of an object: privileged nothing, and restricted more than baseline.
// Source: Pod Security Standards, and pod-security-admission v0.34, whose verdicts
// are held against these in a test: linked in, it makes the binary six MB larger.
func Refused(v map[string]any, path []string, level string) []Refusal {
	if level != "baseline" && level != "restricted" {
		return nil
	}
	p := podOf(v, path)
	s := screening{p: p, windows: value.Map(p.spec, "os")["name"] == "windows"}
	s.baseline()
	if level == "restricted" {
		s.restricted()
	}
	return s.found
}

type screening struct {
	p       *pod
	windows bool
	found   []Refusal
}

func (s *screening) fail(path []string, format string, args ...any) {
	s.found = append(s.found, Refusal{path, fmt.Sprintf(format, args...)})
}

// context of a container, or of the pod where path is that of its spec.
type context struct {
	path []string
	name string // for people
	is   map[string]any
}

func (s *screening) contexts() (of context, all []context) {
	spec := under(s.p.path, "spec")
	of = context{under(spec, "securityContext"), "the pod", value.Map(s.p.spec, "securityContext")}
	for _, c := range s.p.containers {
		all = append(all, context{under(c.path, "securityContext"), "container " + c.name, value.Map(c.is, "securityContext")})
	}
	return of, all
}

// What baseline allows.
var (
	baselineCapabilities = []string{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}
	safeSysctls = []string{
		"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
		"net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
		"net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
	}
	selinuxTypes  = []string{"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
	restrictedVol = []string{"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret", "image", "name"}
)

const appArmor = "container.apparmor.security.beta.kubernetes.io/"

func (s *screening) baseline() {
	spec := under(s.p.path, "spec")
	for _, field := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if s.p.spec[field] == true {
			s.fail(under(spec, field), "%s", field)
		}
	}
	for _, v := range list(s.p.spec["volumes"]) {
		if v["hostPath"] != nil {
			s.fail(under(spec, "volumes", "hostPath"), "volume %s is a hostPath", text(v["name"]))
		}
	}
	of, all := s.contexts()
	for _, x := range list(of.is["sysctls"]) {
		if !slices.Contains(safeSysctls, text(x["name"])) {
			s.fail(under(of.path, "sysctls"), "sysctl %s", text(x["name"]))
		}
	}
	for _, k := range value.Keys(value.Map(s.p.meta, "annotations")) {
		if profile := text(value.Map(s.p.meta, "annotations")[k]); strings.HasPrefix(k, appArmor) && profile != "" && profile != "runtime/default" && !strings.HasPrefix(profile, "localhost/") {
			s.fail(under(s.p.path, "metadata", "annotations", k), "AppArmor is %q", profile)
		}
	}
	for _, c := range append([]context{of}, all...) {
		s.shared(c)
	}
	for i, c := range all {
		if c.is["privileged"] == true {
			s.fail(under(c.path, "privileged"), "%s is privileged", c.name)
		}
		if m := text(c.is["procMount"]); m != "" && m != "Default" {
			s.fail(under(c.path, "procMount"), "%s has procMount %q", c.name, m)
		}
		for _, added := range words(value.Map(c.is, "capabilities")["add"]) {
			if !slices.Contains(baselineCapabilities, added) {
				s.fail(under(c.path, "capabilities", "add"), "%s adds capability %s", c.name, added)
			}
		}
		for _, p := range probed(s.p.containers[i].is) {
			if host := text(p["host"]); host != "" {
				s.fail(under(s.p.containers[i].path, "host"), "%s has its node ask another host: %s", c.name, host)
			}
		}
		for _, port := range list(s.p.containers[i].is["ports"]) {
			if n, ok := port["hostPort"].(int64); ok && n != 0 {
				s.fail(under(s.p.containers[i].path, "ports", "hostPort"), "%s takes port %d of its node", c.name, n)
			}
		}
	}
}

// probed are the requests that a node makes for a container: to its own pod alone,
// since 1.34.
func probed(c map[string]any) []map[string]any {
	var all []map[string]any
	for _, at := range [][]string{{"livenessProbe"}, {"readinessProbe"}, {"startupProbe"}, {"lifecycle", "postStart"}, {"lifecycle", "preStop"}} {
		for _, how := range []string{"httpGet", "tcpSocket"} {
			all = append(all, value.Map(c, append(slices.Clip(at), how)...))
		}
	}
	return all
}

// shared are settings that a pod and a container have.
func (s *screening) shared(c context) {
	if value.Map(c.is, "windowsOptions")["hostProcess"] == true {
		s.fail(under(c.path, "windowsOptions", "hostProcess"), "%s is a host process", c.name)
	}
	selinux := value.Map(c.is, "seLinuxOptions")
	if t := text(selinux["type"]); !slices.Contains(selinuxTypes, t) {
		s.fail(under(c.path, "seLinuxOptions", "type"), "%s has the SELinux type %q", c.name, t)
	}
	if text(selinux["user"]) != "" || text(selinux["role"]) != "" {
		s.fail(under(c.path, "seLinuxOptions"), "%s has an SELinux user or role", c.name)
	}
	if value.Map(c.is, "seccompProfile")["type"] == "Unconfined" {
		s.fail(under(c.path, "seccompProfile", "type"), "%s has no seccomp profile: Unconfined", c.name)
	}
	if value.Map(c.is, "appArmorProfile")["type"] == "Unconfined" {
		s.fail(under(c.path, "appArmorProfile", "type"), "%s has no AppArmor profile: Unconfined", c.name)
	}
}

func (s *screening) restricted() {
	spec := under(s.p.path, "spec")
	for _, v := range list(s.p.spec["volumes"]) {
		for _, source := range value.Keys(v) {
			if !slices.Contains(restrictedVol, source) && source != "hostPath" {
				s.fail(under(spec, "volumes", source), "volume %s is of kind %s", text(v["name"]), source)
			}
		}
	}
	of, all := s.contexts()
	if user, ok := of.is["runAsUser"].(int64); ok && user == 0 {
		s.fail(under(of.path, "runAsUser"), "the pod runs as root: runAsUser 0")
	}
	for _, c := range all {
		if user, ok := c.is["runAsUser"].(int64); ok && user == 0 {
			s.fail(under(c.path, "runAsUser"), "%s runs as root: runAsUser 0", c.name)
		}
		if root, own := c.is["runAsNonRoot"]; of.is["runAsNonRoot"] == false || root == false || !own && of.is["runAsNonRoot"] != true {
			s.fail(under(c.path, "runAsNonRoot"), "%s does not say runAsNonRoot: true", c.name)
		}
		if s.windows {
			continue
		}
		if c.is["allowPrivilegeEscalation"] != false {
			s.fail(under(c.path, "allowPrivilegeEscalation"), "%s does not say allowPrivilegeEscalation: false", c.name)
		}
		capabilities := value.Map(c.is, "capabilities")
		if !slices.Contains(words(capabilities["drop"]), "ALL") {
			s.fail(under(c.path, "capabilities", "drop"), "%s does not drop all capabilities", c.name)
		}
		for _, added := range words(capabilities["add"]) {
			if added != "NET_BIND_SERVICE" && slices.Contains(baselineCapabilities, added) {
				s.fail(under(c.path, "capabilities", "add"), "%s adds capability %s", c.name, added)
			}
		}
		profile := value.Map(c.is, "seccompProfile")["type"]
		if profile == nil {
			profile = value.Map(of.is, "seccompProfile")["type"]
		}
		if profile == nil {
			s.fail(under(c.path, "seccompProfile", "type"), "%s has no seccomp profile", c.name)
		}
	}
}

func list(v any) []map[string]any {
	elements, _ := v.([]any)
	all := make([]map[string]any, 0, len(elements))
	for _, e := range elements {
		all = append(all, value.Map(e))
	}
	return all
}

// words of a list.
func words(v any) []string {
	elements, _ := v.([]any)
	all := make([]string, 0, len(elements))
	for _, e := range elements {
		all = append(all, text(e))
	}
	return all
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func under(path []string, more ...string) []string { return append(slices.Clip(path), more...) }
