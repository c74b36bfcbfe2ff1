package topology

import "slices"

// mostOrdered is how many tiers are put into the best of all orders: of 7 there are
// 5040.
const mostOrdered = 7

// ordered puts tiers so that calls go down, and not far. Of equally good orders it is
// the first by their names.
func ordered(tiers []Tier, edges []Edge) []Tier {
	n := len(tiers)
	if n > mostOrdered {
		return tiers
	}
	calls := callsOf(tiers, edges)
	best, least := []int(nil), 0
	order := make([]int, 0, n)
	used := make([]bool, n)
	var try func()
	try = func() {
		if len(order) == n {
			if c := cost(order, calls); best == nil || c < least {
				best, least = slices.Clone(order), c
			}
			return
		}
		for i := range n {
			if used[i] {
				continue
			}
			used[i], order = true, append(order, i)
			try()
			used[i], order = false, order[:len(order)-1]
		}
	}
	try()
	all := make([]Tier, n)
	for i, at := range best {
		all[i] = tiers[at]
	}
	return all
}

// top and bottom stand for what is outside, above and below all tiers.
const (
	top    = -1
	bottom = -2
)

// callsOf edges are those between two tiers, or one and what is outside.
func callsOf(tiers []Tier, edges []Edge) [][2]int {
	of := map[string]int{callers: top}
	for i, t := range tiers {
		for _, c := range t.Components {
			of[c.Name] = i
		}
	}
	at := func(name string) int {
		if i, ok := of[name]; ok {
			return i
		}
		return bottom
	}
	calls := make([][2]int, len(edges))
	for i, e := range edges {
		calls[i] = [2]int{at(e.From), at(e.To)}
	}
	return calls
}

// cost of an order: a call upwards costs more than one down over all tiers.
func cost(order []int, calls [][2]int) int {
	at := make([]int, len(order))
	for place, tier := range order {
		at[tier] = place
	}
	place := func(end int) int {
		switch end {
		case top:
			return -1
		case bottom:
			return len(order)
		}
		return at[end]
	}
	sum := 0
	for _, c := range calls {
		down := place(c[1]) - place(c[0])
		if down < 0 {
			down = len(order) - down
		}
		sum += down
	}
	return sum
}
