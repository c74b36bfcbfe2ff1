package overlay

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

type (
	m = map[string]any
	l = []any
)

// random makes desired states: one for base, and mutations of it for
// environments.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 0))} }

func pick[T any](r random, of ...T) T { return of[r.IntN(len(of))] }

func (r random) chance(percent int) bool { return r.IntN(100) < percent }

// awkward strings are those that YAML, env files or literals treat specially.
var awkward = []string{
	"", "null", "~", "1e3", "yes", "NO", "on", "y", "0777", "1_000", "0x1F", "12:30:45", "2001-01-01", ".inf", "<<", "=",
	"true", "3", "-1", "1.0", " leading", "trailing ", "trailing\t", "'quoted'", "\"quoted\"", "it's", "{\"a\": [1]}", "[x", "- x", "a: b",
	"# no comment", "a #b", "*star", "&and", "!bang", "%percent", "@at", "`tick`", "|", ">", "key=value=more", "$(X)", "${X}", "$$", "ünïcödé", "日本語", "🐙",
	"one\ntwo", "one\ntwo\n", "one\n\ntwo\n\n", "\n", "\nlead", " lead\nmore", "tab\tinside", "\ttab first",
	// Text of several lines that starts with a tab is not here: the engine
	// writes it in a form that it cannot read again, and fails.
	"server {\n\tlisten 80; \n\n    root /x;\n}\n", "blank at end \nx", "a\n  b\n c\n", "---\nx: y\n", "long " + strings.Repeat("word ", 60) + "end", strings.Repeat("x", 300),
	"C:\\path", "a\\nb", "\u00a0nbsp", "e\u0301", "{{ .Values }}", "?", "? x", ": x", "x:", "#", "-", "--", "...", "...\n", "key: |\n  text\n",
}

func (r random) text() string {
	if r.chance(40) {
		return pick(r, awkward...)
	}
	return pick(r, "debug", "info", "http://kafka-0.kafka:9092", "512m", "10s", "a,b,c", "org.apache.openwhisk", fmt.Sprint(r.IntN(100)), "-Xmx1g -XX:+UseG1GC")
}

func (r random) shuffled(n int, of ...string) []string {
	c := slices.Clone(of)
	r.Shuffle(len(c), func(i, j int) { c[i], c[j] = c[j], c[i] })
	return c[:min(n, len(c))]
}

func (r random) image() string {
	return pick(r, "openwhisk/controller", "openwhisk/invoker", "registry.example.com:5000/openwhisk/controller", "nginx", "apache/kafka", "a.b/c", "axb/c") +
		pick(r, "", ":1.0", ":2.0.0", ":2.0.0", ":latest", "@sha256:"+strings.Repeat("ab", 32), ":1.0@sha256:"+strings.Repeat("cd", 32))
}

func (r random) env() l {
	var e l
	for _, n := range r.shuffled(r.IntN(6), "A", "B", "C", "JAVA_OPTS", "HOST", "PORT", "KAFKA_HOSTS") {
		switch r.IntN(5) {
		case 0:
			e = append(e, m{"name": n, "valueFrom": m{"fieldRef": m{"fieldPath": "status.podIP"}}})
		case 1:
			e = append(e, m{"name": n, "valueFrom": m{"configMapKeyRef": m{"name": "settings", "key": "A"}}})
		default:
			e = append(e, m{"name": n, "value": r.text()})
		}
	}
	return e
}

