package fakenode

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// driver is the CSI driver that the classes name.
const driver = "disks.example.com"

// selectedNode is where the scheduler writes down the node that it wants a
// volume for.
const selectedNode = "volume.kubernetes.io/selected-node"

// Classes makes StorageClasses as clouds have them: a volume is made when its
// pod is scheduled, in the zone of the pod's node, and stays in that zone. The
// first is the default one.
func Classes(ctx context.Context, set kubernetes.Interface, names ...string) error {
	no := false
	_, err := set.StorageV1().CSIDrivers().Create(ctx, &storagev1.CSIDriver{
		ObjectMeta: metav1.ObjectMeta{Name: driver}, Spec: storagev1.CSIDriverSpec{AttachRequired: &no},
	}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	late := storagev1.VolumeBindingWaitForFirstConsumer
	for i, name := range names {
		c := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: driver, VolumeBindingMode: &late}
		if i == 0 {
			c.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
		}
		if _, err := set.StorageV1().StorageClasses().Create(ctx, c, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("StorageClass %s: %w", name, err)
		}
	}
	return nil
}

// Provision makes volumes for claims of Classes, and removes those whose claim
// is gone, until ctx ends.
func Provision(ctx context.Context, set kubernetes.Interface) {
	for {
		// A round that failed is made up for by the next.
		_ = provision(ctx, set)
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func provision(ctx context.Context, set kubernetes.Interface) error {
	claims, err := set.CoreV1().PersistentVolumeClaims("").List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	for i := range claims.Items {
		c := &claims.Items[i]
		node := c.Annotations[selectedNode]
		if c.Status.Phase != corev1.ClaimPending || node == "" || c.Spec.VolumeName != "" {
			continue
		}
		if err := volume(ctx, set, c, node); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
	volumes, err := set.CoreV1().PersistentVolumes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	for _, v := range volumes.Items {
		if v.Status.Phase == corev1.VolumeReleased && v.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete {
			if err := set.CoreV1().PersistentVolumes().Delete(ctx, v.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
				return err
			}
		}
	}
	return nil
}

func volume(ctx context.Context, set kubernetes.Interface, c *corev1.PersistentVolumeClaim, node string) error {
	n, err := set.CoreV1().Nodes().Get(ctx, node, metav1.GetOptions{})
	if err != nil {
		return err
	}
	name := "pvc-" + string(c.UID)
	_, err = set.CoreV1().PersistentVolumes().Create(ctx, &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": driver}},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes: c.Spec.AccessModes,
			Capacity:    corev1.ResourceList{corev1.ResourceStorage: c.Spec.Resources.Requests[corev1.ResourceStorage]},
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: c.Namespace, Name: c.Name, UID: c.UID,
			},
			StorageClassName:              *c.Spec.StorageClassName,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			PersistentVolumeSource:        corev1.PersistentVolumeSource{CSI: &corev1.CSIPersistentVolumeSource{Driver: driver, VolumeHandle: name}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{
					Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{n.Labels[corev1.LabelTopologyZone]},
				}},
			}}}},
		},
	}, metav1.CreateOptions{})
	return err
}
