package refused

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// mutation is an object with one difference.
type mutation struct {
	// at is the field without names of elements: "spec.containers.*.image".
	at     string
	what   string
	object *objects.Object
	// less tells that a field is left out.
	less bool
}

// mutations of each field of an object: other values, one that is left out, one that
// is there twice, another order.
func mutations(o *objects.Object) []mutation {
	m := mutator{of: o}
	m.walk(nil, o.Object, "")
	return m.all
}

type mutator struct {
	of  *objects.Object
	all []mutation
}

// kept are fields that say which object it is.
var kept = []string{"apiVersion", "kind", "metadata.name", "metadata.namespace", "status"}

func (m *mutator) walk(path []any, v any, at string) {
	if slices.Contains(kept, at) {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			m.walk(append(slices.Clip(path), k), v[k], strings.TrimPrefix(at+"."+k, "."))
		}
		if texts(v) && at != "" {
			grown := maps.Clone(v)
			grown["added"] = base64.StdEncoding.EncodeToString([]byte("x"))
			m.add(path, at, "one more", grown)
		}
		if len(path) > 1 {
			m.remove(path, at)
		}
	case []any:
		m.list(path, v, at)
	default:
		for _, other := range others(path[len(path)-1], v) {
			m.add(path, at, fmt.Sprintf("%v -> %v", v, other), other)
		}
		m.remove(path, at)
	}
}

func (m *mutator) list(path []any, list []any, at string) {
	for i, e := range list {
		m.walk(append(slices.Clip(path), i), e, at+".*")
		if i < 3 {
			m.add(path, at, fmt.Sprintf("without %d", i), slices.Delete(slices.Clone(list), i, i+1))
		}
	}
	if len(list) > 1 {
		turned := slices.Clone(list)
		slices.Reverse(turned)
		m.add(path, at, "turned round", turned)
	}
	if len(list) > 0 {
		m.add(path, at, "one more", append(slices.Clone(list), another(list[0])))
	}
	m.remove(path, at)
}

// another element, like one that there is.
func another(e any) any {
	m, isMap := e.(map[string]any)
	if !isMap {
		if s, isText := e.(string); isText {
			return s + "x"
		}
		return e
	}
	other := maps.Clone(m)
	if meta, has := m["metadata"].(map[string]any); has {
		meta = maps.Clone(meta)
		meta["name"] = "another"
		other["metadata"] = meta
	}
	for key, v := range map[string]any{"name": "another", "mountPath": "/another", "containerPort": int64(60001), "port": int64(60001), "key": "another"} {
		if _, has := m[key]; has {
			other[key] = v
		}
	}
	delete(other, "nodePort")
	return other
}

func texts(m map[string]any) bool {
	for _, v := range m {
		if _, isText := v.(string); !isText {
			return false
		}
	}
	return true
}

func (m *mutator) add(path []any, at, what string, v any) {
	m.all = append(m.all, mutation{at: at, what: what, object: with(m.of, path, v)})
}

func (m *mutator) remove(path []any, at string) {
	key, isKey := path[len(path)-1].(string)
	if !isKey {
		return
	}
	parent := objects.Copy([]*objects.Object{m.of})[0]
	in, _ := get(parent.Object, path[:len(path)-1]).(map[string]any)
	delete(in, key)
	for end := len(path) - 1; len(in) == 0 && end > 1; end-- { // nobody writes an empty mapping
		key, isKey := path[end-1].(string)
		if !isKey {
			break
		}
		in, _ = get(parent.Object, path[:end-1]).(map[string]any)
		delete(in, key)
	}
	m.all = append(m.all, mutation{at: at, what: "left out", object: parent, less: true})
}

func with(o *objects.Object, path []any, v any) *objects.Object {
	o = o.DeepCopy()
	switch in := get(o.Object, path[:len(path)-1]).(type) {
	case map[string]any:
		in[path[len(path)-1].(string)] = v
	case []any:
		in[path[len(path)-1].(int)] = v
	}
	return o
}

func get(v any, path []any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			v = v.(map[string]any)[step]
		case int:
			v = v.([]any)[step]
		}
	}
	return v
}

// choices are words of which a field has one.
var choices = [][]any{
	{"ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"}, {"Retain", "Delete"}, {"Filesystem", "Block"},
	{"OrderedReady", "Parallel"}, {"RollingUpdate", "OnDelete", "Recreate"}, {"Never", "OnFailure", "Always"},
	{"Always", "IfNotPresent", "Never"}, {"TCP", "UDP"}, {"ClusterFirst", "Default"}, {"HTTP", "HTTPS"},
	{"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}, {"Cluster", "Local"}, {"None", "ClientIP"},
	{"SingleStack", "PreferDualStack"}, {"NonIndexed", "Indexed"}, {"Role", "ClusterRole"}, {"Immediate", "WaitForFirstConsumer"},
	{"PreemptLowerPriority", "Never"}, {"Opaque", "kubernetes.io/basic-auth", "example.com/other"}, {"Prefix", "Exact"},
	{"Honor", "Ignore"}, {"DoNotSchedule", "ScheduleAnyway"}, {"OnRootMismatch", "Always"}, {"RuntimeDefault", "Unconfined"},
	{"Forbid", "Allow", "Replace"}, {"In", "NotIn"}, {"Exists", "Equal"}, {"NoSchedule", "NoExecute"}, {"File", "FallbackToLogsOnError"},
	{"FailJob", "Ignore", "Count"}, {"Failed", "TerminatingOrFailed"}, {"Ingress", "Egress"}, {"Namespaced", "Cluster"},
	{"batch.kubernetes.io/job-controller", "example.com/jobs"}, {"RequestsOnly", "Terminating", "NotTerminating", "BestEffort"}, {"IPv4", "IPv6", "FQDN"},
}

var (
	quantity = regexp.MustCompile(`^([0-9]+)(m|k|M|G|T|Ki|Mi|Gi|Ti)$`)
	// cidr or address of IPv4.
	address = regexp.MustCompile(`^([0-9]+)(\.[0-9]+){3}(/[0-9]+)?$`)
	// number that is text.
	number = regexp.MustCompile(`^[0-9]+$`)
)

// others are values in the place of one. Which of them are valid, the server says.
func others(key, v any) []any {
	switch v := v.(type) {
	case bool:
		return []any{!v}
	case int64:
		return []any{v + 1, v - 1, v * 2}
	case float64: // as YAML gives numbers
		return []any{v + 1, v - 1, v * 2}
	case string:
		var all []any
		for _, c := range choices {
			if slices.Contains(c, any(v)) {
				all = append(all, slices.DeleteFunc(slices.Clone(c), func(other any) bool { return other == v })...)
			}
		}
		switch {
		case quantity.MatchString(v):
			return append(all, "9"+v, quantity.ReplaceAllString(v, "1$2"), quantity.ReplaceAllString(v, "${1}000m"))
		case address.MatchString(v):
			return append(all, address.ReplaceAllString(v, "9.9.9.9$3"))
		case number.MatchString(v):
			return append(all, v+"0")
		case strings.HasSuffix(v, "=="), strings.HasSuffix(v, "="):
			return append(all, "eA==")
		}
		return append(all, v+"x", "x"+v, "x.example.com/"+v, base64.StdEncoding.EncodeToString([]byte(v)))
	}
	return nil
}
