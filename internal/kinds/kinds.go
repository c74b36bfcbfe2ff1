// Package kinds knows which kinds Kubernetes has, and which fields they have, in
// each minor version from Oldest to Newest: what an API server refuses when it
// decodes strictly, as `kubectl apply` and Flux ask it to.
//
// kinds.txt is made from the Go types of Kubernetes by make/, with the versions
// that it names. Kinds of others (custom resources) are not judged.
package kinds

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed kinds.txt
var text string

// model is kinds.txt, read.
type model struct {
	oldest, newest int
	kinds          map[string][]entry // by apiVersion and kind, with a blank between
	groups         map[string]bool    // that Kubernetes itself has
	types          map[string]map[string][]entry
}

// entry is a type that something has in some minor versions.
type entry struct {
	is          string
	first, last int
}

var known = sync.OnceValue(func() *model {
	m, err := parse(text)
	if err != nil {
		panic(err) // of bytes that the binary has in it, and a test reads
	}
	return m
})

// extent is what parse has of minors: each start of whiskops asks for it, to say so in
// its help, and nearly none for kinds.
var extent = sync.OnceValue(func() [2]int {
	oldest, newest, err := minors(text)
	if err != nil {
		panic(err) // as above
	}
	return [2]int{oldest, newest}
})

// Oldest minor version of Kubernetes that is known, 29 being that of 1.29.
func Oldest() int { return extent()[0] }

// Newest minor version that is known.
func Newest() int { return extent()[1] }

// minors reads the line "minors <oldest> <newest>", and no more.
func minors(text string) (oldest, newest int, err error) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "minors ") {
			continue
		}
		if _, err := fmt.Sscanf(line, "minors %d %d", &oldest, &newest); err != nil {
			return 0, 0, fmt.Errorf("kinds: %q: %w", line, err)
		}
		return oldest, newest, nil
	}
	return 0, 0, errors.New("kinds: no line has the minors")
}

// parse reads the lines of kinds.txt: "kind <apiVersion> <kind> <type>", the name
// of a type, and below it " <field> <type>". A type is a basic one, that of
// another line, or a list ("[]") or a map ("{}") of one. What not all minors
// have ends with those that do, as "30-37".
func parse(text string) (*model, error) {
	m := &model{kinds: map[string][]entry{}, groups: map[string]bool{}, types: map[string]map[string][]entry{}}
	var err error
	if m.oldest, m.newest, err = minors(text); err != nil {
		return nil, err
	}
	var fields map[string][]entry
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "#"), strings.HasPrefix(line, "minors "):
		case strings.HasPrefix(line, "kind ") && len(words) >= 4:
			key := words[1] + " " + words[2]
			m.kinds[key] = append(m.kinds[key], m.entry(words[3:]))
			m.groups[group(words[1])] = true
		case strings.HasPrefix(line, " ") && len(words) >= 2 && fields != nil:
			fields[words[0]] = append(fields[words[0]], m.entry(words[1:]))
		case len(words) == 1:
			fields = map[string][]entry{}
			m.types[words[0]] = fields
		default:
			return nil, fmt.Errorf("kinds: %q is no line of it", line)
		}
	}
	return m, nil
}

func (m *model) entry(words []string) entry {
	e := entry{words[0], m.oldest, m.newest}
	if len(words) > 1 {
		first, last, _ := strings.Cut(words[1], "-")
		e.first, _ = strconv.Atoi(first)
		e.last, _ = strconv.Atoi(last)
	}
	return e
}

// group of an apiVersion; empty for Kubernetes' oldest.
func group(apiVersion string) string {
	g, _, named := strings.Cut(apiVersion, "/")
	if !named {
		return ""
	}
	return g
}

// in is what something is in a minor version; empty if it is not there.
func in(entries []entry, minor int) string {
	for _, e := range entries {
		if e.first <= minor && minor <= e.last {
			return e.is
		}
	}
	return ""
}

// since says in which minors something is, for people.
func since(entries []entry) (first, last int) {
	first, last = entries[0].first, entries[0].last
	for _, e := range entries {
		first, last = min(first, e.first), max(last, e.last)
	}
	return first, last
}
