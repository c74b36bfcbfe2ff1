package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/topology"
)

// route is a line from box to box, on its way between others: behind one, it would seem
// to begin there.
type route struct {
	from, to *end
	topology.Edge
}

// end of a line at a box: on its lower side, or the upper one.
type end struct {
	box   int
	lower bool
	// toward is where the other end is, by which ends are put in order.
	toward int
	x      int
}

// lines between boxes. Ends at one side of a box are put apart.
func (g *graph) lines() {
	at := map[string]int{}
	for i, b := range g.Boxes {
		if b.id != "" {
			at[b.id] = i
		}
	}
	var routes []route
	var ends []*end
	for _, e := range g.edges {
		from, known := at[e.From]
		to, knownTo := at[e.To]
		if !known || !knownTo {
			continue
		}
		a, b := g.Boxes[from], g.Boxes[to]
		r := route{&end{box: from, lower: b.Y >= a.Y, toward: b.X}, &end{box: to, lower: b.Y <= a.Y, toward: a.X}, e}
		routes = append(routes, r)
		if from != to {
			ends = append(ends, r.from, r.to)
		}
	}
	g.apart(ends)
	lanes := map[[2]int]int{}
	for _, r := range routes {
		title := g.Boxes[r.from.box].Title + " calls " + g.Boxes[r.to.box].Title + ", ports " + numbers(r.Ports)
		g.Calls = append(g.Calls, call{g.path(*r.from, *r.to, lanes), title})
	}
}

// apart shares each side of a box out to the ends at it.
func (g *graph) apart(ends []*end) {
	side := func(e *end) int {
		if e.lower {
			return 2*e.box + 1
		}
		return 2 * e.box
	}
	slices.SortStableFunc(ends, func(a, b *end) int {
		return cmp.Or(cmp.Compare(side(a), side(b)), cmp.Compare(a.toward, b.toward))
	})
	for i := 0; i < len(ends); {
		n := i
		for n < len(ends) && side(ends[n]) == side(ends[i]) {
			n++
		}
		for k := i; k < n; k++ {
			ends[k].x = g.Boxes[ends[k].box].X + wide*(k-i+1)/(n-i+1)
		}
		i = n
	}
}

// path of a line, as SVG writes it. lanes count those in a gap, by its row and place.
func (g *graph) path(from, to end, lanes map[[2]int]int) string {
	a, b := g.Boxes[from.box], g.Boxes[to.box]
	if from.box == to.box {
		return fmt.Sprintf("M%d %dc14 0 14 24 1 24", a.X+wide, a.Y+20)
	}
	y, last := a.Y, b.Y
	if from.lower {
		y += high
	}
	if to.lower {
		last += high
	}
	if a.Y == b.Y {
		const sag = 30
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.x, y, from.x, y+sag, to.x, last+sag, to.x, last)
	}
	var path strings.Builder
	fmt.Fprintf(&path, "M%d %d", from.x, y)
	x := from.x
	curve := func(toX, toY int) {
		middle := (y + toY) / 2
		fmt.Fprintf(&path, "C%d %d %d %d %d %d", x, middle, toX, middle, toX, toY)
		x, y = toX, toY
	}
	for _, row := range g.rowsBetween(a.Y, b.Y) {
		ideal := from.x + (to.x-from.x)*abs(row-a.Y)/abs(b.Y-a.Y)
		lane := g.lane(row, ideal, lanes)
		if b.Y > a.Y {
			curve(lane, row)
			y = row + high
		} else {
			curve(lane, row+high)
			y = row
		}
		fmt.Fprintf(&path, "V%d", y)
	}
	curve(to.x, last)
	return path.String()
}

// rowsBetween are the upper sides of the boxes between two, in the order of the way.
func (g *graph) rowsBetween(from, to int) []int {
	var rows []int
	for _, b := range g.Boxes {
		if b.Y > min(from, to) && b.Y < max(from, to) && !slices.Contains(rows, b.Y) {
			rows = append(rows, b.Y)
		}
	}
	slices.Sort(rows)
	if from > to {
		slices.Reverse(rows)
	}
	return rows
}

// lane is where a line goes through a row of boxes: in the gap that is the nearest to
// where it would go, beside those that are there.
func (g *graph) lane(row, ideal int, lanes map[[2]int]int) int {
	const apart, clear = 5, 12
	var xs []int
	for _, b := range g.Boxes {
		if b.Y == row {
			xs = append(xs, b.X)
		}
	}
	slices.Sort(xs)
	best, step := 0, 0
	take := func(x, direction int) {
		if step == 0 || abs(x-ideal) < abs(best-ideal) {
			best, step = x, direction
		}
	}
	first, end := xs[0], xs[len(xs)-1]+wide
	if first > left {
		take(min(ideal, first-clear), -1)
	}
	if end < width-left {
		take(max(ideal, end+clear), 1)
	}
	for _, x := range xs[1:] {
		take(x-gap/2, 2)
	}
	if step == 0 { // one box as wide as the picture, which there is none of
		return ideal
	}
	gap := [2]int{row, best}
	if step != 2 && best == ideal {
		return best
	}
	n := lanes[gap]
	lanes[gap]++
	if step == 2 { // to both sides of the middle in turn, no further than the boxes
		return best + []int{0, apart, -apart, 2*apart - 2, 2 - 2*apart}[n%5]
	}
	return best + step*apart*n
}

func abs(n int) int { return max(n, -n) }
