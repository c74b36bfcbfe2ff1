package preflight

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// Item is one of several that a fact is about.
type Item struct {
	// key tells it from the others.
	key string
	// Name of the object, Namespace that it is in, Type that it must have.
	Name, Namespace, Type string
	// Kind of the object, for people; Type is for kubectl then.
	Kind string
	// For is who needs it, or what happens without it.
	For string
	// Field of the environment that names it.
	Field string
	// Of a pool of nodes: the label that selects them, how many there are, what
	// pods may ask of each, in how many zones they are.
	Selector     string
	Count, Zones int
	CPU, Memory  string
	Pods         int
	// Taints of the pool's nodes for people, and Tainted as they are shown.
	Taints, Tainted string
}

// each lists the items of a kind; "" is one without a name.
func each(v *derived.Values, kind string) ([]Item, error) {
	switch kind {
	case "":
		return []Item{{}}, nil
	case "pools":
		return pools(v), nil
	case "placed":
		return placed(v), nil
	case "classes", "claims", "drivers", "localNodes":
		return volumes(v)[kind], nil
	case "namespaces":
		return namespaces(v), nil
	case "secrets":
		return secrets(v), nil
	case "logins":
		return logins(v), nil
	case "trusted":
		return trusted(v, false), nil
	case "keys":
		return trusted(v, true), nil
	case "outside":
		return outside(v), nil
	case "issuers":
		return issuers(v), nil
	case "registries":
		return registries(v), nil
	case "named":
		return named(v), nil
	case "chosen":
		return chosen(v), nil
	}
	return nil, fmt.Errorf("there are no %q", kind)
}

// pools that components run on, and without placement those that are described.
func pools(v *derived.Values) []Item {
	names := v.Pools()
	if !v.Env.Placement.Enabled {
		names = slices.Sorted(maps.Keys(v.Env.Cluster.Nodes))
	}
	var all []Item
	for _, name := range names {
		i := Item{key: name, Name: name, Count: 1, Field: environment.JoinPath("cluster", "nodes", name), Selector: selector(v, name)}
		if p, described := v.Env.Cluster.Nodes[name]; described {
			i.Count, i.Zones, i.CPU, i.Memory, i.Pods = p.Count, p.Zones, p.CPU, p.Memory, v.NodePods(p)
		} else {
			i.Field = "cluster.nodes"
		}
		if v.Env.Placement.Enabled {
			i.taints(v.Taints(name))
		}
		all = append(all, i)
	}
	return all
}

func (i *Item) taints(all []environment.Taint) {
	var people, shown []string
	for _, t := range all {
		shown = append(shown, t.Key+"="+t.Value+":"+t.Effect)
		people = append(people, strings.TrimSuffix(t.Key+"="+t.Value, "=")+":"+t.Effect)
	}
	i.Taints, i.Tainted = strings.Join(people, " and "), strings.Join(shown, " ")
}

// selector of a pool's nodes by their labels; empty where placement is off.
func selector(v *derived.Values, pool string) string {
	if !v.Env.Placement.Enabled {
		return ""
	}
	all := []string{v.Env.Placement.NodeLabel + "=" + pool}
	labels := v.Env.Cluster.Nodes[pool].Labels
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if key != v.Env.Placement.NodeLabel {
			all = append(all, key+"="+labels[key])
		}
	}
	return strings.Join(all, ",")
}

// placed are the architectures that images need, by the pool that they are in.
func placed(v *derived.Values) []Item {
	type place struct{ pool, arch string }
	who := map[place][]string{}
	add := func(name, component string, built []string, known bool) {
		if known && len(built) == 1 {
			at := place{arch: built[0]}
			if v.Env.Placement.Enabled {
				at.pool = v.Pool(component)
			}
			who[at] = append(who[at], name)
		}
	}
	for _, name := range v.Components() {
		built, known := v.Architectures(name)
		add(name, name, built, known)
	}
	built, known := v.KindArchitectures()
	add("actions", v.Catalog.Actions.By, built, known)
	var all []Item
	for at, names := range who {
		all = append(all, Item{
			key: strings.TrimPrefix(at.pool+"-"+at.arch, "-"), Name: at.pool, Type: at.arch,
			For: strings.Join(names, ", "), Selector: selector(v, at.pool),
		})
	}
	return sorted(all)
}

func sorted(all []Item) []Item {
	slices.SortFunc(all, func(a, b Item) int { return cmp.Compare(a.key, b.key) })
	return all
}

// namespaces that somebody else makes, with the level of Pod Security that each
// must have.
func namespaces(v *derived.Values) []Item {
	if v.Env.Namespaces.Managed {
		return nil
	}
	return []Item{
		{key: v.Env.Namespace, Name: v.Env.Namespace, Type: v.PodSecurity()},
		{key: v.ActionNamespace, Name: v.ActionNamespace, Type: derived.ActionPodSecurity},
	}
}

