package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/topology"
)

// graph is a picture: bands of boxes, and the lines between them. Numbers are in the
// picture's own units, of which a letter of a box is about 7 wide.
type graph struct {
	Width, Height int
	Bands         []band
	Boxes         []box
	// Calls are the lines of who calls.
	Calls []call
}

// band is what is behind the boxes of a tier.
type band struct {
	Label           string
	Y, Wide, Height int
	Outside         bool
}

// box of a component, or of what is outside.
type box struct {
	X, Y, Wide, High int
	// Title is the whole name, Name what there is room for.
	Title, Name string
	// Lines below the name, and what happens to it.
	Lines         []string
	Mark          string
	Outside, Gone bool
	id            string
}

// call is a line, with an arrow at who is called.
type call struct{ Path, Title string }

// Sizes of the picture.
const (
	wide, high   = 178, 64
	gap, between = 14, 40
	left, top    = 12, 24
	perLine      = 4
	width        = 2*left + perLine*wide + (perLine-1)*gap
)

// graphOf an environment. Who calls is above who is called, as far as tiers say.
func graphOf(e Environment, say func(string) string) *graph {
	g := &graph{Width: width}
	var above, below []box
	for _, o := range e.Topology.Outside {
		b := box{id: o.ID, Title: say(o.Name), Outside: true}
		if o.Above {
			above = append(above, b)
		} else {
			below = append(below, b)
		}
	}
	g.band("outside, calling", true, above)
	for _, t := range e.Topology.Tiers {
		boxes := make([]box, len(t.Components))
		for i, c := range t.Components {
			boxes[i] = componentOf(c, e.Marks[c.Name], say)
		}
		g.band("tier "+say(t.Name), false, boxes)
	}
	gone := make([]box, len(e.Gone))
	for i, name := range e.Gone {
		gone[i] = box{Title: say(name), Mark: "goes", Gone: true}
	}
	g.band("will be gone", false, gone)
	g.band("outside, called", true, below)
	g.Height -= between - left
	g.lines(e.Topology.Edges)
	return g
}

func componentOf(c topology.Component, mark string, say func(string) string) box {
	b := box{id: c.Name, Title: say(c.Name), Mark: say(mark)}
	b.Lines = append(b.Lines, fmt.Sprintf("%s, %s", count(c.Pods, "pod"), say(c.Kind)))
	var ports []string
	for _, p := range c.Ports {
		ports = append(ports, fmt.Sprintf(":%d", p.Number))
	}
	if len(ports) > 0 {
		b.Lines = append(b.Lines, short(strings.Join(ports, " "), 26))
	}
	return b
}

// band puts boxes below what there is, so many to a line.
func (g *graph) band(label string, outside bool, boxes []box) {
	if len(boxes) == 0 {
		return
	}
	y := max(g.Height, left)
	lines := (len(boxes) + perLine - 1) / perLine
	// A half more between lines, for what goes from one to the other.
	b := band{label, y, width - 2, top + lines*high + (lines-1)*gap + left, outside}
	g.Bands = append(g.Bands, b)
	for i, box := range boxes {
		line := i / perLine
		inLine := min(perLine, len(boxes)-line*perLine)
		start := (width - inLine*wide - (inLine-1)*gap) / 2
		box.X, box.Y = start+(i%perLine)*(wide+gap), y+top+line*(high+gap)
		box.Wide, box.High = wide, high
		room := 23
		if box.Mark != "" && len(box.Title)+len(box.Mark) < room {
			room -= len(box.Mark)
		}
		box.Name = short(box.Title, room)
		if len(box.Lines) == 0 && len([]rune(box.Title)) > room {
			box.Name, box.Lines = wrapped(box.Title, room+2)
		}
		g.Boxes = append(g.Boxes, box)
	}
	g.Height = y + b.Height + between
}

// wrapped is a long text in a few lines.
func wrapped(text string, room int) (first string, rest []string) {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > room {
			lines = append(lines, short(line, room))
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	lines = append(lines, short(line, room))
	const most = 3
	if len(lines) > most {
		lines = append(lines[:most-1], short(lines[most-1]+" …", room))
	}
	return lines[0], lines[1:]
}

// short is a text of so many characters at most.
func short(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
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
func (g *graph) lines(edges []topology.Edge) {
	at := map[string]int{}
	for i, b := range g.Boxes {
		if b.id != "" {
			at[b.id] = i
		}
	}
	type line struct {
		from, to *end
		topology.Edge
	}
	var lines []line
	var ends []*end
	for _, e := range edges {
		from, known := at[e.From]
		to, knownTo := at[e.To]
		if !known || !knownTo {
			continue
		}
		a, b := g.Boxes[from], g.Boxes[to]
		l := line{&end{box: from, lower: b.Y >= a.Y, toward: b.X}, &end{box: to, lower: b.Y <= a.Y, toward: a.X}, e}
		lines = append(lines, l)
		if from != to {
			ends = append(ends, l.from, l.to)
		}
	}
	slices.SortStableFunc(ends, func(a, b *end) int {
		lower := func(e *end) int {
			if e.lower {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.box, b.box), cmp.Compare(lower(a), lower(b)), cmp.Compare(a.toward, b.toward))
	})
	for i := 0; i < len(ends); {
		n := i
		for n < len(ends) && ends[n].box == ends[i].box && ends[n].lower == ends[i].lower {
			n++
		}
		for k := i; k < n; k++ {
			ends[k].x = g.Boxes[ends[k].box].X + wide*(k-i+1)/(n-i+1)
		}
		i = n
	}
	for _, l := range lines {
		title := g.Boxes[l.from.box].Title + " calls " + g.Boxes[l.to.box].Title + ", ports " + numbers(l.Ports)
		g.Calls = append(g.Calls, call{g.path(*l.from, *l.to), title})
	}
}

// path of a line, as SVG writes it.
func (g *graph) path(from, to end) string {
	a, b := g.Boxes[from.box], g.Boxes[to.box]
	if from.box == to.box {
		return fmt.Sprintf("M%d %dc12 -6 12 30 0 24", a.X+wide, a.Y+20)
	}
	ay, by := a.Y, b.Y
	bend := func(lower bool) int {
		if lower {
			return 1
		}
		return -1
	}
	if from.lower {
		ay += high
	}
	if to.lower {
		by += high
	}
	reach := max(26, abs(by-ay)/2)
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.x, ay, from.x, ay+reach*bend(from.lower), to.x, by+reach*bend(to.lower), to.x, by)
}

func abs(n int) int { return max(n, -n) }
