package guide

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/quantity"
)

// link of the table of limits.
type link struct{ Flow, At, Key, Amount, Why string }

// Links are the limits of each flow, the front's first where an annotation says
// them.
func (v view) Links() []link {
	var all []link
	flow := ""
	for _, l := range v.Chain() {
		if l.Flow != flow {
			flow = l.Flow
			all = append(all, v.frontLinks(flow)...)
		}
		at := l.At
		if l.Outside {
			at += " (yours)"
		}
		all = append(all, link{l.Flow, at, l.Key, amount(l.Unit, l.Amount), l.Why})
	}
	return all
}

// frontLinks are those of a flow before the edge.
func (v view) frontLinks(flow string) []link {
	var all []link
	for _, f := range v.Fronts() {
		annotations, err := v.Annotations(f.On)
		for _, s := range f.Settings {
			key, need, wrong := v.Setting(s)
			value, said := annotations[key]
			behind := v.behind(s.Limit)
			if err != nil || wrong != nil || behind.Flow != flow {
				continue // a fault of the catalogue, which planning reported
			}
			if said = said && (s.Part == "" || derived.Part(value, s.Part) != ""); !said {
				value = amount(behind.Unit, s.Default) + " (its default)"
			}
			all = append(all, link{flow, f.About, key, value, amount(behind.Unit, need) + " or more"})
		}
	}
	return all
}

// behind is a link by its name.
func (v view) behind(name string) catalog.Limit {
	for _, l := range v.Catalog.Limits {
		if l.Name == name {
			return l
		}
	}
	return catalog.Limit{} // which the catalogue's check refuses
}

// Yours are limits of servers that are no part of the installation, which it
// cannot set, and whose own defaults are not enough.
func (v view) Yours() []link {
	var all []link
	for _, l := range v.Chain() {
		if l.Outside && len(l.Fields) == 0 && l.Amount > l.Default {
			all = append(all, link{At: v.Endpoint(l.At).Servers, Key: l.Key, Amount: fmt.Sprint(l.Amount), Why: l.Why})
		}
	}
	return all
}

// FrontNotes are what an administrator must know of what stands before nginx.
func (v view) FrontNotes() []string {
	fronts := v.Fronts()
	if len(fronts) == 0 && v.Env.Edge.Service.Type == "ClusterIP" {
		fronts = []derived.Front{{}}
	}
	var all []string
	for _, f := range fronts {
		note, err := v.Note(f)
		switch {
		case err != nil:
		case note != "":
			all = append(all, note)
		case f.Name == "":
			all = append(all, v.strange(f.On))
		}
	}
	return all
}

// strange is what anything must do that stands before nginx.
func (v view) strange(on string) string {
	body, _ := v.Limit("request.edge") // there are such links: planning has asked for them
	wait, _ := v.Limit("call.edge")
	switch on {
	case catalog.OnIngress:
		return fmt.Sprintf("Whose class `%s` is, is not known here: tell its controller to take bodies of %d MiB and to wait %d s for an answer. Many take 1 MiB and wait 60 s.", v.Env.Edge.Ingress.Class, body, wait)
	case catalog.OnGateway:
		return fmt.Sprintf("The HTTPRoute tells the Gateway to wait %d s for an answer, which not every Gateway heeds; that it must take bodies of %d MiB, no HTTPRoute can say.", wait, body)
	case catalog.OnService:
		return fmt.Sprintf("The load balancer must leave a connection open on which nothing is sent for %d s, while a call blocks.", wait)
	}
	return fmt.Sprintf("What you put in front of nginx must take bodies of %d MiB and wait %d s for an answer.", body, wait)
}

// gets is what a namespace gets of one limit.
type gets struct {
	What string
	derived.Throttle
}

// Throttles are the limits of a namespace, as they come out.
func (v view) Throttles() []gets {
	l := v.Env.Limits
	return []gets{
		{"invocations a minute", v.Throttled(l.InvocationsPerMinute)},
		{"activations at a time", v.Throttled(l.ConcurrentInvocations)},
		{"firings of triggers a minute", v.Throttled(l.FiresPerMinute)},
	}
}

// Concurrent is how many activations of one namespace run at a time.
func (v view) Concurrent() int { return v.Throttled(v.Env.Limits.ConcurrentInvocations).All }

// amount with its unit. Bytes that are whole mebibytes are written as such too.
func amount(unit string, n int) string {
	switch unit {
	case catalog.Seconds:
		return fmt.Sprintf("%d s", n)
	case catalog.MiB:
		return fmt.Sprintf("%d MiB", n)
	}
	if n > 0 && n%quantity.MiB == 0 {
		return fmt.Sprintf("%d (%d MiB)", n, n/quantity.MiB)
	}
	return fmt.Sprint(n)
}
