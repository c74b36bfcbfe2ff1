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
	edges []topology.Edge
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
	// id is empty for what no line leads to.
	id string
}

// call is a line, with an arrow at who is called.
type call struct{ Path, Title string }

// Sizes of the picture.
const (
	wide, high   = 178, 64
	gap, between = 24, 44
	left, top    = 12, 24
	perLine      = 4
	width        = 2*left + perLine*wide + (perLine-1)*gap
)

// graphOf an environment. Who calls is above who is called, as far as tiers say.
func graphOf(e Environment, say func(string) string) *graph {
	g := &graph{Width: width, edges: e.Topology.Edges}
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
	g.band("outside, called", true, below)
	g.band("will be gone", false, gone)
	g.Height -= between - left
	g.lines()
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
	g.below(boxes)
	y := max(g.Height, left)
	lines := (len(boxes) + perLine - 1) / perLine
	// A half more between lines, for what goes from one to the other.
	b := band{label, y, width - 2, top + lines*high + (lines-1)*gap + left, outside}
	g.Bands = append(g.Bands, b)
	for i, box := range boxes {
		line := i / perLine
		// All begin at the left: of a small screen that is what is seen first.
		box.X, box.Y = left+(i%perLine)*(wide+gap), y+top+line*(high+gap)
		box.Wide, box.High = wide, high
		room := 20
		if box.Mark != "" && len(box.Title)+len(box.Mark) < room {
			room -= len(box.Mark)
		}
		box.Name = short(box.Title, room)
		if len(box.Lines) == 0 && len([]rune(box.Title)) > room {
			box.Name, box.Lines = wrapped(box.Title, room)
		}
		g.Boxes = append(g.Boxes, box)
	}
	g.Height = y + b.Height + between
}

// below puts boxes in the order of those above that call them, or are called by them.
func (g *graph) below(boxes []box) {
	place := func(b box) int {
		sum, n := 0, 0
		for _, above := range g.Boxes {
			for _, e := range g.edges {
				if e.From == above.id && e.To == b.id || e.From == b.id && e.To == above.id {
					sum, n = sum+above.X, n+1
				}
			}
		}
		if n == 0 {
			return width / 2
		}
		return sum / n
	}
	slices.SortStableFunc(boxes, func(a, b box) int { return cmp.Compare(place(a), place(b)) })
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
