package overlay

import (
	"strconv"
	"strings"
)

// op is one operation of a JSON 6902 patch.
type op struct {
	op, path string
	value    any
}

func (o op) fields() fields {
	f := fields{{"op", o.op}, {"path", o.path}}
	if o.op != "remove" {
		f = append(f, field{"value", o.value})
	}
	return f
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

var pointer = strings.NewReplacer("~", "~0", "/", "~1")

func child(path, key string) string { return path + "/" + pointer.Replace(key) }

// operations writes the JSON 6902 patch between two values: the fewest lines,
// in an order that is stable.
func operations(path string, base, want any) []op {
	if equal(base, want) {
		return nil
	}
	whole := []op{{"replace", path, want}}
	var ops []op
	switch want := want.(type) {
	case map[string]any:
		base, ok := base.(map[string]any)
		if !ok {
			return whole
		}
		for _, key := range keys(union(base, want)) {
			was, had := base[key]
			is, has := want[key]
			switch {
			case !has:
				ops = append(ops, op{"remove", child(path, key), nil})
			case !had:
				ops = append(ops, op{"add", child(path, key), is})
			default:
				ops = append(ops, operations(child(path, key), was, is)...)
			}
		}
	case []any:
		base, ok := base.([]any)
		if !ok {
			return whole
		}
		ops = listOperations(path, base, want)
	default:
		return whole
	}
	// Most of it is new: say it once. The root and metadata are never
	// replaced, the engine keeps its own notes there.
	if path != "" && path != "/metadata" && price(ops) > price(whole) {
		return whole
	}
	return ops
}

func union(a, b map[string]any) map[string]any {
	u := make(map[string]any, len(a)+len(b))
	for k := range a {
		u[k] = nil
	}
	for k := range b {
		u[k] = nil
	}
	return u
}

// listOperations aligns two lists and edits the first from front to back.
func listOperations(path string, base, want []any) []op {
	pairs := align(base, want)
	var ops []op
	at, i, j := 0, 0, 0 // at: index in the list as edited so far
	until := func(bi, wj int) {
		// Elements in place of each other, that nothing tells apart, are
		// changed rather than removed and added.
		for i < bi && j < wj && name(base[i]) == "" && name(want[j]) == "" {
			ops = append(ops, operations(path+"/"+strconv.Itoa(at), base[i], want[j])...)
			i, j, at = i+1, j+1, at+1
		}
		for ; i < bi; i++ {
			ops = append(ops, op{"remove", path + "/" + strconv.Itoa(at), nil})
		}
		for ; j < wj; j++ {
			position := strconv.Itoa(at)
			if bi == len(base) {
				position = "-"
			}
			ops = append(ops, op{"add", path + "/" + position, want[j]})
			at++
		}
	}
	for _, p := range pairs {
		until(p[0], p[1])
		ops = append(ops, operations(path+"/"+strconv.Itoa(at), base[i], want[j])...)
		i, j, at = i+1, j+1, at+1
	}
	until(len(base), len(want))
	return ops
}

// name of an element that has one.
func name(e any) string {
	m, _ := e.(map[string]any)
	n, _ := m["name"].(string)
	return n
}

// align finds the longest common subsequence of two lists, where elements of
// the same name are the same whatever else they hold, and gives the pairs of
// indexes.
func align(a, b []any) [][2]int {
	same := func(x, y any) bool {
		if n := name(x); n != "" {
			return n == name(y)
		}
		return equal(x, y)
	}
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if same(a[i], b[j]) {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case same(a[i], b[j]):
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
