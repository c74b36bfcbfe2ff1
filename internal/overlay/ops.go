package overlay

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
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

var escape = strings.NewReplacer("~", "~0", "/", "~1")

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// apply does to a value what the operation says; the value stays as it is.
// Nothing changes where the path leads nowhere.
func (o op) apply(v any) any {
	if o.path == "" {
		return o.value
	}
	return o.edit(v, strings.Split(o.path, "/")[1:])
}

func (o op) edit(v any, path []string) any {
	at, last := unescape.Replace(path[0]), len(path) == 1
	switch v := v.(type) {
	case map[string]any:
		v = maps.Clone(v)
		switch {
		case !last:
			v[at] = o.edit(v[at], path[1:])
		case o.op == "remove":
			delete(v, at)
		default:
			v[at] = o.value
		}
		return v
	case []any:
		i, err := strconv.Atoi(at)
		if at == "-" {
			i, err = len(v), nil
		}
		add := last && o.op == "add"
		if err != nil || i < 0 || i > len(v) || i == len(v) && !add {
			return v
		}
		v = slices.Clone(v)
		switch {
		case !last:
			v[i] = o.edit(v[i], path[1:])
		case add:
			return slices.Insert(v, i, o.value)
		case o.op == "remove":
			return slices.Delete(v, i, i+1)
		default:
			v[i] = o.value
		}
		return v
	}
	return v
}

func child(path, key string) string { return path + "/" + escape.Replace(key) }

// operations writes the JSON 6902 patch between two values: the fewest lines,
// in an order that is stable.
func operations(path string, base, want any) []op {
	if value.Equal(base, want) {
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
		ops = mappingOperations(path, base, want)
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

func mappingOperations(path string, base, want map[string]any) []op {
	var ops []op
	for _, key := range value.Keys(base, want) {
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
	return ops
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
		return value.Equal(x, y)
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
