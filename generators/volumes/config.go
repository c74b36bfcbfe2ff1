package volumes

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "AddVolume"

//go:embed config.go
var source string

// Function adds a volume.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "add-volume", Source: source,
	Short: "Mount a volume in a container, and make the volumes that its claims are bound to",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: AddVolume
metadata:
  name: web-data
spec:
  selector:
    kind: StatefulSet
    name: web
  name: data
  mountPath: /var/lib/web
  size: 10Gi
  accessMode: ReadWriteOnce
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says where workloads keep their data. At most one of existingClaim, nfs, csi,
// local, hostPath and none is given; with none of them, each replica has a claim of the
// class.
type Spec struct {
	// Selector of the objects whose pods get the volume. What exists already (nfs, csi,
	// local, hostPath, existingClaim) is for one object alone.
	Selector *krm.Selector `json:"selector"`
	// Namespace of objects that do not say their own. Volumes that exist already are
	// bound to claims by their namespace.
	Namespace string `json:"namespace,omitempty" form:"label"`
	// Labels of the PersistentVolumes that are made.
	Labels krm.Labels `json:"labels,omitempty"`
	// Name of the volume.
	Name string `json:"name" form:"label"`
	// MountPath in the container.
	MountPath string `json:"mountPath" form:"path"`

	// Size of the volume, as a quantity: "10Gi".
	Size string `json:"size,omitempty" form:"quantity"`
	// Class is the StorageClass; empty means the cluster's default.
	Class string `json:"class,omitempty"`
	// AccessMode of the claims.
	AccessMode string `json:"accessMode,omitempty" enum:"ReadWriteOnce,ReadWriteOncePod,ReadWriteMany"`
	// ReclaimPolicy of volumes that exist already.
	ReclaimPolicy string `json:"reclaimPolicy,omitempty" enum:"Retain,Delete"`

	// ExistingClaim that a single pod has.
	ExistingClaim string `json:"existingClaim,omitempty" form:"name"`
	// NFS exports that exist.
	NFS *NFS `json:"nfs,omitempty"`
	// CSI volumes that exist.
	CSI *CSI `json:"csi,omitempty"`
	// Local directories on nodes.
	Local *Local `json:"local,omitempty"`
	// HostPath directory on whatever node a pod lands on.
	HostPath *HostPath `json:"hostPath,omitempty"`
	// None keeps nothing: an emptyDir of the size.
	None bool `json:"none,omitempty"`
}

// NFS export. With several replicas each has the directory <path>/<ordinal>.
type NFS struct {
	// Numbered gives a single replica such a directory too, where there may be
	// more one day: a volume's path can never change.
	Numbered bool `json:"numbered,omitempty"`
	// Server, by its name or address.
	Server string `json:"server"`
	// Path of the export.
	Path string `json:"path" form:"path"`
	// MountOptions of the nodes.
	MountOptions []string `json:"mountOptions,omitempty"`
}

// CSI volumes that exist.
type CSI struct {
	// Driver by its name in the cluster.
	Driver string `json:"driver"`
	// Handles of the volumes, one for each replica.
	Handles []string `json:"handles"`
	// FSType of the file system.
	FSType string `json:"fsType,omitempty"`
	// Attributes that the driver wants.
	Attributes map[string]string `json:"attributes,omitempty"`
}

// Local directory on nodes.
type Local struct {
	// Path of the directory, the same on each node.
	Path string `json:"path" form:"path"`
	// Nodes by their names, one for each replica.
	Nodes []string `json:"nodes"`
}

// HostPath directory on whatever node a pod lands on.
type HostPath struct {
	// Path of the directory, which exists.
	Path string `json:"path" form:"path"`
}
