// Package whiskenv is the rule by which an environment variable of an
// OpenWhisk image becomes a configuration key. The controller, invoker,
// scheduler and user-events images all start through one shell script, which
// turns each variable named CONFIG_… into a -D property of the JVM. Name and
// Key are the two directions of its name rule, CheckValue says whether a value
// survives the script, Expand is what the kubelet does to the value first, and
// Transform is the whole script.
//
// Everything here is a pure function of its input. Which keys exist is for
// package keys to say, and who reads them for package oracle.
//
// The rule was recorded from common/scala/transformEnvironment.sh of
// apache/openwhisk, which is the same at ef725a6, 2.0.0 and 1fae641; the
// recorded cases are in testdata.
package whiskenv

import "strings"

const prefix = "CONFIG_"

// Name is the variable that sets a configuration key: whisk.time-limit.max
// gives CONFIG_whisk_timeLimit_max. A list element is a key that ends in its
// index. It reports false if no variable can reach the key, which is so where
// a segment has an inner capital, a dash before a digit, or a character
// outside A-Z, a-z, 0-9 and dash; such a key needs HOCON text.
func Name(key string) (name string, ok bool) {
	segments := strings.Split(key, ".")
	for i, segment := range segments {
		part, ok := partOf(segment)
		if !ok {
			return "", false
		}
		segments[i] = part
	}
	return prefix + strings.Join(segments, "_"), true
}

// Key is the configuration key that a variable sets. It reports false for a
// variable that the start script ignores: no CONFIG_ in the name, a name that
// is no shell identifier (Kubernetes allows dashes and dots, the shell does
// not see them), or nothing after CONFIG_.
//
// The script looks for CONFIG_ anywhere in the name but strips it only at the
// start, so MY_CONFIG_x sets the useless key MY.CONFIG.x.
func Key(name string) (key string, ok bool) {
	if !strings.Contains(name, prefix) || !identifier(name) {
		return "", false
	}
	key = keyOf(name)
	return key, key != ""
}

func keyOf(name string) string {
	parts := strings.FieldsFunc(strings.TrimPrefix(name, prefix), func(r rune) bool { return r == '_' })
	for i, part := range parts {
		parts[i] = segmentOf(part)
	}
	return strings.Join(parts, ".")
}

// segmentOf turns camelCase into kebab-case. A part that starts with a capital
// is a class name and stays. A capital after a capital stays too: fooURLBar is
// foo-uRLBar.
func segmentOf(part string) string {
	if part == "" || upper(part[0]) {
		return part
	}
	var b strings.Builder
	for i := range len(part) {
		c := part[i]
		if i > 0 && upper(c) && (lower(part[i-1]) || digit(part[i-1])) {
			b.WriteByte('-')
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// partOf is the inverse of segmentOf, where there is one.
func partOf(segment string) (string, bool) {
	var b strings.Builder
	dash := false
	for i := range len(segment) {
		c := segment[i]
		switch {
		case c == '-':
			dash = true
			continue
		case !lower(c) && !upper(c) && !digit(c):
			return "", false
		case dash && lower(c):
			c -= 'a' - 'A'
		}
		dash = false
		b.WriteByte(c)
	}
	part := b.String()
	return part, part != "" && segmentOf(part) == segment
}

// identifier reports whether a shell takes s as the name of a variable.
func identifier(s string) bool {
	for i := range len(s) {
		if c := s[i]; !lower(c) && !upper(c) && c != '_' && (i == 0 || !digit(c)) {
			return false
		}
	}
	return s != ""
}

func lower(c byte) bool { return 'a' <= c && c <= 'z' }
func upper(c byte) bool { return 'A' <= c && c <= 'Z' }
func digit(c byte) bool { return '0' <= c && c <= '9' }
