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
	privateKey  = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)
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

// Looks tells whether a text has a private key in it, a subject's key, or a word
// that nobody would write. A digest in hexadecimal is none of them.
func Looks(text string) bool {
	if privateKey.MatchString(text) || subjectKey.MatchString(text) {
		return true
	}
	text = certificate.ReplaceAllString(text, "")
	return slices.ContainsFunc(word.FindAllString(text, -1), random)
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
