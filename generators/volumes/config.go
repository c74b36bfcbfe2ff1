package volumes

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "Volumes"

// Spec says where a component's workload keeps its data. At most one of the
// kinds at the end is given; with none, a claim of Class is made for each
// replica.
type Spec struct {
	krm.Owner
	// Namespace of the claims, which static volumes are bound to.
	Namespace string `json:"namespace"`
	// Replicas, each with a volume of its own.
	Replicas int `json:"replicas"`
	// Name of the volume, and MountPath in the main container.
	Name      string `json:"name"`
	MountPath string `json:"mountPath"`

	Size string `json:"size"`
	// Class is the StorageClass; empty means the cluster's default.
	Class      string `json:"class,omitempty"`
	AccessMode string `json:"accessMode"`
	// ReclaimPolicy of static volumes: Retain or Delete.
	ReclaimPolicy string `json:"reclaimPolicy"`

	ExistingClaim string    `json:"existingClaim,omitempty"`
	NFS           *NFS      `json:"nfs,omitempty"`
	CSI           *CSI      `json:"csi,omitempty"`
	Local         *Local    `json:"local,omitempty"`
	HostPath      *HostPath `json:"hostPath,omitempty"`
	// None keeps nothing: an emptyDir of Size.
	None bool `json:"none,omitempty"`
}

// NFS export. With several replicas each has the directory <path>/<ordinal>.
type NFS struct {
	// Numbered gives a single replica such a directory too, where there may be
	// more one day: a volume's path can never change.
	Numbered     bool     `json:"numbered,omitempty"`
	Server       string   `json:"server"`
	Path         string   `json:"path"`
	MountOptions []string `json:"mountOptions,omitempty"`
}

// CSI volumes that exist, a handle for each replica.
type CSI struct {
	Driver     string            `json:"driver"`
	Handles    []string          `json:"handles"`
	FSType     string            `json:"fsType,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// Local directory on nodes, a node for each replica.
type Local struct {
	Path  string   `json:"path"`
	Nodes []string `json:"nodes"`
}

// HostPath directory on whatever node a pod lands on.
type HostPath struct {
	Path string `json:"path"`
}
