package rules

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// leastVolume that can be meant: a file system with its journal, and what a
// server writes before the first request. (XFS is not made below 300 MiB; a broker
// has two indexes of 10 MiB, Kafka's segment.index.bytes, for each log.)
const leastVolume = 64 << 20

// stored is a component that keeps data, with its volume.
type stored struct {
	component, field string
	environment.Volume
	replicas int
	// each replica has data of its own.
	each bool
}

// stores are the components of the cluster that keep data.
func (c *checker) stores() []stored {
	var all []stored
	for _, name := range c.Components() {
		if v, field := c.Volume(name); v != nil {
			all = append(all, stored{name, field, *v, c.Replicas(name), c.Catalog.Components[name].Data.Each})
		}
	}
	return all
}

// kinds that a volume gives; it may give one.
func (s stored) kinds() []string {
	var all []string
	for _, k := range []struct {
		name  string
		given bool
	}{
		{"existingClaim", s.ExistingClaim != ""}, {"nfs", s.NFS != nil}, {"csi", s.CSI != nil},
		{"local", s.Local != nil}, {"hostPath", s.HostPath != nil}, {"none", s.None != nil},
	} {
		if k.given {
			all = append(all, s.field+"."+k.name)
		}
	}
	return all
}

// volumes looks at where data are kept.
func (c *checker) volumes() {
	var sound []stored
	for _, s := range c.stores() {
		if kinds := s.kinds(); len(kinds) > 1 {
			c.fail("WO281", kinds[1],
				fmt.Sprintf("%s are given together: the data of %s are in one place, and nobody could say in which", list(kinds), s.component),
				"leave one of them, and leave out the others")
			continue
		}
		if size(s.Size) < leastVolume {
			c.fail("WO240", c.written(s.field+".size"),
				fmt.Sprintf("%s.size is %q, less than 64 MiB: a file system and what a server writes first do not fit into it", s.field, s.Size),
				"write a real size, or leave it out")
		}
		c.durable(s)
		if c.enoughVolumes(s) {
			sound = append(sound, s)
		}
		c.drivers(s)
	}
	c.separate(sound)
}

// durable wants data to outlive a pod, where someone would miss them.
func (c *checker) durable(s stored) {
	if s.HostPath != nil && !c.development() {
		c.fail("WO283", s.field+".hostPath",
			fmt.Sprintf("%s.hostPath is given in profile %q: a pod that moves to another node finds an empty directory there", s.field, c.Env.Profile),
			fmt.Sprintf("leave it out to use a StorageClass, or write %s.local with the nodes", s.field))
	}
	if s.None == nil {
		return
	}
	data := c.Catalog.Components[s.component].Data
	message := fmt.Sprintf("%s.none is given in profile %q: when the pod goes, %s", s.field, c.Env.Profile, data.Loss)
	help := fmt.Sprintf("leave out %s.none to use a StorageClass, or write another kind of volume", s.field)
	switch {
	case c.production():
		c.fail("WO282", s.field+".none", message, help)
	case !c.development() && !data.Spare:
		c.warn("WO282", s.field+".none", message, help)
	}
}

// enoughVolumes tells whether each replica has one of its own.
func (c *checker) enoughVolumes(s stored) bool {
	var one string
	switch {
	case s.ExistingClaim != "":
		one = "existingClaim"
	case s.HostPath != nil:
		one = "hostPath"
	}
	if one != "" && s.replicas > 1 {
		replicas := c.replicasField(s.component)
		c.fail("WO284", s.field+"."+one,
			fmt.Sprintf("%s.%s is one volume, but %s is %d: replicas that write over each other destroy their data", s.field, one, replicas, s.replicas),
			fmt.Sprintf("write a kind that gives each replica its own (nfs, csi, local or a StorageClass), or %s", cue(replicas, 1)))
		return false
	}
	have, what := s.replicas, ""
	if s.CSI != nil {
		have, what = len(s.CSI.Handles), "csi.handles"
	}
	if s.Local != nil {
		have, what = len(s.Local.Nodes), "local.nodes"
	}
	if have < s.replicas {
		c.fail("WO285", s.field+"."+what,
			fmt.Sprintf("%s.%s has %d, but there are %d replicas: the others stay Pending without a volume", s.field, what, have, s.replicas),
			fmt.Sprintf("write one for each replica, in the order of their ordinals, or %s", cue(c.replicasField(s.component), c.countBelow(s.component, have))))
		return false
	}
	return true
}

// countBelow is the most pods that a component can have of those for which there is room.
func (c *checker) countBelow(component string, room int) int {
	most := room
	for _, n := range c.Catalog.Components[component].Counts {
		if n > room {
			break
		}
		most = n
	}
	return most
}

// drivers looks for what the one kind of a volume cannot do.
func (c *checker) drivers(s stored) {
	const once = "ReadWriteOncePod"
	if s.AccessMode == once && (s.NFS != nil || s.Local != nil) {
		c.fail("WO287", s.field+".accessMode",
			fmt.Sprintf("%s.accessMode is %q, which CSI drivers alone offer, not %s: the pod stays Pending", s.field, once, s.kinds()[0]),
			fmt.Sprintf("leave out %s.accessMode", s.field))
	}
	if against := c.Catalog.Components[s.component].Data.NFS; s.NFS != nil && against != "" {
		c.warn("WO288", s.field+".nfs",
			fmt.Sprintf("%s.nfs is given, %s", s.field, against),
			"use a StorageClass of block storage, csi or local")
	}
}

// places that a component's replicas write to; only what is known to be one
// place whatever the cluster.
func (s stored) places() []string {
	var all []string
	switch {
	case s.ExistingClaim != "":
		all = append(all, "claim "+s.ExistingClaim)
	case s.HostPath != nil:
		all = append(all, "hostPath "+s.HostPath.Path)
	}
	for i := range s.replicas {
		switch {
		case s.NFS != nil:
			path := strings.TrimSuffix(s.NFS.Path, "/")
			if s.each {
				path = fmt.Sprintf("%s/%d", path, i)
			}
			all = append(all, fmt.Sprintf("nfs %s:%s", s.NFS.Server, path))
		case s.CSI != nil:
			all = append(all, fmt.Sprintf("csi %s %s", s.CSI.Driver, s.CSI.Handles[i]))
		case s.Local != nil:
			all = append(all, fmt.Sprintf("local %s:%s", s.Local.Nodes[i], s.Local.Path))
		}
	}
	return all
}

// separate keeps two writers from one place.
func (c *checker) separate(all []stored) {
	owner := map[string]string{}
	for _, s := range all {
		for _, place := range s.places() {
			other, taken := owner[place]
			owner[place] = s.component
			if !taken {
				continue
			}
			who := fmt.Sprintf("%s has it already", other)
			if other == s.component {
				who = "two of its replicas would share it"
			}
			c.fail("WO286", s.kinds()[0],
				fmt.Sprintf("%s puts %s at %q, and %s: writers that do not know of each other destroy the data", s.kinds()[0], s.component, place, who),
				"write a place of its own for each")
			break // the rest of the list is the same mistake
		}
	}
}
