package derived

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/field"
)

// limits works out the value of each link of the chain, and what it must hold.
// A link may name others, so each is worked out when it is first asked for.
func (v *Values) limits() error {
	v.links = map[string]*link{}
	for _, l := range v.Catalog.Limits {
		v.links[l.Name] = &link{Limit: l}
	}
	for _, l := range v.Catalog.Limits {
		if _, err := v.Limit(l.Name); err != nil {
			return err
		}
	}
	return nil
}

// link is a limit with its numbers.
type link struct {
	catalog.Limit
	state int
	// holds is what it must hold, derives the value that it has where no field
	// says another, and value the one that it has.
	holds, derives, value int
	field                 string
}

const (
	fresh = iota
	begun
	done
)

// Limit is the value of a link, in its unit. An error is a fault of the
// catalogue.
func (v *Values) Limit(name string) (int, error) {
	l, err := v.link(name)
	if err != nil {
		return 0, err
	}
	return l.value, nil
}

func (v *Values) link(name string) (*link, error) {
	l := v.links[name]
	switch {
	case l == nil:
		return nil, fmt.Errorf("catalogue: there is no limit %q", name)
	case l.state == begun:
		return nil, fmt.Errorf("catalogue: limit %q waits for itself", name)
	case l.state == done:
		return l, nil
	}
	l.state = begun
	var err error
	if l.holds, err = v.number(l.Holds); err != nil {
		return nil, err
	}
	if l.derives, err = v.number(cmp.Or(l.Value, l.Holds)); err != nil {
		return nil, err
	}
	if l.Floor {
		l.derives = max(l.derives, l.Default)
	}
	l.value = l.derives
	for _, path := range l.Fields {
		if f := field.Of(v.Env, path); field.Given(f) {
			l.field, l.value = path, written(f)
			break
		}
	}
	l.state = done
	return l, nil
}

// number that a template comes out as.
func (v *Values) number(text string) (int, error) {
	out, err := catalog.Text(text, v)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(out)
	if err != nil {
		return 0, fmt.Errorf("catalogue: %q is no number", out)
	}
	return n, nil
}

// written is the number of a field: one that is text is a duration, in seconds.
func written(f reflect.Value) int {
	if f.Kind() == reflect.String {
		d, _ := time.ParseDuration(f.String()) // the schema has accepted it
		return int(d / time.Second)
	}
	return int(f.Int())
}

// Limited is a link of the chain with its numbers, all in the link's unit.
type Limited struct {
	catalog.Limit
	// Amount that it lets through, Least that it must, and Derived, which it
	// would have if no field said another.
	Amount, Least, Derived int
	// Field that says Amount; empty where none does.
	Field string
	// Outside tells that the server is no component of the installation: its
	// configuration is somebody else's.
	Outside bool
}

// Chain has the links that this environment has, in the order of the catalogue:
// flow by flow, from the edge to the database.
func (v *Values) Chain() []Limited {
	var all []Limited
	for _, c := range v.Catalog.Limits {
		l, component := v.links[c.Name], v.Catalog.Components[c.At]
		outside := component.External != nil && field.Given(field.Of(v.Env, component.External.Field))
		if !outside && !v.runs(component) {
			continue
		}
		all = append(all, Limited{l.Limit, l.value, l.holds, l.derives, l.field, outside})
	}
	return all
}

// Shares of the invokers in percent: those that run OpenWhisk's languages, and
// those that run images of users' own.
type Shares struct{ Managed, Blackbox int }

// Below so many invokers, a tenth of them is a single one: actions with images of
// their own would stop with it.
const fewInvokers = 20

// shares overlap where there are too few invokers to be divided.
func (v *Values) shares() {
	env := v.Env.Invoker
	managed, blackbox := 90, 10
	if v.Replicas(v.Catalog.Actions.By) < fewInvokers {
		managed, blackbox = 100, 100
	}
	v.Shares = Shares{cmp.Or(env.ManagedShare, managed), cmp.Or(env.BlackboxShare, blackbox)}
}

// Throttle is what one limit of a namespace comes to.
type Throttle struct {
	// Limit as it is written, and Controllers that share it.
	Limit, Controllers int
	// Each controller lets through so many, All of them together. A client
	// whose calls all reach one controller has no more than Each.
	Each, All int
}

// Throttled is what a namespace gets of a limit. Each controller counts for
// itself: with several, the limit is dilated, rounded up, and divided, rounded
// down, but to no less than one.
// Source: Entitlement.scala at 2.0.0 (dilateLimit, calculateIndividualLimit).
func (v *Values) Throttled(limit int) Throttle {
	t := Throttle{Limit: limit, Controllers: max(1, v.Replicas(v.Catalog.Throttle.By)), Each: limit}
	if t.Controllers > 1 {
		dilated := (limit*(100+v.Catalog.Throttle.Dilation) + 99) / 100
		t.Each = max(1, dilated/t.Controllers)
	}
	t.All = t.Each * t.Controllers
	return t
}
