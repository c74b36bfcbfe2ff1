package preflight

import (
	"cmp"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// volumes are what components' data need of the cluster: StorageClasses, claims,
// CSI drivers and nodes, by these names.
func volumes(v *derived.Values) map[string][]Item {
	all := map[string][]Item{}
	add := func(kind string, i Item) {
		i.key = cmp.Or(i.Name, "default")
		for at, is := range all[kind] {
			if is.key == i.key {
				all[kind][at].merge(i)
				return
			}
		}
		all[kind] = append(all[kind], i)
	}
	for _, name := range v.Components() {
		s, field := v.Volume(name)
		if s == nil {
			continue
		}
		switch {
		case s.None != nil, s.HostPath != nil, s.NFS != nil:
		case s.ExistingClaim != "":
			add("claims", Item{Name: s.ExistingClaim, For: name, Field: field + ".existingClaim"})
		case s.CSI != nil:
			add("drivers", Item{Name: s.CSI.Driver, For: name, Field: field + ".csi.driver"})
		case s.Local != nil:
			for _, node := range s.Local.Nodes {
				add("localNodes", Item{Name: node, For: name, Field: field + ".local.nodes"})
			}
		default:
			add("classes", class(v, *s, name, field))
		}
	}
	return all
}

// usualMode is the access mode that every driver offers.
const usualMode = "ReadWriteOnce"

// class of a component's claims; without a name the cluster's default one.
func class(v *derived.Values, s environment.Volume, component, field string) Item {
	i := Item{Name: cmp.Or(s.Class, v.Env.Cluster.Storage.Class), For: component, Field: field + ".class"}
	if s.Class == "" {
		i.Field = "cluster.storage.class"
	}
	if s.AccessMode != usualMode {
		i.Type = s.AccessMode
	}
	return i
}

// merge another item of the same name.
func (i *Item) merge(other Item) {
	i.For += ", " + other.For
	if other.Type != "" && !strings.Contains(i.Type, other.Type) {
		i.Type = strings.TrimPrefix(i.Type+" and "+other.Type, " and ")
	}
}
