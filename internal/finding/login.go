package finding

import (
	"regexp"
	"strings"
)

// login is what a URL has before its host: a user and a password, up to the last
// "@" of a word, since people leave its "/" as it is, or to where the word was
// cut off. Of the web it may be a token alone; elsewhere (akka://system@host) a
// name by itself is none.
var login = regexp.MustCompile(`(\w*://)(?:[^/\s"'@:]*:[^\s"']*@|[^/\s"'@:]+:[^\s"'@]*\.\.\.)|` +
	`(https?://)[^/\s"'@]+@|` +
	// without a protocol, where a host is asked for
	`(^|["'\s=])[^/\s"'@:=]+:[^/\s"'@:][^\s"'@]*@`)

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
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				begin = rest[m[i]:m[i+1]]
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
