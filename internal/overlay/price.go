package overlay

import (
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// lines is about how many lines a value takes in a file: the price of saying
// it.
func lines(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			if n++; isBranch(e) {
				n += lines(e)
			}
		}
	case []any:
		for _, e := range v {
			n += lines(e)
		}
	case string:
		return 1 + strings.Count(v, "\n")
	}
	return max(n, 1)
}

func isBranch(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	case string:
		return strings.Contains(v, "\n")
	}
	return false
}

// said counts the lines of a value that another has in the same place.
func said(base, want any) int {
	n := 0
	switch want := want.(type) {
	case map[string]any:
		base, _ := base.(map[string]any)
		for k, v := range want {
			if was, ok := base[k]; ok {
				n += said(was, v)
			}
		}
	case []any:
		base, _ := base.([]any)
		for i := range min(len(base), len(want)) {
			n += said(base[i], want[i])
		}
	default:
		if value.Equal(base, want) {
			n = lines(want)
		}
	}
	return n
}

// price of operations in lines.
func price(ops []op) int {
	n := 0
	for _, o := range ops {
		switch {
		case o.op == "remove":
			n += 2
		case isBranch(o.value):
			n += 3 + lines(o.value)
		default:
			n += 3
		}
	}
	return n
}
