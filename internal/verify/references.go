package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/place"
	"github.com/whiskops/whiskops/internal/value"
)

// references holds what pods, bindings and scalers name against the set.
func (j *judge) references() {
	for _, p := range j.pods {
		j.account(p)
		for _, c := range p.containers {
			for i, e := range list(c.is["env"]) {
				from := value.Map(e, "valueFrom")
				for field, kind := range map[string]string{"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"} {
					if ref := value.Map(from, field); ref != nil {
						j.refers(p, under(c.path, "env", strconv.Itoa(i), "valueFrom", field), kind, "name", ref, text(ref["key"]))
					}
				}
			}
			for i, e := range list(c.is["envFrom"]) {
				for field, kind := range map[string]string{"configMapRef": "ConfigMap", "secretRef": "Secret"} {
					if ref := value.Map(e, field); ref != nil {
						j.refers(p, under(c.path, "envFrom", strconv.Itoa(i), field), kind, "name", ref)
					}
				}
			}
		}
		for i, v := range list(p.spec["volumes"]) {
			j.volume(p, under(p.path, "spec", "volumes", strconv.Itoa(i)), v)
		}
	}
	j.bindings()
}

// volume is one that has an object of the namespace in it.
func (j *judge) volume(p *pod, path []string, v map[string]any) {
	one := func(path []string, source map[string]any, secretName string) {
		for field, kind := range map[string]string{"configMap": "ConfigMap", "secret": "Secret"} {
			ref := value.Map(source, field)
			if ref == nil {
				continue
			}
			name := "name"
			if kind == "Secret" {
				name = secretName
			}
			var keys []string
			for _, item := range list(ref["items"]) {
				keys = append(keys, text(item["key"]))
			}
			j.refers(p, under(path, field), kind, name, ref, keys...)
		}
	}
	one(path, v, "secretName")
	for i, s := range list(value.Map(v, "projected")["sources"]) {
		one(under(path, "projected", "sources", strconv.Itoa(i)), s, "name")
	}
	claim := text(value.Map(v, "persistentVolumeClaim")["claimName"])
	if claim == "" || j.Open {
		return
	}
	if _, ok := j.by[id{"PersistentVolumeClaim", p.of.Namespace, claim}]; !ok && !generated(p.of) {
		// What the environment names as an existing claim is generated.
		j.fail(fault{
			code: codeReference, of: p.of, path: under(path, "persistentVolumeClaim", "claimName"), word: claim, warning: true,
			message: fmt.Sprintf("its pods use claim %s, which is not in the set", claim), help: "add the PersistentVolumeClaim; pods wait until it is there",
		})
	}
}

// refers holds the name of a ConfigMap or a Secret, and keys of it, against the set.
func (j *judge) refers(p *pod, path []string, kind, field string, ref map[string]any, keys ...string) {
	name := text(ref[field])
	if name == "" || ref["optional"] == true {
		return
	}
	there, found, known := j.keys(kind, p.of.Namespace, name)
	switch {
	case !known:
	case !found:
		j.fail(fault{
			code: codeReference, of: p.of, path: under(path, field), word: name, warning: kind == "Secret" && !generated(p.of),
			message: fmt.Sprintf("its pods read %s %s, and there is none in namespace %s: they never start", kind, name, p.of.Namespace),
			help:    j.nearObject(kind, p.of.Namespace, name),
		})
	case there != nil:
		for _, k := range keys {
			if k == "" || slices.Contains(there, k) {
				continue
			}
			help := "there is " + names(there)
			if better := place.Suggest(k, there); better != "" {
				help = fmt.Sprintf("did you mean %q?", better)
			}
			j.fail(fault{
				code: codeReference, of: p.of, path: path, word: k,
				message: fmt.Sprintf("its pods read %q of %s %s, which has no such key: they never start", k, kind, name), help: help,
			})
		}
	}
}

