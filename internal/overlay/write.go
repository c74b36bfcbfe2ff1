package overlay

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// fields is a mapping whose order is ours: the files that people read are
// written in the order in which one reads them.
type fields []field

type field struct {
	name  string
	value any
}

// put adds a field unless its value is empty.
func (f *fields) put(name string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case []any:
		if len(v) == 0 {
			return
		}
	case map[string]any:
		if len(v) == 0 {
			return
		}
	case fields:
		if len(v) == 0 {
			return
		}
	}
	*f = append(*f, field{name, value})
}

// first are the keys that come before the others, which are sorted.
var first = []string{"$patch", "apiVersion", "kind", "metadata", "name"}

func keys(m map[string]any) []string {
	sorted := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(sorted, func(a, b string) int { return rank(a) - rank(b) })
	return sorted
}

func rank(key string) int {
	if i := slices.Index(first, key); i >= 0 {
		return i
	}
	return len(first)
}

// node turns a plain value, or fields, into YAML.
func node(v any) *yaml.Node {
	switch v := v.(type) {
	case fields:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		for _, f := range v {
			n.Content = append(n.Content, text(f.name), node(f.value))
		}
		return n
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		for _, k := range keys(v) {
			n.Content = append(n.Content, text(k), node(v[k]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		for _, e := range v {
			n.Content = append(n.Content, node(e))
		}
		return n
	case string:
		return text(v)
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: strconv.FormatBool(v)}
	case int64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: strconv.FormatInt(v, 10)}
	case float64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagFloat, Value: strconv.FormatFloat(v, 'g', -1, 64)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}
}

// other matches strings that a reader of YAML 1.1 takes for something else and
// that the encoder, which speaks 1.2, would leave plain.
var other = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|~|=|<<|` +
	`[-+.]?[0-9][-+.0-9_:a-fox]*|[-+]?\.(inf|nan)|0b[01_]+)$`)

// mayBeOther spares most strings the regular expression.
func mayBeOther(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', strings.IndexByte("+-.~=<", c) >= 0:
		return true
	}
	return len(s) <= len("false")
}

func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
	switch {
	case mayBeOther(s) && other.MatchString(s):
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
		if !blockSafe(s) {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	return n
}

// blockSafe says that a block scalar gives the text back as it was.
func blockSafe(s string) bool {
	if strings.TrimLeft(s, " \t\n") != s || strings.ContainsAny(s, "\r\u0085\u2028\u2029\ufeff") {
		return false
	}
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		if strings.TrimRight(line, " \t") != line {
			return false
		}
	}
	return true
}

// render writes a file: its header and one or several documents.
func render(header string, documents ...any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header)
	e := yaml.NewEncoder(&b)
	for _, d := range documents {
		if err := e.Encode(node(d)); err != nil {
			return nil, err
		}
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// kustomization starts a kustomization of a kind that all versions read.
func kustomization() fields {
	return fields{{"apiVersion", "kustomize.config.k8s.io/v1beta1"}, {"kind", "Kustomization"}}
}

func list[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}