func (r random) container(name string) m {
	c := m{"name": name, "image": r.image()}
	if e := r.env(); len(e) > 0 {
		c["env"] = e
	}
	if r.chance(50) {
		var ports l
		for i := range 1 + r.IntN(3) {
			p := m{"containerPort": 8080 + i*r.IntN(3)}
			if r.chance(60) {
				p["name"] = fmt.Sprint("p", i)
			}
			if r.chance(50) {
				p["protocol"] = pick(r, "TCP", "UDP")
			}
			ports = append(ports, p)
		}
		c["ports"] = ports
	}
	if r.chance(40) {
		c["args"] = list(r.shuffled(1+r.IntN(4), "--a", "--b=c", "-c", "echo hi\nexit 0\n", "null", "8"))
	}
	if r.chance(60) {
		c["resources"] = m{"requests": m{"cpu": pick(r, "1", "500m"), "memory": pick(r, "1Gi", "2Gi")}, "limits": m{"memory": pick(r, "1Gi", "2Gi")}}
	}
	if r.chance(50) {
		var mounts l
		for _, p := range r.shuffled(1+r.IntN(3), "/a", "/b", "/tmp") {
			mounts = append(mounts, m{"name": pick(r, "data", "config"), "mountPath": p})
		}
		c["volumeMounts"] = mounts
	}
	if r.chance(30) {
		c["envFrom"] = l{m{"configMapRef": m{"name": pick(r, "settings", "settings", "elsewhere")}}}
	}
	if r.chance(40) {
		c["readinessProbe"] = m{"httpGet": m{"path": "/ping", "port": pick[any](r, 8080, "http")}, "periodSeconds": 1 + r.IntN(3)}
	}
	if r.chance(30) {
		c["securityContext"] = m{"capabilities": m{"drop": l{"ALL"}}, "readOnlyRootFilesystem": r.chance(50)}
	}
	return c
}

