// Package runtimes owns OpenWhisk's runtimes manifest: which kinds of actions
// there are, by family, in which image each runs, and which images users may name
// themselves.
//
// In: the bytes of a user's file. Out: a Manifest, or faults at the file's lines,
// each with whether OpenWhisk itself refuses the manifest for it. What an environment says of
// kinds beside a manifest is internal/derived's.
// Source: ExecManifest.scala at 2.0.0, which is the same at head.
package runtimes

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
)

// Manifest is one, in the form in which it is written. Its JSON is the same bytes
// for the same one.
type Manifest struct {
	// Blackboxes are images that users may name themselves, as if they were kinds.
	Blackboxes []Image `json:"blackboxes"`
	// Families of kinds, by name.
	Families map[string][]Kind `json:"runtimes"`
}

// Kind of actions. Its fields are in the order of their names in JSON.
type Kind struct {
	// Attached says how the code is kept as an attachment; nil: within the action.
	Attached *Attached `json:"attached,omitempty"`
	// Default: <family>:default means this one.
	Default bool `json:"default"`
	// Of a deprecated kind actions are read and deleted, and nothing else.
	Deprecated bool  `json:"deprecated"`
	Image      Image `json:"image"`
	// Kind is its name, <family>:<version>.
	Kind string `json:"kind"`
	// RequireMain: an action must name its function.
	RequireMain bool `json:"requireMain,omitempty"`
	// SentinelledLogs is nil where nothing is said, which means true.
	SentinelledLogs *bool      `json:"sentinelledLogs,omitempty"`
	StemCells       []StemCell `json:"stemCells,omitempty"`
	// Position of the kind in a user's file.
	Position finding.Position `json:"-"`
}

// Attached is how code is kept.
type Attached struct {
	Name string `json:"attachmentName"`
	Type string `json:"attachmentType"`
}

// Image of a kind. A registry that is not said is the one that invokers have for
// all; one that is said and empty is none.
type Image struct {
	Name     string  `json:"name"`
	Prefix   string  `json:"prefix,omitempty"`
	Registry *string `json:"registry,omitempty"`
	// Tag, with what stands behind it: OpenWhisk puts ":" before it, and reads no
	// tag of a manifest again, so a digest may follow.
	Tag string `json:"tag,omitempty"`
	// Position of the image in a user's file.
	Position finding.Position `json:"-"`
}

// StemCell says how many pods of a kind are kept ready.
type StemCell struct {
	Count int `json:"initialCount"`
	// Memory of each, a whole number with a unit: "256 MB", of 1024 KB each.
	Memory   string    `json:"memory"`
	Reactive *Reactive `json:"reactive,omitempty"`
	// Position of the stem cell in a user's file.
	Position finding.Position `json:"-"`
}

// Reactive says how their number follows the cold starts of a minute.
type Reactive struct {
	Increment int `json:"increment"`
	Max       int `json:"maxCount"`
	Min       int `json:"minCount"`
	Threshold int `json:"threshold"`
	// TTL as Scala reads a duration: "2 minutes".
	TTL string `json:"ttl"`
}

// Most is how many of the pods there may be at once.
func (s StemCell) Most() int {
	if s.Reactive == nil {
		return s.Count
	}
	return max(s.Count, s.Reactive.Max)
}

// Reference is what an invoker asks for where all images have a registry, which
// may be empty.
func (i Image) Reference(registry string) string {
	if i.Registry != nil {
		registry = *i.Registry
	}
	var b strings.Builder
	if registry != "" {
		b.WriteString(strings.TrimSuffix(registry, "/") + "/")
	}
	if i.Prefix != "" {
		b.WriteString(i.Prefix + "/")
	}
	b.WriteString(i.Name)
	if i.Tag != "" {
		b.WriteString(":" + i.Tag)
	}
	return b.String()
}

// Text is the manifest as it is written, on many lines for those who review it.
func (m Manifest) Text() (string, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", fmt.Errorf("encode the runtimes manifest: %w", err)
	}
	return string(text) + "\n", nil
}

// Named is an image by repository and tag, with a digest if there is one, as the fields of
// a manifest. What Docker itself publishes has a short name on Docker Hub alone: a mirror has it
// below library.
func Named(repository, tag string) Image {
	host, rest, nested := strings.Cut(repository, "/")
	var i Image
	if nested && (host == "localhost" || strings.ContainsAny(host, ".:")) {
		i.Registry, repository = &host, rest
	}
	at := strings.LastIndex(repository, "/")
	i.Name, i.Tag = repository[at+1:], tag
	switch {
	case at > 0:
		i.Prefix = repository[:at]
	case i.Registry == nil:
		i.Prefix = "library"
	}
	return i
}
