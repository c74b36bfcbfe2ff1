package immutable

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/quantity"
)

const (
	claimIsFixed = "the API server refuses to change a claim: only more storage may be asked for"
	copyTheData  = "keep the old value, or make a claim of another name, copy the data into it, and use that one"
)

// volumeSources are the fields of a PersistentVolume that say where it is.
var volumeSources = []string{
	"awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker", "gcePersistentDisk",
	"glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
}

func storage() map[string]row {
	return map[string]row{
		"PersistentVolumeClaim": {
			source: "core/validation.go, ValidatePersistentVolumeClaimUpdate, of a claim that is bound; plugin/pkg/admission/storage/persistentvolume/resize",
			rules: rules(
				[]rule{
					{field: "spec.resources.requests.storage", when: shrinks,
						message: "the API server refuses a claim of {new} where it has {old}: claims never become smaller", help: copyTheData},
					{field: "spec.resources.requests.storage", when: classless,
						message: "the API server refuses a larger claim: its volume is of no StorageClass, and only a class lets claims grow",
						help:    "make a larger volume and a claim of another name for it, and copy the data"},
				},
				may("spec.resources.requests.storage"),
				[]rule{
					{field: "spec.volumeAttributesClassName", when: func(c change) bool { return c.new != nil && c.new != "" }, may: true},
					{field: "spec.storageClassName",
						message: "the API server refuses another StorageClass of a claim: it has the class that it was made with", help: copyTheData},
					{field: "spec.volumeName",
						message: "the API server refuses another volume for a claim: it is bound to the one that it has", help: copyTheData},
				},
				fixed(claimIsFixed, copyTheData, "spec", "metadata.annotations[volume.beta.kubernetes.io/storage-class]"),
			),
			defaults: map[string]any{"spec.volumeMode": "Filesystem"},
			distinct: []string{"spec.storageClassName"},
		},
		"PersistentVolume": {
			source: "core/validation.go, ValidatePersistentVolumeUpdate",
			rules: rules(
				[]rule{
					{field: "spec.csi.controllerExpandSecretRef", when: hadNone("spec", "csi", "controllerExpandSecretRef"), may: true},
					{field: "spec.nodeAffinity", when: hadNone("spec", "nodeAffinity"), may: true},
					{field: "spec.nodeAffinity.required.nodeSelectorTerms.*.matchExpressions.*.key", when: func(c change) bool { return newerLabels[c.old] == c.new }, may: true},
					{field: "spec.volumeAttributesClassName", when: leftOut,
						message: "the API server refuses to take the class of attributes from a volume that has one", help: "name the class that it shall have"},
				},
				fixed("the API server refuses to change which nodes reach a volume", remakeVolume, "spec.nodeAffinity"),
				fixed("the API server refuses to change whether a volume is a file system or a device", remakeVolume, "spec.volumeMode"),
				fixed("the API server refuses to change where a volume is", remakeVolume, prefixed("spec", volumeSources)...),
			),
			defaults: map[string]any{
				"spec.volumeMode":            "Filesystem",
				"spec.azureDisk.cachingMode": "ReadWrite",
				"spec.azureDisk.fsType":      "ext4",
				"spec.azureDisk.kind":        "Shared",
				"spec.iscsi.iscsiInterface":  "default",
				"spec.rbd.pool":              "rbd",
				"spec.rbd.user":              "admin",
				"spec.rbd.keyring":           "/etc/ceph/keyring",
				"spec.scaleIO.storageMode":   "ThinProvisioned",
				"spec.scaleIO.fsType":        "xfs",
			},
		},
		"storage.k8s.io/StorageClass": {
			source: "storage/validation.go, ValidateStorageClassUpdate",
			rules: fixed("the API server refuses to change what a StorageClass makes: only allowVolumeExpansion, mountOptions and allowedTopologies may change",
				"make a class of another name, or delete this one and apply; volumes that exist stay as they are",
				"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
			defaults: map[string]any{"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
		},
		"storage.k8s.io/VolumeAttributesClass": {
			source: "storage/validation.go, ValidateVolumeAttributesClassUpdate",
			rules: fixed("the API server refuses to change a VolumeAttributesClass", "make a class of another name",
				"driverName", "parameters"),
		},
		"storage.k8s.io/CSIDriver": {
			source: "storage/validation.go, ValidateCSIDriverUpdate",
			rules: fixed("the API server refuses to change how a storage driver is used", "delete the CSIDriver with `kubectl delete csidriver {name}`, then apply",
				"spec.attachRequired", "spec.volumeLifecycleModes"),
			defaults: map[string]any{"spec.attachRequired": true, "spec.volumeLifecycleModes": []any{"Persistent"}},
			distinct: []string{"spec.attachRequired"},
		},
	}
}

// newerLabels of nodes in the place of older ones, which mean the same.
// Source: core/validation.go, validateNodeSelectorRequirement of validatePvNodeAffinity.
var newerLabels = map[any]any{
	"beta.kubernetes.io/arch":                  "kubernetes.io/arch",
	"beta.kubernetes.io/os":                    "kubernetes.io/os",
	"beta.kubernetes.io/instance-type":         "node.kubernetes.io/instance-type",
	"failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
	"failure-domain.beta.kubernetes.io/zone":   "topology.kubernetes.io/zone",
}

const remakeVolume = "make a volume of another name for another claim; or, with nothing running that uses it, `kubectl delete pv {name}` (its data stay with reclaimPolicy Retain), then apply"

// shrinks tells that a quantity becomes smaller, or is not said any more.
func shrinks(c change) bool {
	if c.new == nil {
		return true
	}
	was, err := quantity.Milli(fmt.Sprint(c.old))
	is, wrong := quantity.Milli(fmt.Sprint(c.new))
	return err == nil && wrong == nil && is < was
}

// classless tells that a claim says that it has no StorageClass.
func classless(c change) bool { return at(c.before, "spec", "storageClassName") == "" }

// hadNone tells that the object before has nothing at a path.
func hadNone(path ...string) func(change) bool {
	return func(c change) bool { return isEmpty(at(c.before, path...)) }
}
