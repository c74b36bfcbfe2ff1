package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// model is what all versions have together. Each entry has the minors in which
// it is.
type model struct {
	kinds  map[entry][]int
	types  map[string]map[entry][]int
	begun  map[string]int // by type: the last minor that was read
	minors []int
}

// entry is a name and its type.
type entry struct{ name, is string }

func newModel() *model {
	return &model{kinds: map[entry][]int{}, types: map[string]map[entry][]int{}, begun: map[string]int{}}
}

func (m *model) kind(name, is string, minor int) {
	e := entry{name, is}
	m.kinds[e] = append(m.kinds[e], minor)
}

// begin is false if the type of this minor is there.
func (m *model) begin(id string, minor int) bool {
	if m.begun[id] == minor {
		return false
	}
	if !slices.Contains(m.minors, minor) {
		m.minors = append(m.minors, minor)
	}
	m.begun[id] = minor
	if m.types[id] == nil {
		m.types[id] = map[entry][]int{}
	}
	return true
}

func (m *model) field(id, name, is string, minor int) {
	e := entry{name, is}
	if at := m.types[id][e]; len(at) == 0 || at[len(at)-1] != minor {
		m.types[id][e] = append(at, minor)
	}
}

// text is read by internal/kinds, which says what it means.
func (m *model) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Made by internal/kinds/make from the Go types of k8s.io/api and k8s.io/apimachinery (Apache-2.0); do not edit.\n")
	fmt.Fprintf(&b, "minors %d %d\n", m.minors[0], m.minors[len(m.minors)-1])
	m.entries(&b, "", m.kinds)
	for _, id := range slices.Sorted(maps.Keys(m.types)) {
		fmt.Fprintf(&b, "%s\n", id)
		m.entries(&b, " ", m.types[id])
	}
	return b.Bytes()
}

func (m *model) entries(b *bytes.Buffer, indent string, of map[entry][]int) {
	sorted := slices.SortedFunc(maps.Keys(of), func(x, y entry) int {
		return slices.Compare([]string{x.name, x.is}, []string{y.name, y.is})
	})
	for _, e := range sorted {
		if indent == "" {
			fmt.Fprintf(b, "kind ")
		}
		fmt.Fprintf(b, "%s%s %s%s\n", indent, e.name, e.is, m.span(of[e]))
	}
}

// span is empty for what is in all minors that there are.
func (m *model) span(minors []int) string {
	first, last := minors[0], minors[len(minors)-1]
	if first == m.minors[0] && last == m.minors[len(m.minors)-1] {
		return ""
	}
	return fmt.Sprintf(" %d-%d", first, last)
}
