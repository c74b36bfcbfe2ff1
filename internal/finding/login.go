package finding

import (
	"regexp"
	"strings"
)

// login is a user and a password as a URL has them before its host: up to the
// last "@" of a word where there is a password, since people leave its "/" as it
// is; or to where the word was cut off.
var login = regexp.MustCompile(`(://)(?:[^/\s"'@:]*:[^\s"']*@|[^/\s"'@]+@|[^/\s"'@:]+:[^\s"'@]*\.\.\.)|` +
	// without a protocol, where a host is asked for
	`(^|["'\s=])[^/\s"'@:]+:[^\s"'@]*[^\s"'@:]@`)

// digest is what stands behind the "@" of an image.
const digest = "sha256:"

// hideLogins masks them. No list of secrets has them, and nobody writes one that
// is none.
func hideLogins(text string) string {
	if !strings.Contains(text, "@") && !strings.Contains(text, "://") {
		return text
	}
	var b strings.Builder
	rest := text
	for {
		m := login.FindStringSubmatchIndex(rest)
		if m == nil {
			return b.String() + rest
		}
		begin, end := "", ""
		for _, group := range [][2]int{{m[2], m[3]}, {m[4], m[5]}} {
			if group[0] >= 0 {
				begin = rest[group[0]:group[1]]
			}
		}
		switch found := rest[m[0]:m[1]]; {
		case strings.HasSuffix(found, "@"):
			end = "@"
		case strings.HasSuffix(found, "..."):
			end = "..."
		}
		if strings.HasPrefix(rest[m[1]:], digest) {
			b.WriteString(rest[:m[1]])
		} else {
			b.WriteString(rest[:m[0]] + begin + Mask + end)
		}
		rest = rest[m[1]:]
	}
}
