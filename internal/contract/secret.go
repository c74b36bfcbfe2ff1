package contract

import (
	"fmt"
	"slices"

	"github.com/whiskops/whiskops/internal/place"
)

// IsSecret tells that the value at a path is a password or a key. It must not
// end in the log of a build, so findings do not show it. What stands in the
// place of the struct "secrets" may be one.
func IsSecret(path []string) bool {
	i := slices.Index(path, "plain")
	return i > 0 && path[i-1] == "secrets" || slices.Contains(path, "password") || len(path) > 0 && path[len(path)-1] == "secrets"
}

// codePlain is a rule's code, for secrets in plain text where people depend on
// them: said here only if they lack so much that no rule sees them.
const codePlain = "WO271"

// PlainOutside says why secrets.plain is no good in a profile other than
// development, and what to do.
func PlainOutside(profile string) (message, help string) {
	return fmt.Sprintf("secrets.plain is given in profile %q: passwords and keys end in git, where everyone who reads it has them for good", profile),
		"leave out secrets.plain, and make the Secrets named in secrets by sealed secrets, an external store or by hand; or write profile: \"development\""
}

// profileOf an environment, by what is written or by default.
func (c *Contract) profileOf(data *place.Node) string {
	if n := data.Field("profile"); n != nil {
		return n.Text
	}
	usual, _ := c.shape.Field("profile").Shape.Default.(string)
	return usual
}

// incomplete tells, and says, that the path is that of plain secrets which may
// not be there at all: what they lack is no matter then.
func (k *checker) incomplete(path []string) bool {
	if !slices.Equal(path, []string{"secrets", "plain"}) || k.profile == "development" {
		return false
	}
	message, help := PlainOutside(k.profile)
	k.say(k.src.Label(path), codePlain, path, message, help)
	return true
}
