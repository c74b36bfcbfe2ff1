package guide

import "regexp"

var profile = regexp.MustCompile(`(?m), profile ([a-z]+)\.$`)

// Profile is the environment's profile that its README tells; empty for a text that
// tells none. It is the only place of a generated tree that does.
func Profile(readme []byte) string {
	if m := profile.FindSubmatch(readme); m != nil {
		return string(m[1])
	}
	return ""
}
