package volumes

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// persistentVolumes are the static volumes, one for each replica's claim.
func persistentVolumes(w krm.Workload, s Spec) []krm.M {
	if !s.static() {
		return nil
	}
	var all []krm.M
	for ordinal := range w.Replicas() {
		all = append(all, persistentVolume(w, s, ordinal))
	}
	return all
}

// persistentVolume belongs to no namespace: its name has that of its claim.
func persistentVolume(w krm.Workload, s Spec, ordinal int) krm.M {
	namespace := cmp.Or(w.Namespace, s.Namespace)
	claim := fmt.Sprintf("%s-%s-%d", s.Name, w.Name, ordinal)
	o := krm.New("v1", "PersistentVolume", "", namespace+"-"+claim, s.Labels)
	spec := krm.M{
		"capacity":                      krm.M{"storage": s.Size},
		"accessModes":                   krm.L{s.AccessMode},
		"persistentVolumeReclaimPolicy": s.ReclaimPolicy,
		"storageClassName":              "",
		"claimRef": krm.M{
			"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim,
		},
	}
	switch {
	case s.NFS != nil:
		spec["nfs"] = krm.M{"server": s.NFS.Server, "path": nfsPath(*s.NFS, w.Replicas(), ordinal)}
		if len(s.NFS.MountOptions) > 0 {
			spec["mountOptions"] = s.NFS.MountOptions
		}
	case s.CSI != nil:
		spec["csi"] = csi(*s.CSI, ordinal)
	case s.Local != nil:
		spec["local"] = krm.M{"path": s.Local.Path}
		spec["nodeAffinity"] = on(s.Local.Nodes[ordinal])
	}
	o["spec"] = spec
	return o
}

func nfsPath(n NFS, replicas, ordinal int) string {
	if replicas == 1 && !n.Numbered {
		return n.Path
	}
	return fmt.Sprintf("%s/%d", strings.TrimSuffix(n.Path, "/"), ordinal)
}

func csi(c CSI, ordinal int) krm.M {
	source := krm.M{"driver": c.Driver, "volumeHandle": c.Handles[ordinal]}
	if c.FSType != "" {
		source["fsType"] = c.FSType
	}
	if len(c.Attributes) > 0 {
		source["volumeAttributes"] = c.Attributes
	}
	return source
}

// on one node.
func on(node string) krm.M {
	return krm.M{"required": krm.M{"nodeSelectorTerms": krm.L{krm.M{"matchExpressions": krm.L{
		krm.M{"key": "kubernetes.io/hostname", "operator": "In", "values": krm.L{node}},
	}}}}}
}
