// Package tree owns the way from files in memory to files on disk. It knows
// folders, files and hashes, and nothing of what is in them.
//
// In: a root directory and the folders that must exist below it, each with all
// its files. Out: Changes, the paths that differ, and the findings that stopped
// the work. Write brings the disk to what is asked, Check only compares.
//
// # What is ours
//
// Each folder carries a manifest, the file .whiskops, in the format of
// sha256sum ("sha256sum -c .whiskops" proves a folder). A file is ours if the
// manifest lists it, and unedited if it still has the listed hash. Only such
// files are replaced or deleted. What else is in a folder, but for what it
// keeps, is a finding: nothing is lost, and nothing goes unseen. An error means
// that nothing at all was written. What git leaves of a merge is no edit: a file
// with its marks, or one whose line in the manifest is between them, is replaced
// or deleted as an unedited one is. A parent of folders is ours as they are.
// Beside them all is the user's.
//
// # How a write is atomic
//
// All new contents are staged in <root>/.whiskops/stage. Then the journal, a
// list of what to do, is written, synced and renamed into place: that rename is
// the commit. Then come deletions and renames, the manifests last, and the
// journal goes. A Write that finds a journal completes it first; one that finds
// staged files without one removes them. So a run that was killed leaves the
// old tree (before the commit) or, once whiskops ran again, the new one. The
// same code applies a journal in both cases, and it looks at each file again:
// one that a person changed since is left alone.
//
// Killing the process at any point is safe. A power cut is best effort: the
// journal is synced, the staged files are not, since 250 syncs take longer than
// all the rest. The journal has the hashes of the staged files, so that a
// damaged one is seen and the journal given up; the user's files are safe, and
// the next run, perhaps with Force, makes the generated ones again.
//
// # Two processes
//
// <root>/.whiskops/lock is locked with flock: the second process waits. A lock
// cannot outlive its process. The directory exists only during a run that has
// something to do, or after a killed one, and git does not see it. A run that has
// nothing to do takes no lock and writes nothing, and no Check does.
package tree

import (
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/whiskops/whiskops/internal/finding"
)

// Folder is one generated folder with all its files.
type Folder struct {
	// Path is below the root, with slashes: "base", "overlays/ci". No folder
	// may lie in another.
	Path string
	// Files has the contents by slash path relative to Path. A folder without
	// files is removed as far as it is ours.
	Files map[string][]byte
	// Manifest, if it is given, is the hash of the manifest of a folder that is
	// on the disk already, as Matches knows; then there are no Files. A Write
	// looks again: if it is not, the error is ErrChanged.
	Manifest string
	// Keep names sub-folders that are the user's own ("custom"). They are
	// never touched, whatever the manifest says.
	Keep []string
	// Own is where the user's changes to what is in the folder go, below the
	// root; empty: to the first of Keep, or nobody knows.
	Own string

	// Of a parent that is looked at as a folder: Parent.Beside, and the folders
	// in it.
	beside, others []string
}

// Parent is a directory that is ours, with a sub-folder for each of something.
// One that has a manifest, or what it keeps, and is not asked for any more is
// stale. All else in it is a finding.
type Parent struct {
	// Path is below the root, with slashes: "overlays", "golden".
	Path string
	// Keep is Folder.Keep for the stale folders. What is in it is a warning: it
	// is the user's, and nothing uses it.
	Keep []string
	// Beside names files right in the directory that may be there.
	Beside []string
	// Inner, if it is given, names the folders in each sub-folder that are ours:
	// the directory and the sub-folders are the user's.
	Inner []string
}

// places are where in a sub-folder of the directory folders of ours are.
func (p Parent) places(sub string) []string {
	if len(p.Inner) == 0 {
		return []string{path.Join(p.Path, sub)}
	}
	var all []string
	for _, inner := range p.Inner {
		all = append(all, path.Join(p.Path, sub, inner))
	}
	return all
}

