package main

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/tree"
)

// mostPlaces that a run changed are named; of more there is a sum.
const mostPlaces = 3

// summary says what a run did: in which environments and bases, where these are
// few. Lists of files are not counted: they follow from the files.
func summary(envs int, c tree.Changes) string {
	if c.Unchanged() {
		return fmt.Sprintf("nothing to do: %s as generated", count(envs, "environment"))
	}
	places := map[string]*done{}
	for _, part := range []struct {
		paths []string
		count func(*done) *int
	}{
		{c.Created, func(d *done) *int { return &d.created }},
		{c.Updated, func(d *done) *int { return &d.updated }},
		{c.Deleted, func(d *done) *int { return &d.deleted }},
	} {
		for _, name := range part.paths {
			if path.Base(name) == tree.ManifestName {
				continue
			}
			at := placeOf(name)
			if places[at] == nil {
				places[at] = &done{}
			}
			*part.count(places[at])++
		}
	}
	if len(places) == 0 || len(places) > mostPlaces || begun(c) {
		return fmt.Sprintf("%s: %s created, %d updated, %d deleted",
			count(envs, "environment"), count(len(c.Created), "file"), len(c.Updated), len(c.Deleted))
	}
	var lines []string
	for _, at := range slices.Sorted(maps.Keys(places)) {
		lines = append(lines, fmt.Sprintf("%s: %s", at, places[at]))
	}
	return strings.Join(lines, "\n")
}

// begun tells whether there was nothing before: all of it is new, and no news.
func begun(c tree.Changes) bool {
	return len(c.Updated)+len(c.Deleted) == 0 && slices.ContainsFunc(c.Created, func(name string) bool {
		return strings.HasPrefix(name, render.BaseFolder+"/") && path.Base(name) == tree.ManifestName
	})
}

// placeOf a generated file is its environment, or the folder that several have.
func placeOf(name string) string {
	folder, rest, _ := strings.Cut(name, "/")
	at, _, below := strings.Cut(rest, "/")
	if !below || folder == render.BaseFolder || strings.HasPrefix(at, "_") {
		return path.Join(folder, strings.Split(rest, "/")[0])
	}
	return at
}

// done counts files.
type done struct{ created, updated, deleted int }

// String is "3 files updated, 1 deleted".
func (d *done) String() string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{d.created, "created"}, {d.updated, "updated"}, {d.deleted, "deleted"}} {
		if part.n == 0 {
			continue
		}
		n := fmt.Sprint(part.n)
		if len(parts) == 0 {
			n = count(part.n, "file")
		}
		parts = append(parts, n+" "+part.what)
	}
	return strings.Join(parts, ", ")
}
