package pods

import "github.com/whiskops/whiskops/internal/krm"

// Restricted is what the restricted Pod Security Standard asks of a
// container, and a root filesystem that stays as the image has it
// (kubernetes.io/docs/concepts/security/pod-security-standards).
func Restricted() krm.M {
	return krm.M{
		"allowPrivilegeEscalation": false,
		"capabilities":             krm.M{"drop": krm.L{"ALL"}},
		"readOnlyRootFilesystem":   true,
	}
}

// RestrictedPod holds for every container, with the numeric user and group uid. The
// group owns the volumes, and is set on them once: walking a large volume at each start
// takes minutes.
func RestrictedPod(uid int) krm.M {
	return krm.M{
		"runAsNonRoot":        true,
		"runAsUser":           uid,
		"runAsGroup":          uid,
		"fsGroup":             uid,
		"fsGroupChangePolicy": "OnRootMismatch",
		"seccompProfile":      krm.M{"type": "RuntimeDefault"},
	}
}