// secrets that must be there before anything is applied, with their keys: those
// that nothing makes.
func secrets(v *derived.Values) []Item {
	s := v.Env.Secrets
	if s.Plain != nil || s.Source.SOPS != nil || s.Source.Sealed != nil || s.Source.External != nil {
		return nil
	}
	var all []Item
	for _, secret := range v.Secrets() {
		all = append(all, Item{
			key: secret.Name, Name: secret.Name, Namespace: v.Env.Namespace, Field: environment.JoinPath("secrets", secret.Field),
			Type: strings.Join(keys(v, secret), " "),
		})
	}
	return all
}

// keys that are read of a Secret. Of one that may have others, a run under load reads
// that of its subject; a tenant's is read anyway.
func keys(v *derived.Values, s derived.Secret) []string {
	all := slices.Sorted(maps.Keys(s.Values))
	if l := v.Env.Load; l != nil && s.Name == v.LoadSecret() && !slices.Contains(all, l.Subject) {
		all = append(all, l.Subject)
	}
	return all
}

// logins are the Secrets that have a type: certificates that nobody makes here, and
// logins at registries.
func logins(v *derived.Values) []Item {
	var all []Item
	add := func(name, namespace, kind, field, without string) {
		all = append(all, Item{key: namespace + "-" + name, Name: name, Namespace: namespace, Type: kind, Field: field, For: without})
	}
	const certificate = "kubernetes.io/tls"
	tls, ingress := v.Env.Edge.TLS, v.Env.Edge.Ingress
	own := tls.CertManager == nil && tls.SelfSigned == nil
	if own {
		field := "edge.tls"
		if tls.Existing != nil {
			field = "edge.tls.existing.secret"
		}
		add(v.CertificateSecret, v.Env.Namespace, certificate, field, "nginx does not start")
	}
	if ingress != nil {
		name := cmp.Or(ingress.Secret, v.CertificateSecret)
		// With a certificate that each nginx signs for itself there is no Secret.
		if name != v.CertificateSecret || tls.SelfSigned != nil {
			add(name, v.Env.Namespace, certificate, "edge.ingress.secret", "users are shown a certificate that they cannot trust")
		}
	}
	for _, name := range v.Env.ImagePullSecrets {
		for _, namespace := range []string{v.Env.Namespace, v.ActionNamespace} {
			add(name, namespace, "kubernetes.io/dockerconfigjson", "imagePullSecrets", "pods stay in ErrImagePull")
		}
	}
	return all
}

// trusted are the keys of Secrets with certificates by which servers and clients know
// each other, or those with private keys.
func trusted(v *derived.Values, private bool) []Item {
	seen := map[string]bool{}
	var all []Item
	for _, t := range v.Trusted() {
		key := t.Secret + "-" + t.Key
		if t.Private == private && !t.Made && !seen[key] {
			all = append(all, Item{key: key, Name: t.Secret, Namespace: v.Env.Namespace, Type: t.Key, Field: t.Field})
			seen[key] = true
		}
	}
	return all
}

// outside are the servers that are no component.
func outside(v *derived.Values) []Item {
	var all []Item
	add := func(what, at, field string) {
		all = append(all, Item{key: strings.ToLower(what), Name: at, For: what, Field: field})
	}
	if e := v.Env.Kafka.External; e != nil {
		add("Kafka", strings.Join(e.Bootstrap, ", "), "kafka.external")
	}
	if e := v.Env.CouchDB.External; e != nil {
		add("CouchDB", fmt.Sprintf("%s://%s:%d", e.Protocol, e.Host, e.Port), "couchdb.external")
	}
	if e := v.Env.Redis.External; e != nil && v.Env.APIGateway.Enabled {
		add("Redis", fmt.Sprintf("%s:%d", e.Host, e.Port), "redis.external")
	}
	if v.ZooKeeper != "" {
		add("ZooKeeper", strings.Join(v.Env.Invoker.ZooKeeper, ", "), "invoker.zookeeper")
	}
	return all
}

// hub is where images come from whose names have no host.
const hub = "docker.io"

// registries that images come from, all in one.
func registries(v *derived.Values) []Item {
	hosts := map[string]bool{}
	for _, image := range v.Images() {
		host, _, nested := strings.Cut(image.Reference, "/")
		if !nested || host != "localhost" && !strings.ContainsAny(host, ".:") {
			host = hub
		}
		hosts[host] = true
	}
	return []Item{{Name: strings.Join(slices.Sorted(maps.Keys(hosts)), " and ")}}
}
