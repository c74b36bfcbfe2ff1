package tree

import (
	"path"
	"slices"

	"github.com/whiskops/whiskops/internal/finding"
)

// op is one step from the old tree to the new one. It names the state it
// expects, so that it can be repeated, and refused if a person came between.
type op struct {
	Do    verb   `json:"do"`
	Path  string `json:"path"`
	Old   string `json:"old,omitempty"`   // hash of the file that is there; empty: none
	New   string `json:"new,omitempty"`   // put: hash of the new content; place: of the manifest
	Stage string `json:"stage,omitempty"` // put, place: name in the stage

	content []byte            // put
	tidies  bool              // put: what is there says the same, and more
	files   map[string][]byte // place: with the manifest
}

type verb string

const (
	opDelete verb = "delete"
	opRmdir  verb = "rmdir" // only if it is empty
	opPut    verb = "put"
	opPlace  verb = "place" // a whole folder where there is nothing
)

// plan is the difference between the disk and what is asked.
type plan struct {
	ops      []op
	findings []finding.Finding
	notices  []string
}

// remains says what the user has in folders that are not generated any more.
func (p *plan) remains(parent string, rest *crowd) {
	if rest.many() {
		p.complain(remainders(parent, rest.count, len(rest.first)))
	}
	for _, s := range rest.first {
		p.complain(remainder(s.path))
	}
}

func (p *plan) complain(f finding.Finding) { p.findings = append(p.findings, f) }

// stopped tells whether a finding forbids every step.
func (p *plan) stopped() bool { return finding.HasErrors(p.findings) }

// order puts the steps where each can succeed: a file may take the place of a
// directory that deletions emptied, and the other way round. The manifests
// follow the files, so that an unfinished folder still has its old list.
func (p *plan) order(stale map[string]bool) {
	phase := func(o op) int {
		switch isManifest := path.Base(o.Path) == ManifestName; {
		case isManifest:
			return 3
		case o.Do == opDelete:
			return 0
		case o.Do == opRmdir && stale[o.Path]:
			return 4 // the folder itself, which had the manifest
		case o.Do == opRmdir:
			return 1
		default:
			return 2
		}
	}
	slices.SortFunc(p.ops, func(a, b op) int {
		if d := phase(a) - phase(b); d != 0 {
			return d
		}
		if a.Do == opRmdir {
			a, b = b, a // children first
		}
		switch {
		case a.Path < b.Path:
			return -1
		case a.Path > b.Path:
			return 1
		}
		return 0
	})
}

func (p *plan) changes() Changes {
	var c Changes
	for _, o := range p.ops {
		switch {
		case o.Do == opDelete:
			c.Deleted = append(c.Deleted, o.Path)
		case o.Do == opPlace:
			for name := range o.files {
				c.Created = append(c.Created, path.Join(o.Path, name))
			}
		case o.Do == opPut && o.Old == "":
			c.Created = append(c.Created, o.Path)
		case o.Do == opPut:
			c.Updated = append(c.Updated, o.Path)
		}
	}
	slices.Sort(c.Created)
	slices.Sort(c.Updated)
	slices.Sort(c.Deleted)
	return c
}

// drift turns the plan into Check's answer. A manifest that differs because
// its files do is no finding of its own, and one that git merged from two is as
// good as new.
func (p *plan) drift() Changes {
	p.ops = slices.DeleteFunc(p.ops, func(o op) bool { return o.tidies })
	c := p.changes()
	var files, manifests []finding.Finding
	add := func(paths []string, message string) {
		for _, name := range paths {
			if f := drifted(name, message); path.Base(name) == ManifestName {
				manifests = append(manifests, f)
			} else {
				files = append(files, f)
			}
		}
	}
	add(c.Created, "this generated file is missing")
	add(c.Updated, "this generated file differs from what is generated now")
	add(c.Deleted, "this generated file is stale: nothing generates it any more")
	files = append(files, p.findings...)
	for _, m := range manifests {
		explained := slices.ContainsFunc(files, func(f finding.Finding) bool {
			return f.Severity == finding.Error && within(path.Dir(m.File), f.File)
		})
		if !explained {
			files = append(files, m)
		}
	}
	c.Findings = finding.Sort(files)
	return c
}
