package revision

import (
	"context"
	"fmt"
	"strings"
)

// MergeBase is the hash of the last commit that a revision and HEAD have in common:
// what a branch is compared with, so that what others did meanwhile is not shown as
// undone.
func MergeBase(ctx context.Context, dir, rev string) (string, error) {
	g, at, err := find(ctx, dir)
	if err != nil {
		return "", err
	}
	o, err := g.objects(ctx)
	if err != nil {
		return "", err
	}
	defer o.close()
	theirs, err := resolve(o, at, rev)
	if err != nil {
		return "", err
	}
	ours, err := resolve(o, at, "HEAD")
	if err != nil {
		return "", err
	}
	out, code, err := g.run(ctx, "merge-base", theirs, ours)
	if err != nil {
		return "", err
	}
	base := strings.TrimSpace(string(out.kept))
	switch {
	case code == 0 && isHash(base) && len(base) == len(ours):
		return base, nil
	case code > 1:
		return "", g.fault("merge-base", out.said)
	case at.shallow:
		return "", &Error{fmt.Sprintf("the clone is shallow, and ends before %q and HEAD meet", rev),
			"`git fetch --unshallow`; in CI, want the whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)"}
	}
	return "", &Error{fmt.Sprintf("%q and HEAD have no commit in common", rev),
		"name the branch that this one was begun from"}
}
