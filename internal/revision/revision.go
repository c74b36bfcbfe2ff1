// Package revision reads a folder as it was at a revision of the user's git
// repository: a file system, without a work tree and without touching the index.
//
// In: a folder of a work tree, and a revision as git names it. Out: files, or an
// *Error that says why there are none and what to do. It runs the user's own git;
// a library would make the binary megabytes larger, and know fewer repositories.
//
// # Strangers' repositories
//
// A repository's own configuration can name programs. Two commands of git are run
// that run none of them: `rev-parse` about the place, and one `cat-file --batch` for
// everything that is read; `merge-base` besides. They read no index (so
// neither core.fsmonitor nor hooks nor core.hooksPath), and print raw objects (so no
// filter, textconv, diff driver, pager or signature program). A clone that lacks
// objects would fetch them: every transport is forbidden (GIT_ALLOW_PROTOCOL, which
// no configuration overrides, and GIT_NO_LAZY_FETCH where git knows it), so that
// neither core.sshCommand nor remote.*.uploadpack nor remote.*.vcs nor a credential
// helper is begun. A bare repository that lies in a folder is not taken for
// the user's (safe.bareRepository). Whose repository it is git judges as always:
// safe.directory is never set. Replaced objects are not: what counts is what was
// committed. Alternates are read, since `git clone --reference` makes them: they
// give objects, of which the reader must know the hashes, and run nothing.
package revision

import (
	"context"
	"fmt"
	"strings"
	"unicode"
)

// Revision of a repository.
type Revision struct {
	// FS is the folder that was asked for, as it was; empty if it was not there.
	FS *FS
	// Commit is the hash, in hexadecimal digits: 40, or 64 in a repository of SHA-256.
	Commit string

	objects *objects
}

// Error says why a repository does not give what it was asked for.
type Error struct{ Message, Help string }

func (e *Error) Error() string {
	if e.Help == "" {
		return e.Message
	}
	return e.Message + "\n  help: " + e.Help
}

// Open finds a revision of the repository that dir lies in: a hash, a branch, a
// tag, HEAD~3. Its files are read when they are asked for, until Close, or until ctx
// is done.
func Open(ctx context.Context, dir, rev string) (*Revision, error) {
	g, place, err := find(ctx, dir)
	if err != nil {
		return nil, err
	}
	o, err := g.objects(ctx)
	if err != nil {
		return nil, err
	}
	r := &Revision{objects: o}
	if r.Commit, err = resolve(o, place, rev); err == nil {
		r.FS, err = newFS(o, r.Commit, place.prefix)
	}
	if err != nil {
		o.close()
		return nil, err
	}
	return r, nil
}

// Close ends the program that reads.
func (r *Revision) Close() error {
	r.objects.close()
	return nil
}

// mostName of a revision, in bytes. Git's names of branches have some hundred.
const mostName = 1000

// resolve is the hash of the commit that a revision names.
func resolve(o *objects, at place, rev string) (string, error) {
	switch {
	case rev == "":
		return "", &Error{"the name of the revision is empty", "name a branch, a tag or a hash: origin/main"}
	case strings.HasPrefix(rev, "-"):
		return "", &Error{fmt.Sprintf("%q looks like an option, and is no revision", rev),
			"name a branch, a tag or a hash; a branch whose name begins so is `refs/heads/-name`"}
	case len(rev) > mostName || strings.ContainsFunc(rev, unicode.IsControl):
		return "", &Error{fmt.Sprintf("%.80q is no name of a revision", rev), "name a branch, a tag or a hash: origin/main"}
	}
	found, err := o.ask(rev+"^{commit}", 0)
	switch {
	case err != nil:
		return "", err
	case found.kind == "commit":
		return found.hash, nil
	case found.kind == ambiguous:
		return "", &Error{fmt.Sprintf("several objects have hashes that begin with %q", rev), "write more digits of it"}
	}
	return "", missingRevision(o, at, rev)
}

// missingRevision says why there is no such revision, as far as can be told.
func missingRevision(o *objects, at place, rev string) error {
	exists := func(rev string) bool {
		found, err := o.ask(rev+"^{commit}", 0)
		return err == nil && found.kind == "commit"
	}
	e := &Error{Message: fmt.Sprintf("the repository has no commit %q", rev)}
	remote, branch, qualified := strings.Cut(rev, "/")
	switch {
	case !exists("HEAD") && !exists("origin/HEAD"):
		e.Message = fmt.Sprintf("there is nothing to compare with: %q is not in the repository, and it has no commit", rev)
		e.Help = "commit first: what is compared with is what was committed"
	case exists("origin/" + rev):
		e.Help = fmt.Sprintf("the remote has it: ask for origin/%s", rev)
	case isHash(rev) && at.shallow:
		e.Help = "the clone is shallow, and ends before it: `git fetch --unshallow`; in CI, want the whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)"
	case qualified && plain(rev):
		e.Help = fmt.Sprintf("fetch it first: `git fetch %s %s:refs/remotes/%s`; in CI, want all branches (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)", remote, branch, rev)
	default:
		e.Help = "`git log` shows what there is; a branch of the remote is fetched with `git fetch origin main`, and named origin/main"
	}
	return e
}

// isHash says whether a revision is written as digits of a hash.
func isHash(rev string) bool {
	return len(rev) >= 7 && strings.Trim(rev, "0123456789abcdefABCDEF") == ""
}

// plain says whether a name can be shown in a line for a shell.
func plain(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-", r)
	}) < 0
}
