package contract

import "slices"

// IsSecret tells that the value at a path is a password or a key. It must not
// end in the log of a build, so findings do not show it.
func IsSecret(path []string) bool {
	i := slices.Index(path, "plain")
	return i > 0 && path[i-1] == "secrets" || slices.Contains(path, "password")
}
