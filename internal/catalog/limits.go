package catalog

import (
	"slices"
	"strings"
)

// Units of limits.
const (
	Bytes   = "bytes"
	MiB     = "MiB"
	Seconds = "seconds"
)

// Limit is one link of a flow: what one program lets through, or how long it
// waits. Numbers are in its Unit, and templates come out as numbers.
type Limit struct {
	// Name of the link, by which templates and Go ask for its value.
	Name string `json:"name"`
	// Flow is what passes.
	Flow string `json:"flow"`
	// At is the component whose limit it is.
	At string `json:"at"`
	// Key is the program's own name of it.
	Key  string `json:"key"`
	Unit string `json:"unit"`
	// Default is what the program takes when it is told nothing.
	Default int `json:"default"`
	// Holds is the least that is right, a template.
	Holds string `json:"holds"`
	// Value is what it is told, a template; empty: what it must hold. With Floor
	// it is never less than Default.
	Value string `json:"value"`
	Floor bool   `json:"floor"`
	// Fields of the environment that say it instead, the first that is given.
	Fields []string `json:"fields"`
	// From are the inputs that it follows from, where a field may say it.
	From []string `json:"from"`
	// Why says what it must hold, in words.
	Why string `json:"why"`
	// Short is what happens when it holds less, Idle what is so of a field that
	// says more than the value that would be derived. Where they are empty no
	// rule looks.
	Short string `json:"short"`
	Idle  string `json:"idle"`
	// Source is where the key, the default and the relation were read.
	Source string `json:"source"`
}

// Places where a front has its settings.
const (
	OnIngress = "edge.ingress"
	OnGateway = "edge.gateway"
	OnService = "edge.service"
)

// Front stands between users and the edge, and has limits of its own.
type Front struct {
	// On is the field of the environment that it serves.
	On string `json:"on"`
	// About is how people call it.
	About string `json:"about"`
	// Classes are the usual names of its IngressClass. Of several fronts with one
	// name it is the Usual one, unless the annotations are another's.
	Classes []string `json:"classes"`
	Usual   bool     `json:"usual"`
	// Platform that brings it, for a Service's load balancer. Marks are
	// annotations, one of which it has if it is there; NoMarks are those of
	// which it has none.
	Platform string   `json:"platform"`
	Marks    []string `json:"marks"`
	NoMarks  []string `json:"noMarks"`
	// Prefixes of its annotations, and, where all are known, the Keys that
	// follow.
	Prefixes []string `json:"prefixes"`
	Keys     []string `json:"keys"`
	// Settings are its links.
	Settings []Setting `json:"settings"`
	// Pods says how it sends to pods themselves; nil: it does not.
	Pods *Pods `json:"pods"`
	// Note says what an administrator must know or do; a template.
	Note string `json:"note"`
	// Source is where all this was read.
	Source string `json:"source"`
}

// Pods of the edge as a front that sends to them sees them.
type Pods struct {
	// Marks are annotations with the values by which it does; none: always.
	Marks map[string]string `json:"marks"`
	// Labels of the namespace, by which a pod is ready when the front is.
	Labels map[string]string `json:"labels"`
	// Key and Part are the annotation that says, in seconds from 0 to Most, when
	// a pod that goes is forgotten, Default is without it, Least in any case.
	Key     string `json:"key"`
	Part    string `json:"part"`
	Default int    `json:"default"`
	Least   int    `json:"least"`
	Most    int    `json:"most"`
}

// Setting of a front.
type Setting struct {
	// Limit is the link behind it, whose value it must hold.
	Limit string `json:"limit"`
	// Key is the annotation that says it, a template.
	Key string `json:"key"`
	// Part of the annotation's value, where that is a list of name=value.
	Part string `json:"part"`
	// Reads is how the front reads the value, Default what holds without one,
	// in the link's unit; 0: nothing does.
	Reads   string `json:"reads"`
	Default int    `json:"default"`
	// Write is the value that is derived, a template over the number.
	Write string `json:"write"`
}

// Throttle is how controllers share out the limits of a namespace: each counts
// for itself.
type Throttle struct {
	// By is the component whose replicas share.
	By string `json:"by"`
	// Dilation, in percent, is for replicas that are not asked equally often.
	Dilation int `json:"dilation"`
}

// Has tells whether an annotation has one of the front's prefixes.
func (f Front) Has(annotation string) bool {
	for _, p := range f.Prefixes {
		if strings.HasPrefix(annotation, p) {
			return true
		}
	}
	return false
}

// Knows tells whether the front reads an annotation that has one of its prefixes.
// It does of all where not every key is known.
func (f Front) Knows(annotation string) bool {
	if len(f.Keys) == 0 {
		return true
	}
	_, key, _ := strings.Cut(annotation, "/")
	return slices.Contains(f.Keys, key)
}
