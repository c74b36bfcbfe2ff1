package kustomize

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// hashLength is that of the hash at the end of a name, and hashLetters are its
// letters: hexadecimal without what reads as a word.
const (
	hashLength  = 10
	hashLetters = "2456789bcdfghkmt"
)

var hashAlphabet = strings.NewReplacer("0", "g", "1", "h", "3", "k", "a", "m", "e", "t")

// HashedName is the name that kustomize gives a generated ConfigMap: its name,
// a dash, and a hash of its content. It is computed here, not by the engine,
// so that it can be held against what the engine built. The engine means to
// hash the name too and looks for it in the wrong place, so that it is empty.
func HashedName(name string, configMap map[string]any) (string, error) {
	content := map[string]any{"kind": "ConfigMap", "name": "", "data": ""}
	for _, field := range []string{"data", "binaryData"} {
		if v, ok := configMap[field]; ok {
			content[field] = v
		}
	}
	text, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return name + "-" + hashAlphabet.Replace(hex.EncodeToString(sum[:])[:hashLength]), nil
}

// PlainName is the name of an object before the engine put a hash of its content
// behind it: a ConfigMap's, if its hash is right; that of any other as it is.
func PlainName(o Object) string {
	if o.Kind != "ConfigMap" || o.APIVersion != "v1" {
		return o.Name
	}
	plain := unhashed(o.Name)
	if hashed, err := HashedName(plain, o.Value); err != nil || hashed != o.Name {
		return o.Name
	}
	return plain
}

// unhashed is a name without its hash, or the name if it has none.
func unhashed(name string) string {
	stem := len(name) - hashLength - 1
	if stem < 1 || name[stem] != '-' || strings.Trim(name[stem+1:], hashLetters) != "" {
		return name
	}
	return name[:stem]
}
