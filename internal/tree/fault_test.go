package tree

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestFaults lets each change fail, once or from then on, and wants an error
// that names a file, the old tree if the commit was not reached, and in any
// case a whole tree once the disk works again. With -short it is every ninth change,
// others of the faults that last than of those that pass.
func TestFaults(t *testing.T) {
	old, new := bothTrees(t)
	fresh := start(t)
	step := 1
	if testing.Short() {
		step = 9
	}
	for i, lasting := range []bool{false, true} {
		for n, reached := 1+i*step/2, false; !reached; n += step {
			root := newRoot(t)
			if err := os.CopyFS(root, os.DirFS(fresh)); err != nil {
				t.Fatal(err)
			}
			count, failed, committed := 0, "", false
			o := after.options()
			o.hook = func(op, p string) error {
				if count++; count == n || lasting && count > n {
					if failed == "" {
						failed = op + " " + p
					}
					return &fs.PathError{Op: "test", Path: "/hidden/" + p, Err: syscall.ENOSPC}
				}
				committed = committed || op == "rename" && p == journalFile
				return nil
			}
			_, err := Write(root, after.folders, o)
			reached = failed == ""
			if err != nil {
				if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), root+"/") ||
					strings.Contains(err.Error(), "hidden") {
					t.Fatalf("%s: %v", failed, err)
				}
				if !committed {
					got := snapshot(t, root)
					if lasting { // the stage could not be cleared either
						maps.DeleteFunc(got, func(p, _ string) bool { return within(workDir, strings.TrimSuffix(p, "/")) })
					}
					same(t, failed, old, got)
				}
			}
			state := recovered(t, n, root, old, new)
			if err == nil && state != "new" {
				t.Fatalf("%s: no error, and the old tree", failed)
			}
		}
	}
}

// TestFaultTexts shows what a person reads.
func TestFaultTexts(t *testing.T) {
	tests := []struct {
		op, path string
		err      error
		want     string
	}{
		{"mkdir", ".whiskops", syscall.EROFS, "lock ROOT/.whiskops: read-only file system"},
		{"write", ".whiskops/stage/15/obj", syscall.ENOSPC, "write ROOT/golden/new/obj: no space left on device"},
		{"access", "marks", syscall.EACCES, "write ROOT/marks/mark: permission denied"},
		{"sync", ".whiskops/journal.tmp", syscall.ENOSPC, "write ROOT/.whiskops/journal: no space left on device"},
		{"rename", "base/come/deep/er", syscall.EACCES, "write ROOT/base/come/deep/er: permission denied; " +
			"a part is written, and the next run of whiskops completes it"},
	}
	for _, tt := range tests {
		root := start(t)
		o := after.options()
		hit := false
		o.hook = func(op, p string) error {
			if op == tt.op && (p == tt.path || tt.op == "access" && !hit) {
				hit = true
				return tt.err
			}
			return nil
		}
		_, err := Write(root, after.folders, o)
		if err == nil || !hit {
			t.Errorf("%s %s: %v, reached: %v", tt.op, tt.path, err, hit)
			continue
		}
		same(t, tt.op+" "+tt.path, tt.want, strings.ReplaceAll(err.Error(), root, "ROOT"))
	}
}