// Options has useful zero values.
type Options struct {
	// Parents are searched for stale folders, one level deep.
	Parents []Parent
	// Part says that these folders are not all there are: whatever else is in the
	// parents is left alone, and nothing is said of it.
	Part bool
	// Mark says who wrote the tree.
	Mark Mark
	// Force replaces and deletes generated files that were edited, regular
	// files that stand in the way, regular files that nobody generates in the
	// directories of a folder or in a parent (unless there are many), and
	// unreadable manifests. It never follows or removes a symbolic link, and
	// never removes a directory with files that are not ours. Check ignores it.
	Force bool
	// Notify is told single lines for people, without a line feed. It may be
	// called from another goroutine while Write or Check waits for a lock.
	Notify func(string)

	// hook runs before each change on disk; its error becomes that change's
	// error. For tests.
	hook func(op, path string) error
}

func (o Options) notify(format string, args ...any) {
	if o.Notify != nil {
		o.Notify(fmt.Sprintf(format, args...))
	}
}

// mostNotices is how many of a kind are told; the rest are counted.
const mostNotices = 50

func (o Options) notifyAll(notices []string) {
	for _, n := range notices[:min(len(notices), mostNotices)] {
		o.notify("%s", n)
	}
	if more := len(notices) - mostNotices; more > 0 {
		o.notify("and %d more", more)
	}
}

// Changes are sorted slash paths relative to the root, manifests included.
type Changes struct {
	Created, Updated, Deleted []string
	// Findings are in the order of finding.Sort, with positions relative to
	// the root. From Write: if one is an error, nothing was written and the
	// lists are empty. From Check: one for each file that is not as it should
	// be, while the lists have what Write could change. Strangers in one
	// directory are named up to a bound, and counted.
	Findings []finding.Finding
}

// Unchanged tells whether the disk is as asked.
func (c Changes) Unchanged() bool {
	return len(c.Created)+len(c.Updated)+len(c.Deleted) == 0 && !finding.HasErrors(c.Findings)
}

// Write brings the disk to exactly the folders, or leaves it as it is if there
// are findings. An error is a fault of the machine or of the caller and names
// the file. If it came before the commit, the old tree is intact; if after it,
// the text says so and the next Write completes the new tree.
func Write(root string, folders []Folder, o Options) (Changes, error) {
	in, err := newInput(folders, o)
	if err != nil {
		return Changes{}, err
	}
	d := &disk{name: root, hook: o.hook}
	if err := d.create(); err != nil {
		return Changes{}, err
	}
	defer d.close()

	p, ok, err := d.glance(in, o.Force)
	if err != nil {
		return Changes{}, err
	}
	if ok && (p.stopped() || len(p.ops) == 0) {
		return Changes{Findings: finding.Sort(p.findings)}, nil
	}

	s, stop, err := d.begin(in, o)
	if err != nil || len(stop) > 0 {
		return Changes{Findings: stop}, err
	}
	defer s.end()
	if p, err = d.compare(in, o.Force); err != nil {
		return Changes{}, err
	}
	if len(p.ops) > 0 && !p.stopped() {
		if err := d.mark(o.Mark, p); err != nil {
			return Changes{}, err
		}
	}
	if p.stopped() || len(p.ops) == 0 {
		return Changes{Findings: finding.Sort(p.findings)}, nil
	}
	o.notifyAll(p.notices)
	if err := s.write(p); err != nil {
		return Changes{}, err
	}
	c := p.changes()
	c.Findings = finding.Sort(p.findings)
	return c, nil
}

// Check compares as Write does and writes nothing. What a killed run left is a
// finding: an unfinished write is the only one then, since the tree that people
// see is neither the old nor the new one.
func Check(root string, folders []Folder, o Options) (Changes, error) {
	in, err := newInput(folders, o)
	if err != nil {
		return Changes{}, err
	}
	d := &disk{name: root, hook: o.hook}
	if err := d.open(); err != nil && !os.IsNotExist(err) {
		return Changes{}, fault("open", root, err)
	}
	defer d.close()

	for range attempts {
		p, ok, err := d.glance(in, false)
		if err != nil {
			return Changes{}, err
		}
		if ok {
			return p.drift(), nil
		}
		left, err := d.await(o)
		switch {
		case err != nil:
			return Changes{}, err
		case left == nil: // another run has ended
			continue
		case left.File == journalFile:
			return Changes{Findings: []finding.Finding{*left}}, nil
		}
		if p, err = d.compare(in, false); err != nil {
			return Changes{}, err
		}
		c := p.drift()
		c.Findings = finding.Sort(append(c.Findings, *left))
		return c, nil
	}
	return Changes{}, fault("compare", root, errors.New("it changes again and again"))
}
