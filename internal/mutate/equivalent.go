package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// change is a mutant without its place, which moves when code does.
type change struct{ file, before, after string }

func (m mutant) change() change { return change{m.file, m.before, m.after} }

// parseEquivalent reads the mutants that behave as the original does, by their
// change. Each is four lines and an empty one:
//
//	internal/rules/measure.go
//	- the line as it is
//	+ the line as it would be
//	= why nobody could tell
//
// Lines that begin with "#" are comments.
func parseEquivalent(text string) (map[change]string, error) {
	all := map[change]string{}
	var entry []string
	for i, line := range strings.Split(text+"\n", "\n") {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"):
		case line != "":
			entry = append(entry, line)
		case len(entry) > 0:
			c, why, err := parseEntry(entry)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i, err)
			}
			if _, twice := all[c]; twice {
				return nil, fmt.Errorf("line %d: the same change of %s a second time", i, c.file)
			}
			all[c], entry = why, nil
		}
	}
	return all, nil
}

func parseEntry(lines []string) (c change, why string, err error) {
	if len(lines) != 4 {
		return c, "", fmt.Errorf("want a file and lines with -, + and =, have %d lines", len(lines))
	}
	c.file = lines[0]
	for i, part := range []struct {
		mark string
		into *string
	}{{"-", &c.before}, {"+", &c.after}, {"=", &why}} {
		rest, ok := strings.CutPrefix(lines[i+1], part.mark)
		if !ok {
			return c, "", fmt.Errorf("want a line with %s, have %q", part.mark, lines[i+1])
		}
		*part.into = strings.TrimSpace(rest)
	}
	if why == "" {
		return c, "", fmt.Errorf("%s: no reason", c.file)
	}
	return c, why, nil
}

// stale are the entries about files of a package that do not stand for one of
// its mutants: for none, or for several, of which only one was thought of.
func (p pkg) stale(known map[change]string, mutants []mutant) []change {
	places := map[change]int{}
	for _, m := range mutants {
		places[m.change()]++
	}
	var all []change
	for c := range known {
		if path.Dir(c.file) == p.folder && slices.Contains(p.files, path.Base(c.file)) && places[c] != 1 {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.before, b.before), cmp.Compare(a.after, b.after))
	})
	return all
}
