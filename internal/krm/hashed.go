package krm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// How a ConfigMap that is made gets a name of its own for each content, so that pods
// are made anew when it changes.
const (
	HashContent   = "content"   // this program puts it behind the name, here and where the name is used
	HashKustomize = "kustomize" // kustomize is asked to, which it does for generators alone
	HashNone      = "none"
)

// MakeHashed makes a ConfigMap. Without a word for how its name is hashed that follows
// from who runs the function: a generator of a kustomization sees its functionConfig
// alone, and who writes a kustomization of what is made says so.
func (r *Run) MakeHashed(o M, how string) error {
	if how == "" {
		how = HashContent
		if r.list.Hashed || r.alone() {
			how = HashKustomize
		}
	}
	switch how {
	case HashKustomize:
		Annotate(o, map[string]string{NeedsHash: "true"})
	case HashContent:
		text, err := json.Marshal(o["data"])
		if err != nil {
			return fmt.Errorf("hash %s: %w", identity(o), err)
		}
		sum := sha256.Sum256(text)
		meta := o["metadata"].(M)
		plain, _ := meta["name"].(string)
		namespace, _ := meta["namespace"].(string)
		hashed := plain + "-" + hex.EncodeToString(sum[:4])
		r.made = append(r.made, made{identity(o), o}) // known by the name without the hash
		meta["name"] = hashed
		return r.follow(namespace, plain, hashed)
	}
	r.Make(o)
	return nil
}

// follow a ConfigMap's new name in all pods of its namespace that mention it.
func (r *Run) follow(namespace, from, to string) error {
	for _, n := range r.objects {
		if n.GetNamespace() != namespace && n.GetNamespace() != "" && namespace != "" {
			continue
		}
		w, ok := workloadOf(r.Without(n), Selector{})
		if !ok {
			continue
		}
		pod := followed(w.Pod(), from, to)
		if len(pod) == 0 {
			continue
		}
		if err := r.Merge(n, w.Fragment(pod)); err != nil {
			return err
		}
		r.Tell(n, "reads the ConfigMap %s", to)
	}
	return nil
}

// followed is the fragment of a pod in which a ConfigMap has another name.
func followed(pod M, from, to string) M {
	fragment := M{}
	for _, field := range []string{"containers", "initContainers"} {
		var all L
		for _, c := range entries(pod[field]) {
			changed := Into{"name": c["name"]}
			var env L
			for _, e := range entries(c["env"]) {
				if value.Map(e, "valueFrom", "configMapKeyRef")["name"] == from {
					env = append(env, Into{"name": e["name"], "valueFrom": M{"configMapKeyRef": M{"name": to}}})
				}
			}
			if len(env) > 0 {
				changed["env"] = env
			}
			if sources, differ := pointed(c["envFrom"], "configMapRef", from, to); differ {
				changed["envFrom"] = sources
			}
			if len(changed) > 1 {
				all = append(all, changed)
			}
		}
		if len(all) > 0 {
			fragment[field] = all
		}
	}
	var volumes L
	for _, v := range entries(pod["volumes"]) {
		if value.Map(v, "configMap")["name"] == from {
			volumes = append(volumes, Into{"name": v["name"], "configMap": M{"name": to}})
		}
		if sources, differ := pointed(value.Map(v, "projected")["sources"], "configMap", from, to); differ {
			volumes = append(volumes, Into{"name": v["name"], "projected": M{"sources": sources}})
		}
	}
	if len(volumes) > 0 {
		fragment["volumes"] = volumes
	}
	return fragment
}

// pointed is a list whose entries name the ConfigMap in a field.
func pointed(list any, field, from, to string) (L, bool) {
	var all L
	differ := false
	for _, e := range entries(list) {
		e = value.CopyMap(e)
		if ref := value.Map(e, field); ref["name"] == from {
			ref["name"] = to
			differ = true
		}
		all = append(all, e)
	}
	return all, differ
}

func entries(list any) []M {
	all, _ := list.(L)
	var found []M
	for _, e := range all {
		if m, ok := e.(M); ok {
			found = append(found, m)
		}
	}
	return found
}

// given is the name of a made object if it has a hash.
func (m made) given() string {
	if m.id == identity(m.want) {
		return ""
	}
	return m.name()
}

func (m made) name() string {
	name, _ := value.Map(m.want, "metadata")["name"].(string)
	return name
}

// rename an object that has the name with the hash of the last time, or had none then. A
// name that somebody else has given it stays.
func (m made) rename(n *yaml.RNode, before string) error {
	if before == "" && m.given() != "" {
		_, before, _ = cutLast(m.id, "/")
	}
	if before == "" || n.GetName() != before || before == m.name() {
		return nil
	}
	return n.SetMapField(yaml.NewStringRNode(m.name()), "metadata", "name")
}

func cutLast(text, by string) (before, after string, found bool) {
	if i := strings.LastIndex(text, by); i >= 0 {
		return text[:i], text[i+len(by):], true
	}
	return text, "", false
}
