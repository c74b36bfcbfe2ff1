package environment

// LockFile has the images that are pinned. It lies at the root of the
// repository: see internal/lockfile.
const LockFile = "images.lock.yaml"

// Lock has what registries said of images, by the reference that containers
// name without it: "nginx:1.28.0". It is the same for all environments of a
// repository; nil is none, which pins nothing.
type Lock map[string]Locked

// Locked is one image.
type Locked struct {
	// Digest of its index, or of its manifest if it is for one platform:
	// "sha256:" and 64 digits.
	Digest string
	// Platforms that it was built for, in order: "linux/amd64",
	// "linux/arm/v7". None are known of what says none.
	Platforms []string
}