func (r random) pod(component string) m {
	p := m{}
	var containers l
	for _, n := range r.shuffled(1+r.IntN(2), component, "sidecar", "agent") {
		containers = append(containers, r.container(n))
	}
	p["containers"] = containers
	if r.chance(40) {
		p["initContainers"] = l{r.container("wait")}
	}
	var volumes l
	for _, v := range r.shuffled(r.IntN(4), "config", "data", "more", "tmp") {
		switch v {
		case "config":
			volumes = append(volumes, m{"name": v, "configMap": m{"name": pick(r, "settings", "files")}})
		case "more":
			volumes = append(volumes, m{"name": v, "projected": m{"sources": l{m{"configMap": m{"name": "files"}}, m{"secret": m{"name": "s"}}}}})
		default:
			volumes = append(volumes, m{"name": v, "emptyDir": pick(r, m{}, m{"sizeLimit": "1Gi"}, m{"medium": "Memory"})})
		}
	}
	if len(volumes) > 0 {
		p["volumes"] = volumes
	}
	if r.chance(40) {
		var t l
		for range 1 + r.IntN(3) {
			t = append(t, m{"key": pick(r, "dedicated", "node"), "operator": "Equal", "value": r.text(), "effect": pick(r, "NoSchedule", "NoExecute")})
		}
		p["tolerations"] = t
	}
	if r.chance(40) {
		p["affinity"] = m{"podAntiAffinity": m{pick(r, "requiredDuringSchedulingIgnoredDuringExecution", "preferred"): l{m{"topologyKey": "kubernetes.io/hostname", "labelSelector": m{"matchLabels": m{"a": r.text()}}}}}}
	}
	if r.chance(30) {
		p["topologySpreadConstraints"] = l{
			m{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": pick(r, "DoNotSchedule", "ScheduleAnyway")},
			m{"maxSkew": 1 + r.IntN(2), "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"},
		}
	}
	if r.chance(50) {
		p["nodeSelector"] = m{"openwhisk-role": pick(r, "core", "invoker")}
	}
	if r.chance(50) {
		p["serviceAccountName"] = component
	}
	return p
}

// object makes one object of a component. The kind decides what it holds.
func (r random) object(kind, name, component, tier, namespace string) m {
	meta := m{"name": name, "labels": m{krm.NameLabel: component, krm.TierLabel: tier, krm.PartOfLabel: "openwhisk"}}
	if r.chance(20) {
		meta["labels"].(m)[pick(r, "extra", "example.com/team")] = r.label()
	}
	if r.chance(25) {
		meta["annotations"] = m{pick(r, "a", "example.com/b~c"): r.text()}
	}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	o := m{"kind": kind, "metadata": meta}
	template := func() m {
		t := m{"metadata": m{"labels": m{krm.NameLabel: component}}, "spec": r.pod(component)}
		if r.chance(20) {
			t["metadata"].(m)["annotations"] = m{"checksum": r.text()}
		}
		return t
	}
	switch kind {
	case "Namespace":
		o["apiVersion"] = "v1"
		delete(meta, "namespace")
	case "Deployment", "DaemonSet":
		o["apiVersion"] = "apps/v1"
		o["spec"] = m{"selector": m{"matchLabels": m{krm.NameLabel: component}}, "template": template()}
		if kind == "Deployment" && r.chance(80) {
			o["spec"].(m)["replicas"] = r.IntN(4)
		}
	case "StatefulSet":
		o["apiVersion"] = "apps/v1"
		spec := m{"serviceName": component, "selector": m{"matchLabels": m{krm.NameLabel: component}}, "template": template()}
		if r.chance(80) {
			spec["replicas"] = r.IntN(4)
		}
		if r.chance(70) {
			spec["volumeClaimTemplates"] = l{m{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": m{"name": "data"},
				"spec": m{"accessModes": l{"ReadWriteOnce"}, "storageClassName": pick(r, "gp3", "standard"), "resources": m{"requests": m{"storage": pick(r, "10Gi", "50Gi")}}}}}
		}
		o["spec"] = spec
	case "Job":
		o["apiVersion"] = "batch/v1"
		t := template()
		t["spec"].(m)["restartPolicy"] = "Never"
		o["spec"] = m{"backoffLimit": r.IntN(5), "template": t}
		meta["name"] = fmt.Sprintf("%s-%08x", name, r.Uint32())
	case "CronJob":
		o["apiVersion"] = "batch/v1"
		o["spec"] = m{"schedule": "0 * * * *", "jobTemplate": m{"spec": m{"template": template()}}}
	case "Service":
		o["apiVersion"] = "v1"
		ports := l{m{"name": "http", "port": 80, "targetPort": pick[any](r, "http", 8080)}}
		if r.chance(40) {
			ports = append(ports, m{"name": "dns", "port": pick(r, 53, 80), "protocol": "UDP"})
		}
		o["spec"] = m{"type": pick(r, "ClusterIP", "NodePort"), "selector": m{krm.NameLabel: component}, "ports": ports}
		if r.chance(30) {
			o["spec"].(m)["clusterIP"] = "None"
		}
	case "NetworkPolicy":
		o["apiVersion"] = "networking.k8s.io/v1"
		var ingress l
		for range 1 + r.IntN(3) {
			ingress = append(ingress, m{"from": l{m{"podSelector": m{"matchLabels": m{krm.NameLabel: pick(r, "a", "b", "c")}}}}, "ports": l{m{"port": 80 + r.IntN(3), "protocol": "TCP"}}})
		}
		o["spec"] = m{"podSelector": m{}, "policyTypes": l{"Ingress"}, "ingress": ingress}
	case "ConfigMap":
		o["apiVersion"] = "v1"
		data := m{}
		keys := pick(r, []string{"A", "B", "C", "LONG_NAME", "Z9", "_X"}, []string{"nginx.conf", "log.level", "a-b", "A", "data.json"}, []string{"A", "a", "kustomization.yaml"})
		for _, k := range r.shuffled(r.IntN(len(keys)+1), keys...) {
			data[k] = r.text()
		}
		if len(data) > 0 || r.chance(50) {
			o["data"] = data
		}
		if r.chance(10) {
			o["immutable"] = true
		}
	case "Secret":
		o["apiVersion"], o["type"] = "v1", "Opaque"
		o["stringData"] = m{"password": r.text()}
	case "ServiceAccount":
		o["apiVersion"] = "v1"
		o["automountServiceAccountToken"] = r.chance(50)
		if r.chance(30) {
			o["imagePullSecrets"] = l{m{"name": pick(r, "a", "b")}}
		}
	case "Role":
		o["apiVersion"] = "rbac.authorization.k8s.io/v1"
		o["rules"] = l{m{"apiGroups": l{""}, "resources": l{pick(r, "pods", "configmaps")}, "verbs": list(r.shuffled(2, "get", "list", "watch")), "resourceNames": l{pick(r, "settings", "other")}}}
		if o["rules"].(l)[0].(m)["resources"].(l)[0] == "pods" {
			delete(o["rules"].(l)[0].(m), "resourceNames")
		}
	case "RoleBinding":
		o["apiVersion"] = "rbac.authorization.k8s.io/v1"
		o["roleRef"] = m{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": component}
		o["subjects"] = l{m{"kind": "ServiceAccount", "name": pick(r, component, "controller", "invoker"), "namespace": "MAIN"}}
	case "PersistentVolume":
		o["apiVersion"] = "v1"
		delete(meta, "namespace")
		o["spec"] = m{"capacity": m{"storage": pick(r, "1Gi", "2Gi")}, "claimRef": m{"name": "data-" + component + "-0", "namespace": "MAIN"}, "nfs": m{"server": r.text(), "path": "/x"}}
	case "PodDisruptionBudget":
		o["apiVersion"] = "policy/v1"
		o["spec"] = m{pick(r, "minAvailable", "maxUnavailable"): pick[any](r, 1, "50%"), "selector": m{"matchLabels": m{krm.NameLabel: component}}}
	case "Kafka": // a custom resource with lists
		o["apiVersion"] = "kafka.strimzi.io/v1"
		var listeners l
		for _, n := range r.shuffled(1+r.IntN(3), "plain", "tls", "external") {
			listeners = append(listeners, m{"name": n, "port": 9092 + r.IntN(3), "tls": r.chance(50)})
		}
		o["spec"] = m{"kafka": m{"listeners": listeners, "config": m{"retention.ms": r.IntN(1 << 30), "factor": pick[any](r, 0.5, 1.5, 2)}}}
	}
	if kind == "ConfigMap" && r.chance(75) {
		annotations, _ := meta["annotations"].(m)
		if annotations == nil {
			annotations = m{}
		}
		annotations[krm.NeedsHash] = "true"
		meta["annotations"] = annotations
	}
	return o
}

func (r random) label() string { return pick(r, "yes", "1e3", "null", "x", "true", "007") }

// components of the random installation, each in one tier.
var components = map[string][]string{
	"data": {"kafka", "couchdb"}, "setup": {"topics"}, "core": {"controller", "invoker"}, "edge": {"nginx"}, "unheard-of": {"extra"},
}

var kinds = []string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "NetworkPolicy", "ConfigMap", "Secret", "ServiceAccount", "Role", "RoleBinding", "PersistentVolume", "PodDisruptionBudget", "Kafka"}

// base makes a state: objects without their namespaces, see in.
func (r random) base() []m {
	var objects []m
	add := func(o m) { objects = append(objects, o) }
	add(r.object("Namespace", "MAIN", "namespace", "foundation", ""))
	add(r.object("Namespace", "ACTIONS", "actions", "actions", ""))
	add(r.object("ServiceAccount", "invoker", "invoker-account", "foundation", "MAIN"))
	add(r.object("RoleBinding", "invoker", "invoker-account", "foundation", "MAIN"))
	add(r.object("RoleBinding", "invoker", "actions", "actions", "ACTIONS"))
	for tier, of := range sorted(components) {
		for i, c := range of {
			seen := map[string]bool{}
			for range 1 + r.IntN(6) {
				kind := pick(r, kinds...)
				name := pick(r, c, c+"-extra", "settings", "files")
				if kind != "ConfigMap" && name != c+"-extra" {
					name = c
				}
				if kind == "ConfigMap" && (name == c || i > 0) {
					name = c + "-config"
				}
				if seen[kind+name] {
					continue
				}
				seen[kind+name] = true
				add(r.object(kind, name, c, tier, "MAIN"))
			}
		}
	}
	return objects
}

func sorted(of map[string][]string) func(func(string, []string) bool) {
	return func(yield func(string, []string) bool) {
		for _, k := range value.Keys(toAny(of)) {
			if !yield(k, of[k]) {
				return
			}
		}
	}
}

func toAny(of map[string][]string) m {
	a := m{}
	for k := range of {
		a[k] = nil
	}
	return a
}

// change makes an environment of a state: objects vanish, appear, and differ
// as a fresh object of the kind differs.
func (r random) change(base []m) []m {
	var objects []m
	intensity := pick(r, 5, 20, 60)
	gone := ""
	if r.chance(20) {
		gone = pick(r, "kafka", "couchdb", "nginx")
	}
	for _, o := range base {
		meta := o["metadata"].(m)
		labels := meta["labels"].(m)
		component := labels[krm.NameLabel].(string)
		if component == gone || o["kind"] != "Namespace" && r.chance(intensity/4) {
			continue
		}
		c := value.CopyMap(o)
		if r.chance(intensity) {
			namespace, _ := meta["namespace"].(string)
			name := meta["name"].(string)
			if o["kind"] == "Job" {
				name = contentHash.ReplaceAllString(name, "")
			}
			fresh := r.object(o["kind"].(string), name, component, labels[krm.TierLabel].(string), namespace)
			c = r.mix(c, fresh, pick(r, 20, 50, 100)).(m)
			if o["kind"] == "Role" {
				// The engine writes hashed names into the resourceNames of
				// any resource. Prove refuses that, see TestProveRefuses.
				c["rules"] = fresh["rules"]
			}
			if !r.chance(10) { // whether it is hashed rarely changes
				rehash(c, o)
			}
		}
		objects = append(objects, c)
	}
	for range r.IntN(3) {
		tier := pick(r, "core", "edge", "data")
		c := pick(r, components[tier]...)
		objects = append(objects, r.object(pick(r, kinds...), c+"-new", c, tier, "MAIN"))
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(objects, func(o m) bool {
		k := fmt.Sprint(o["kind"], o["metadata"].(m)["name"], o["metadata"].(m)["namespace"])
		defer func() { seen[k] = true }()
		return seen[k]
	})
}

func rehash(o, like m) {
	had := value.Map(like, "metadata", "annotations")[krm.NeedsHash]
	meta := o["metadata"].(m)
	annotations, _ := meta["annotations"].(m)
	if had == nil {
		delete(annotations, krm.NeedsHash)
		return
	}
	if annotations == nil {
		annotations = m{}
		meta["annotations"] = annotations
	}
	annotations[krm.NeedsHash] = had
}

// mix takes each field of a with some chance from b.
func (r random) mix(a, b any, percent int) any {
	am, ok := a.(m)
	bm, ok2 := b.(m)
	if !ok || !ok2 {
		al, ok := a.(l)
		bl, ok2 := b.(l)
		if ok && ok2 && r.chance(50) {
			c := slices.Clone(al)
			for i := range min(len(al), len(bl)) {
				c[i] = r.mix(al[i], bl[i], percent)
			}
			if len(bl) > len(al) {
				c = append(c, bl[len(al):]...)
			}
			return unique(c)
		}
		if r.chance(percent) {
			return b
		}
		return a
	}
	c := m{}
	for _, k := range value.Keys(am, bm) {
		x, inA := am[k]
		y, inB := bm[k]
		switch {
		case inA && inB:
			c[k] = r.mix(x, y, percent)
		case inA && !r.chance(percent/2), inB && !inA && r.chance(percent/2):
			c[k] = x
			if !inA {
				c[k] = y
			}
		}
	}
	return c
}

// unique drops elements that repeat the name or mount of another.
func unique(of l) l {
	seen := map[string]bool{}
	return slices.DeleteFunc(of, func(e any) bool {
		e2, ok := e.(m)
		if !ok {
			return false
		}
		k := fmt.Sprint(e2["name"], e2["mountPath"], e2["port"], e2["containerPort"])
		defer func() { seen[k] = true }()
		return seen[k]
	})
}

// replace writes other strings into a value, and int64 for int.
func replace(v any, with map[string]string) any {
	switch v := v.(type) {
	case m:
		c := m{}
		for k, e := range v {
			c[k] = replace(e, with)
		}
		return c
	case l:
		c := make(l, len(v))
		for i, e := range v {
			c[i] = replace(e, with)
		}
		return c
	case string:
		if s, ok := with[v]; ok {
			return s
		}
	case int:
		return int64(v)
	}
	return v
}

// in puts a state into two namespaces and makes YAML of it. References to
// ConfigMaps stay in a tier.
func in(objects []m, main, actions string) []*yaml.RNode {
	var nodes []*yaml.RNode
	for _, o := range objects {
		tier := o["metadata"].(m)["labels"].(m)[krm.TierLabel].(string)
		n, err := value.Document(replace(o, map[string]string{
			"MAIN": main, "ACTIONS": actions, "settings": tier + "-settings", "files": tier + "-files",
		}))
		if err != nil {
			panic(err) // a mapping of plain values
		}
		nodes = append(nodes, yaml.NewRNode(n))
	}
	return nodes
}
