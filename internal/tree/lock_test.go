package tree

import (
	"bufio"
	"io"
	"os/exec"
	"testing"
)

// TestOneWaits: while another process is in the midst of its renames, Write
// says that it waits, and then writes.
func TestOneWaits(t *testing.T) {
	for _, run := range []struct {
		name string
		do   func(string, []Folder, Options) (Changes, error)
	}{{"Write", Write}, {"Check", Check}} {
		t.Run(run.name, func(t *testing.T) {
			root := newRoot(t)
			cmd := child(t, "pause", root, 0)
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
				t.Fatalf("%q, %v", line, err)
			}
			var notices []string
			o := before.options()
			o.Notify = func(s string) {
				notices = append(notices, s)
				if _, err := io.WriteString(stdin, "go on\n"); err != nil {
					t.Error(err)
				}
			}
			c, err := run.do(root, before.folders, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			same(t, "changes", Changes{}, c) // the child has written the same
			same(t, "notices", []string{"waiting for another whiskops that writes in " + root}, notices)
		})
	}
}

// TestManyAtOnce: the lock file comes and goes with each run, and still no two
// runs mix their trees.
func TestManyAtOnce(t *testing.T) {
	root := newRoot(t)
	var running []*exec.Cmd
	for range 4 {
		cmd := child(t, "rewrite", root, 15)
		cmd.Stderr = t.Output()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	oneOf(t, snapshot(t, root))
}