// keys of a ConfigMap or Secret; nil are any. known is false where nobody can say
// whether it is there.
func (j *judge) keys(kind, namespace, name string) (keys []string, found, known bool) {
	if o, ok := j.by[id{kind, namespace, name}]; ok {
		all := value.Keys(value.Map(o.Value, "data"), value.Map(o.Value, "binaryData"), value.Map(o.Value, "stringData"))
		if kind == "Secret" && o.Value["type"] == "kubernetes.io/service-account-token" {
			return nil, true, true // Kubernetes fills it
		}
		if all == nil {
			all = []string{}
		}
		return all, true, true
	}
	if kind != "Secret" {
		return nil, slices.Contains(j.ConfigMaps, name), !j.Open
	}
	if made, ok := j.madeSecret(namespace, name); ok {
		return made, true, true
	}
	if j.Secrets == nil {
		return nil, false, false
	}
	keys, found = j.Secrets[name]
	return keys, found, true
}

// madeSecret finds what makes a Secret of that name in the cluster, and its keys as
// far as they are known.
func (j *judge) madeSecret(namespace, name string) (keys []string, ok bool) {
	for _, o := range slices.Concat(j.of("Certificate"), j.of("ExternalSecret"), j.of("SealedSecret")) {
		if o.Namespace != namespace {
			continue
		}
		spec := value.Map(o.Value, "spec")
		switch o.Kind {
		case "Certificate":
			if text(spec["secretName"]) == name {
				return []string{"tls.crt", "tls.key", "ca.crt"}, true
			}
		case "ExternalSecret":
			target := text(value.Map(spec, "target")["name"])
			if target == name || target == "" && o.Name == name {
				return nil, true
			}
		case "SealedSecret":
			if o.Name == name {
				return value.Keys(value.Map(spec, "encryptedData")), true
			}
		}
	}
	return nil, false
}

func (j *judge) nearObject(kind, namespace, name string) string {
	var there []string
	for _, o := range j.of(kind) {
		if o.Namespace == namespace {
			there = append(there, o.Name)
		}
	}
	if kind == "Secret" {
		there = append(there, value.Keys(anyOf(j.Secrets))...)
	}
	for _, t := range there {
		if strings.HasPrefix(t, name+"-") || strings.HasSuffix(t, "-"+name) {
			return fmt.Sprintf("it is called %s", t)
		}
	}
	if better := place.Suggest(name, there); better != "" {
		return fmt.Sprintf("did you mean %s?", better)
	}
	return fmt.Sprintf("add the %s, or say optional: true where it may be missing", kind)
}

func anyOf[V any](m map[string]V) map[string]any {
	all := make(map[string]any, len(m))
	for k, v := range m {
		all[k] = v
	}
	return all
}

// account is the ServiceAccount of pods, which are refused without it.
func (j *judge) account(p *pod) {
	name := text(p.spec["serviceAccountName"])
	if name == "" || name == "default" || j.Open && !generated(p.of) {
		return
	}
	if _, ok := j.by[id{"ServiceAccount", p.of.Namespace, name}]; !ok {
		j.fail(fault{
			code: codeReference, of: p.of, path: under(p.path, "spec", "serviceAccountName"), word: name, warning: !generated(p.of),
			message: fmt.Sprintf("its pods run as ServiceAccount %s, and there is none in namespace %s: they are refused", name, p.of.Namespace),
			help:    j.nearObject("ServiceAccount", p.of.Namespace, name),
		})
	}
}

// bindings name a role, and scalers a workload.
func (j *judge) bindings() {
	for _, o := range j.Objects {
		var ref map[string]any
		var path []string
		switch o.Kind {
		case "RoleBinding":
			ref, path = value.Map(o.Value, "roleRef"), []string{"roleRef", "name"}
		case "HorizontalPodAutoscaler":
			ref, path = value.Map(o.Value, "spec", "scaleTargetRef"), []string{"spec", "scaleTargetRef", "name"}
		}
		kind, name := text(ref["kind"]), text(ref["name"])
		if name == "" || kind == "ClusterRole" || j.Open && !generated(o) {
			continue
		}
		if _, ok := j.by[id{kind, o.Namespace, name}]; !ok {
			j.fail(fault{
				code: codeReference, of: o, path: path, word: name, warning: !generated(o),
				message: fmt.Sprintf("it is for %s %s, and there is none in namespace %s", kind, name, o.Namespace), help: j.nearObject(kind, o.Namespace, name),
			})
		}
	}
}
