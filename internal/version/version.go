// Package version knows which whiskops this is, and whether a tree was written by
// a newer one.
//
// In: what the build says, from the linker and from Go's build information, and
// the mark that another whiskops left in a tree. Out: the version, the mark to
// leave, and the finding that stops an older whiskops. Only releases are
// compared: a development build leaves no mark, and judges none.
package version

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/whiskops/whiskops/internal/finding"
)

// File is where the mark is, from the root of the tree.
const File = "base/.version"

const codeNewer = "WO306" // a newer whiskops wrote the tree, and this one would change it

// Version of a whiskops.
type Version struct {
	// Name is what the build was called: "v0.2.0"; "development" if nothing
	// says.
	Name string `json:"version"`
	// Commit that it was built from, if that is known, and whether the work tree
	// had changes.
	Commit  string `json:"commit,omitempty"`
	Changed bool   `json:"changed,omitempty"`
}

// Of reads the version from what the linker was given, which may be empty, and
// from Go's build information, which may be nil. A `go install` says the version
// of the module, a build in a clone its commit.
func Of(linked string, info *debug.BuildInfo) Version {
	v := Version{Name: linked}
	if info != nil {
		if main := info.Main.Version; main != "(devel)" {
			v.Name = cmp.Or(v.Name, main)
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				v.Commit = s.Value
			case "vcs.modified":
				v.Changed = s.Value == "true"
			}
		}
	}
	v.Name = cmp.Or(v.Name, "development")
	return v
}

// String is the version for a person.
func (v Version) String() string {
	switch {
	case v.Commit == "":
		return v.Name
	case v.Changed:
		return v.Name + ", of commit " + v.Commit + " with changes"
	}
	return v.Name + ", of commit " + v.Commit
}

// Release is the version as it is compared; empty for a development build: one
// without a version, with "-dev" or with a change, or of a commit between releases.
func (v Version) Release() string { return release(v.Name) }

func release(name string) string {
	if !strings.HasPrefix(name, "v") {
		name = "v" + name
	}
	pre := strings.TrimPrefix(semver.Prerelease(name), "-")
	if !semver.IsValid(name) || semver.Build(name) != "" || module.IsPseudoVersion(name) || pre == "dev" || strings.HasPrefix(pre, "dev.") {
		return ""
	}
	return semver.Canonical(name)
}

// Mark is what the version leaves in a tree that it writes; nil for a development
// build. It is the same for every build of a release.
func (v Version) Mark() []byte {
	r := v.Release()
	if r == "" {
		return nil
	}
	return []byte("whiskops " + r + "\n")
}

// Judge stops an older whiskops at the mark of a newer one.
func (v Version) Judge(mark []byte) *finding.Finding {
	own, there := v.Release(), newest(mark)
	if own == "" || there == "" || semver.Compare(own, there) >= 0 {
		return nil
	}
	return &finding.Finding{
		Code: codeNewer, Severity: finding.Error,
		Message: fmt.Sprintf("this tree was written by whiskops %s, and %s would undo what is newer", there, own),
		Help:    fmt.Sprintf("use whiskops %s or a newer one, or run \"whiskops generate --downgrade\"", there),
	}
}

// Wrote is the release that left a mark; empty for a development build.
func Wrote(mark []byte) string { return newest(mark) }

// newest is the newest release that a mark names: after a merge conflict there
// are several.
func newest(mark []byte) string {
	found := ""
	for line := range strings.Lines(string(mark)) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "whiskops ")
		if r := release(name); ok && r != "" && (found == "" || semver.Compare(r, found) > 0) {
			found = r
		}
	}
	return found
}
