package value

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The characters that are escaped, and those beside them that are not. A block
// would hold none of them for every reader.
func TestEscapedCharacters(t *testing.T) {
	for _, tt := range []struct {
		first, last rune
	}{
		{'\x7f', '\x9f'}, {'\u0085', '\u0085'}, {'\u2028', '\u2029'}, {'\ufeff', '\ufeff'}, {'\ufffd', '\ufffd'}, {'\x00', '\x08'}, {'\v', '\x1f'},
	} {
		for _, r := range []rune{tt.first, tt.last} {
			for _, s := range []string{string(r), "a" + string(r), "a\nb" + string(r) + "c\n"} {
				if got := quoted(s).Style; got != yaml.DoubleQuotedStyle {
					t.Errorf("%q has style %d", s, got)
				}
			}
		}
	}
	for _, r := range []rune{'!', ' ' + 1, '~', '\u00a0', '\u2027', '\u202a', '\ufefe', '\uff00', '\ufffc'} {
		if got := quoted("a" + string(r)).Style; got != 0 {
			t.Errorf("%q has style %d", r, got)
		}
		if got := quoted("a\nb" + string(r) + "c\n").Style; got != yaml.LiteralStyle {
			t.Errorf("%q in a block has style %d", r, got)
		}
	}
}

// Words of YAML 1.1 are no longer than "false".
func TestLongestWord(t *testing.T) {
	for s, want := range map[string]bool{"FALSE": true, "fals": false, "falsey": false, "null": true, "y": true, "": false, "/": false, ":": false, "0": true, "9": true} {
		if got := notText(s); got != want {
			t.Errorf("%q is taken for something else: %v", s, got)
		}
	}
}
