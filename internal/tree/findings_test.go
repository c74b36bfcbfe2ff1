package tree

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/whiskops/whiskops/internal/finding"
)

func text(fs []finding.Finding) []string {
	var lines []string
	for _, f := range fs {
		lines = append(lines, fmt.Sprintf("%s:%d: %s %s: %s; %s", f.File, f.Line, f.Severity, f.Code, f.Message, f.Help))
	}
	return lines
}

// TestFindings shows each finding whole, as Check reports it.
func TestFindings(t *testing.T) {
	const generate = `run "whiskops generate" and commit the result`
	old := []Folder{folder("overlays/ci", files{"a": "1", "b": "2"}, "custom"), folder("base", files{"a": "1", "b": "2"})}
	tests := []struct {
		name  string
		disk  files
		links files // name to target; replaces what is there
		asked []Folder
		want  []string
	}{{
		name: "drift",
		asked: []Folder{
			folder("overlays/ci", files{"a": "3", "c": "1"}, "custom"), folder("base", files{"a": "1", "b": "2"})},
		want: []string{
			"overlays/ci/a:0: error WO301: this generated file differs from what is generated now; " + generate,
			"overlays/ci/b:0: error WO301: this generated file is stale: nothing generates it any more; " + generate,
			"overlays/ci/c:0: error WO301: this generated file is missing; " + generate,
		},
	}, {
		name:  "drift of the manifest alone",
		disk:  files{"base/.whiskops": ""},
		asked: old,
		want: []string{
			"base/.whiskops:0: error WO301: this generated file differs from what is generated now; " + generate,
		},
	}, {
		name:  "edited",
		disk:  files{"overlays/ci/a": "mine", "base/b": "mine"},
		asked: []Folder{old[0], folder("base", files{"a": "1"})},
		want: []string{
			"base/b:0: error WO302: this generated file was edited by hand, and generating would delete it; " +
				`move the change to the environment or to overlays/<env>/custom/, or run "whiskops generate --force" to lose it`,
			"overlays/ci/a:0: error WO302: this generated file was edited by hand, and generating would overwrite it; " +
				`move the change to the environment or to overlays/ci/custom/, which is your own (kind Component changes objects), or run "whiskops generate --force" to lose it`,
		},
	}, {
		name:  "edited, with a place for it elsewhere",
		disk:  files{"base/b": "mine"},
		asked: []Folder{old[0], {Path: "base", Files: map[string][]byte{"a": []byte("1"), "b": []byte("3")}, Own: "own"}},
		want: []string{
			"base/b:0: error WO302: this generated file was edited by hand, and generating would overwrite it; " +
				`move the change to the environment or to own/, which is your own (kind Component changes objects), or run "whiskops generate --force" to lose it`,
		},
	}, {
		name:  "foreign",
		disk:  files{"base/c": "mine", "base/d/e": "mine", "base/f": "mine"},
		asked: []Folder{old[0], folder("base", files{"a": "1", "b": "2", "c": "3", "d": "4", "f/g": "5"})},
		want: []string{
			"base/c:0: error WO303: this file is not from whiskops, and a generated file must go here; " +
				`move it away, or run "whiskops generate --force" to overwrite it`,
			"base/d:0: error WO303: a file in this directory is not from whiskops, and a generated file must go here; move it away",
			"base/f:0: error WO303: this file is not from whiskops, and a generated directory must go here; move it away",
		},
	}, {
		name:  "strangers",
		disk:  files{"base/kustomization.yml": "mine", "base/my/f": "mine", "overlays/ci/Kustomization": "mine"},
		asked: old,
		want: []string{
			"base/kustomization.yml:0: error WO307: this file is not from whiskops, and base/ is generated: all that is in it must be; " +
				"move it away, even if it is an editor's or the system's, perhaps to a folder of your own beside the generated ones, " +
				`or run "whiskops generate --force" to delete it`,
			"base/my:0: error WO307: this directory is not from whiskops, and base/ is generated: all that is in it must be; " +
				"move it away, perhaps to a folder of your own beside the generated ones; no --force deletes it",
			"overlays/ci/Kustomization:0: error WO307: this file is not from whiskops, and overlays/ci/ is generated: all that is in it must be; " +
				"move it away, even if it is an editor's or the system's, perhaps to overlays/ci/custom/, which is your own, " +
				`or run "whiskops generate --force" to delete it`,
		},
	}, {
		name: "strangers around the folders",
		disk: files{"overlays/notes": "mine", "overlays/ci\x1b[2J\n/.whiskops": "", "overlays/gone/custom/x": "mine", "overlays/team/x": "mine",
			"overlays/ci\x1b[2J\n/x": "mine"},
		asked: old,
		want: []string{
			"overlays/ci\x1b[2J\n/x:0: error WO307: this file is not from whiskops, and \"overlays/ci\\x1b[2J\\n\"/ is generated: all that is in it must be; " +
				"move it away, even if it is an editor's or the system's, perhaps to \"overlays/ci\\x1b[2J\\n/custom\"/, which is your own, " +
				`or run "whiskops generate --force" to delete it`,
			"overlays/gone/custom:0: warning WO309: nothing is generated in overlays/gone/, so nothing uses this folder of yours; it is left alone; " +
				"delete it, or move it to an environment that there is",
			"overlays/notes:0: error WO307: this file is not from whiskops, and overlays/ is generated: all that is in it must be; " +
				"move it away, even if it is an editor's or the system's, perhaps to a folder of your own beside the generated ones, " +
				`or run "whiskops generate --force" to delete it`,
			"overlays/team:0: error WO307: this directory is not from whiskops, and overlays/ is generated: all that is in it must be; " +
				"move it away, perhaps to a folder of your own beside the generated ones; no --force deletes it",
		},
	}, {
		name:  "strange links",
		links: files{"base/l": "/etc/passwd", "overlays/ci/core": "../../base"},
		asked: old,
		want: []string{
			"base/l:0: error WO307: this symbolic link or special file is not from whiskops, and base/ is generated: all that is in it must be; " +
				"move it away, perhaps to a folder of your own beside the generated ones; no --force deletes it",
			"overlays/ci/core:0: error WO307: this symbolic link or special file is not from whiskops, and overlays/ci/ is generated: all that is in it must be; " +
				"move it away, perhaps to overlays/ci/custom/, which is your own; no --force deletes it",
		},
	}, {
		name:  "links",
		disk:  files{"elsewhere/x": "mine"},
		links: files{"base/a": "/etc/passwd", "base/b": "a", "base/d": "../elsewhere", "overlays": "elsewhere"},
		asked: []Folder{old[0], folder("base", files{"a": "1", "d/x": "2"})},
		want: []string{
			`base/a:0: error WO304: this is a symbolic link to "/etc/passwd", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
			`base/b:0: error WO304: this is a symbolic link to "a", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
			`base/d:0: error WO304: this is a symbolic link to "../elsewhere", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
			`overlays:0: error WO304: this is a symbolic link to "elsewhere", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
		},
	}, {
		name:  "link as manifest",
		links: files{"base/.whiskops": "../../x", "overlays/ci": "/tmp"},
		asked: old,
		want: []string{
			`base/.whiskops:0: error WO304: this is a symbolic link to "../../x", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
			`overlays/ci:0: error WO304: this is a symbolic link to "/tmp", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
		},
	}, {
		name:  "link as work directory",
		links: files{".whiskops": "/tmp"},
		asked: old,
		want: []string{
			`.whiskops:0: error WO304: this is a symbolic link to "/tmp", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
		},
	}, {
		name:  "link as lock",
		links: files{".whiskops/lock": "/tmp/x"},
		asked: old,
		want: []string{
			`.whiskops/lock:0: error WO304: this is a symbolic link to "/tmp/x", and whiskops does not write through links; ` +
				"remove the link, or put a real file or directory in its place",
		},
	}, {
		name:  "an unfinished write",
		disk:  files{".whiskops/journal": "", ".whiskops/lock": "", "base/b": "half"},
		asked: old,
		want: []string{
			".whiskops/journal:0: error WO308: a run was killed while it wrote: the tree is partly the old and partly the new one; " +
				`run "whiskops generate", which completes it`,
		},
	}, {
		name:  "what a killed run left",
		disk:  files{".whiskops/stage/0": "", ".whiskops/lock": ""},
		asked: old,
		want: []string{
			".whiskops:0: error WO308: a run was killed before it wrote, and left this; the tree is as it was; " +
				`run "whiskops generate", which removes it, or remove it yourself`,
		},
	}, {
		name:  "manifest",
		disk:  files{"base/.whiskops": manifestOf(files{"a": "1"}) + "rubbish\n"},
		asked: old,
		want: []string{
			`base/.whiskops:3: error WO305: the list of generated files cannot be read: "rubbish" is no line of sha256sum; ` +
				"restore it from git and generate again, " +
				`or run "whiskops generate --force" to rebuild it and overwrite the generated files`,
		},
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			if err := mustWrite(root, old, Options{}); err != nil {
				t.Fatal(err)
			}
			put(t, root, tt.disk)
			for name, target := range tt.links {
				full := filepath.Join(root, filepath.FromSlash(name))
				if err := os.RemoveAll(full); err != nil {
					t.Fatal(err)
				}
				put(t, root, files{name: ""}) // for its directory
				if err := os.Remove(full); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(target, full); err != nil {
					t.Fatal(err)
				}
			}
			start := snapshot(t, root)
			parents := []Parent{{Path: "overlays", Keep: []string{"custom"}}}
			c, err := Check(root, tt.asked, Options{Parents: parents})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "findings", tt.want, text(c.Findings))
			same(t, "tree after Check", start, snapshot(t, root))
			if tt.links == nil {
				return
			}
			for _, force := range []bool{false, true} { // no force goes through a link
				c, err = Write(root, tt.asked, Options{Force: force, Parents: parents})
				if err != nil {
					t.Fatal(err)
				}
				same(t, "findings of Write", tt.want, text(c.Findings))
				same(t, "tree after Write", start, snapshot(t, root))
			}
		})
	}
}
