package tree

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/finding"
)

// The test binary is its own child process: childTask says what it does.
const (
	childTask = "TREE_TEST_TASK"
	childRoot = "TREE_TEST_ROOT"
	childArg  = "TREE_TEST_ARG"
)

func TestMain(m *testing.M) {
	task := os.Getenv(childTask)
	if task == "" {
		os.Exit(m.Run())
	}
	root := os.Getenv(childRoot)
	arg, err := strconv.Atoi(os.Getenv(childArg))
	if err == nil {
		err = childTasks[task](root, arg)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

var childTasks = map[string]func(root string, arg int) error{
	// crash kills itself before the arg-th change.
	"crash": func(root string, arg int) error {
		n := 0
		o := after.options()
		o.hook = func(string, string) error {
			if n++; n == arg {
				self, err := os.FindProcess(os.Getpid())
				if err != nil {
					return err
				}
				if err := self.Kill(); err != nil {
					return err
				}
				select {}
			}
			return nil
		}
		return mustWrite(root, after.folders, o)
	},
	// pause says "ready" in the midst of its renames and waits for a line.
	"pause": func(root string, _ int) error {
		o := before.options()
		paused := false
		o.hook = func(op, p string) error {
			if op == "rename" && p != journalFile && !paused {
				paused = true
				fmt.Println("ready")
				_, err := bufio.NewReader(os.Stdin).ReadString('\n')
				return err
			}
			return nil
		}
		return mustWrite(root, before.folders, o)
	},
	// rewrite writes arg trees.
	"rewrite": func(root string, arg int) error { return rewriting(root, arg, nil) },
	// count is rewrite, with a byte of output for each change.
	"count": func(root string, arg int) error {
		return rewriting(root, arg, func(string, string) error {
			_, err := os.Stdout.Write([]byte{'.'})
			return err
		})
	},
}

// rewriting writes trees of its own, one after the other.
func rewriting(root string, times int, hook func(op, path string) error) error {
	for i := range times {
		if err := mustWrite(root, numbered(os.Getpid(), i), Options{hook: hook}); err != nil {
			return err
		}
	}
	return nil
}

// numbered is a tree in which each file has the same content.
func numbered(writer, i int) []Folder {
	f := Folder{Path: "base", Files: map[string][]byte{}}
	for j := range 20 {
		f.Files[fmt.Sprintf("d%d/f%d", j%3, j)] = fmt.Appendf(nil, "%d %d\n", writer, i)
	}
	return []Folder{f}
}

func child(t *testing.T, task, root string, arg int) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childTask+"="+task, childRoot+"="+root, childArg+"="+strconv.Itoa(arg))
	return cmd
}

func mustWrite(root string, folders []Folder, o Options) error {
	c, err := Write(root, folders, o)
	if err == nil && finding.HasErrors(c.Findings) {
		err = fmt.Errorf("findings: %v", c.Findings)
	}
	return err
}

// files is a tree as a test reads and writes it: content by path. A path that
// ends in a slash is an empty directory.
type files map[string]string

func folder(name string, content files, keep ...string) Folder {
	f := Folder{Path: name, Files: map[string][]byte{}, Keep: keep}
	for p, text := range content {
		f.Files[p] = []byte(text)
	}
	return f
}

func put(t *testing.T, root string, content files) {
	t.Helper()
	for p, text := range content {
		full := filepath.Join(root, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(p, "/") {
			if err := os.MkdirAll(full, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// snapshot reads everything below root.
func snapshot(t *testing.T, root string) files {
	t.Helper()
	got := files{}
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || p == root {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		if dir := path.Dir(rel) + "/"; dir != "./" {
			delete(got, dir)
		}
		switch {
		case e.IsDir():
			got[rel+"/"] = ""
		case e.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(p)
			got[rel] = "-> " + target
			return err
		default:
			data, err := os.ReadFile(p)
			got[rel] = string(data)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// scenario is two trees whose difference needs every kind of step.
type scenario struct {
	folders []Folder
	parents []Parent
	mark    string
}

func (s scenario) options() Options {
	return Options{Parents: s.parents, Mark: Mark{Path: "marks/mark", Content: []byte(s.mark)}}
}

var (
	owned  = []Parent{{Path: "overlays", Keep: []string{"custom"}, Beside: []string{"may"}}, {Path: "golden"}}
	before = scenario{parents: owned, mark: "1\n", folders: []Folder{
		folder("base", files{"same": "s\n", "change": "1\n", "go/deep/er": "x\n", "file": "f\n", "dir/x": "d\n"}),
		folder("overlays/old", files{"k": "k\n", "core/k": "kk\n"}, "custom"),
		folder("golden/old", files{"obj": "o\n"}),
		folder("overlays/ci", files{"k": "k\n"}, "custom"),
	}}
	after = scenario{parents: owned, mark: "2\n", folders: []Folder{
		folder("base", files{"same": "s\n", "change": "2\n", "come/deep/er": "y\n", "file/x": "f\n", "dir": "d\n"}),
		folder("overlays/new", files{"k": "k\n", "core/deep/k": "kk\n"}, "custom"),
		folder("golden/new", files{"obj": "o\n"}),
		folder("overlays/ci", files{"k": "k2\n", "core/k": "kk\n"}, "custom"),
	}}
	// theUsers stands in both trees.
	theUsers = files{
		"README.md":               "mine",
		"overlays/old/custom/p":   "mine",
		"overlays/ci/custom/p":    "mine",
		"overlays/ci/custom/my/f": "mine",
		"environments/new/edge":   "mine",
	}
)

// newRoot is an empty directory, in memory if there is a place for that. These
// tests kill processes, not machines, so the disk behind is of no matter; and
// they sync it a thousand times, which takes minutes on some.
func newRoot(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("/dev/shm", "tree")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
	})
	return root
}

// start makes a root with the tree of before and the user's files.
func start(t *testing.T) string {
	t.Helper()
	root := newRoot(t)
	put(t, root, theUsers)
	if err := mustWrite(root, before.folders, before.options()); err != nil {
		t.Fatal(err)
	}
	return root
}

// bothTrees returns what the disk has before and after.
func bothTrees(t *testing.T) (old, new files) {
	t.Helper()
	root := start(t)
	old = snapshot(t, root)
	if err := mustWrite(root, after.folders, after.options()); err != nil {
		t.Fatal(err)
	}
	new = snapshot(t, root)
	for p, text := range theUsers {
		if new[p] != text {
			t.Fatalf("%s: %q", p, new[p])
		}
	}
	return old, new
}
