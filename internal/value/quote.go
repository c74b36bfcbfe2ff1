package value

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// likeNumber matches strings that some reader takes for something else than a
// string where the encoder, which goes by YAML 1.2, would leave them plain: the
// numbers (1:30 is 90), the dates and the special keys of YAML 1.1, by which
// kubectl, Ansible and PyYAML read. It matches more than there are (1.5e, an
// address): quotes do no harm.
var likeNumber = regexp.MustCompile(`^(?i:~|=|<<|[-+.]?[0-9][-+.0-9_:a-fox]*|[-+]?\.[0-9_][-+.0-9_:e]*|[-+]?\.(inf|nan)|` +
	`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ \tt].*)$`)

// notText tells whether some reader takes a string for something else.
func notText(s string) bool {
	if s == "" {
		return false // the encoder knows
	}
	if c := s[0]; c >= '0' && c <= '9' || strings.IndexByte("+-.~=<", c) >= 0 {
		return likeNumber.MatchString(s)
	}
	if len(s) <= len("false") {
		switch strings.ToLower(s) {
		case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
			return true
		}
	}
	return false
}

// quoted writes a string such that every reader of YAML 1.1 and 1.2 gets the
// same string back. Text of several lines is a block where a block can hold
// it. What is no UTF-8 becomes U+FFFD, as in JSON.
func quoted(s string) *yaml.Node {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
	switch {
	case notText(s), strings.ContainsFunc(s, unsafe):
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
		if !blockSafe(s) {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	return n
}

// unsafe are the characters that must be escaped: controls, what YAML 1.1
// takes for the end of a line, and the mark that starts a file.
func unsafe(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\u2028', '\u2029', '\ufeff', utf8.RuneError:
		return true
	}
	return r < ' ' || r >= 0x7f && r < 0xa0
}

// blockSafe says that a block scalar gives the text back as it was, from every
// reader, and that a person sees all of it.
func blockSafe(s string) bool {
	if strings.TrimLeft(s, " \t\n") != s {
		return false
	}
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		if strings.TrimRight(line, " \t") != line {
			return false
		}
	}
	return true
}
