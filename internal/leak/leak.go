// Package leak finds what looks like a password or a key in plain text, in
// objects that are about to be published.
//
// In: an object in plain values. Out: the paths of the fields that hold such a
// thing, and never the thing.
package leak

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)
	// What issuers mark as theirs. Source: the documents of GitHub, GitLab, Vault
	// and Slack about their tokens.
	issued      = regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|hvs\.[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{20,})`)
	subjectKey  = regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[A-Za-z0-9]{32,}`)
	certificate = regexp.MustCompile(`(?s)-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----.*?-----END (?:CERTIFICATE|PUBLIC KEY)-----`)
	// word of letters and digits, long enough that chance alone made it.
	word = regexp.MustCompile(`[A-Za-z0-9+/]{24,}`)
	// pem in base64, as a CA bundle is: the beginning of "-----BEGIN C".
	bundle = "LS0tLS1CRUdJTiBD"
)

// Fields of an object that look secret, sorted. A Secret's values are secret by
// what they are, and encrypted ones are not.
func Fields(o map[string]any) []string {
	kind, _ := o["kind"].(string)
	if _, encrypted := o["sops"]; encrypted || kind == "SealedSecret" {
		return nil
	}
	var found []string
	if kind == "Secret" {
		for _, part := range []string{"data", "stringData"} {
			values, _ := o[part].(map[string]any)
			for _, k := range slices.Sorted(maps.Keys(values)) {
				if text, _ := values[k].(string); text != "" {
					found = append(found, part+"."+k)
				}
			}
		}
		return found
	}
	walk("", o, &found)
	return found
}

func walk(at string, v any, found *[]string) {
	switch v := v.(type) {
	case string:
		if Looks(v) {
			*found = append(*found, at)
		}
	case []any:
		for i, e := range v {
			walk(fmt.Sprintf("%s[%d]", at, i), e, found)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			below := k
			if at != "" {
				below = at + "." + k
			}
			walk(below, v[k], found)
		}
	}
}

// Looks tells whether a text has a private key in it, a subject's key, a token that
// is marked as one, or a word that nobody would write. A digest in hexadecimal is none of them.
func Looks(text string) bool {
	if privateKey.MatchString(text) || subjectKey.MatchString(text) || issued.MatchString(text) {
		return true
	}
	text = certificate.ReplaceAllString(text, "")
	return slices.ContainsFunc(word.FindAllString(text, -1), random)
}

// named are names whose last word says that the value is secret, as variables,
// options of a JVM and of programs have them; what only tells of one (a file, a
// name, a time to live) has another last word.
var named = regexp.MustCompile(`(?:^|[^A-Za-z])(?i:password|passwd|passphrase|pwd|token|secret|(?:api|access|private|secret|auth)[-_.]?key|credentials?)$` +
	`|[a-z](?:Password|Passwd|Passphrase|Pwd|Token|Secret|(?:Api|Access|Private|Secret|Auth)Key|Credentials?)$`)

// harmless are values of such a name that are no secret: a place, a variable, a
// yes or no, and what Java's own store of certificates has for everybody.
var harmless = regexp.MustCompile(`(?i)^(?:|[a-z]+:/.*|\.{0,2}/.*|.*\$[({].*|<.*>|true|false|yes|no|on|off|none|changeit|[0-9]{1,3})$`)

// Named tells that a value is secret by the name that it has.
func Named(name, value string) bool {
	return named.MatchString(name) && !harmless.MatchString(value)
}

// Assigned tells that a word of a command line gives a secret to a name in it, as
// --password=x does, and -Dpassword=x. That of the next word is for who has both.
func Assigned(word string) bool {
	name, value, is := strings.Cut(strings.TrimPrefix(word, "-D"), "=")
	return is && Named(name, value)
}

// random tells that capitals, small letters and digits come one after another
// without order. Of 62 equal signs three in five are of another kind than the one
// before; in names that people make it is one in four.
func random(word string) bool {
	if strings.HasPrefix(word, bundle) {
		return false
	}
	var kinds [4]int
	changes, last := 0, -1
	for _, r := range word {
		k := kindOf(r)
		kinds[k]++
		if k != last && last >= 0 {
			changes++
		}
		last = k
	}
	return kinds[0] > 0 && kinds[1] > 0 && kinds[2] > 1 && changes*5 >= len(word)*2
}

func kindOf(r rune) int {
	switch {
	case r >= 'A' && r <= 'Z':
		return 0
	case r >= 'a' && r <= 'z':
		return 1
	case r >= '0' && r <= '9':
		return 2
	default:
		return 3
	}
}
