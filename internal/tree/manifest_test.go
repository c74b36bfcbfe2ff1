package tree

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestFormatManifest(t *testing.T) {
	// The hashes are sha256sum's own, of "1\n" and of nothing.
	same(t, "manifest", ""+
		"# a b/empty\n"+
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a b/empty\n"+
		"# one\n"+
		"4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865  one\n",
		manifestOf(files{"one": "1\n", "a b/empty": ""}))
}

func TestParseManifest(t *testing.T) {
	h, i := strings.Repeat("a", 64), strings.Repeat("b", 64)
	ok := h + "  x\n"
	tests := []struct {
		name string
		in   string
		want manifest
		line int
		why  string
	}{
		{"empty", "", manifest{}, 0, ""},
		{"comments", "# x\n" + ok + "# \n", manifest{"x": {h}}, 0, ""},
		{"no comment", "#x\n" + ok, manifest{"x": {h}}, 1, `"#x" is no line of sha256sum`},
		{"any order", h + "  z\n" + i + "  a b\n", manifest{"z": {h}, "a b": {i}}, 0, ""},
		{"conflict", "<<<<<<< HEAD\n" + ok + "=======\n" + i + "  x\n>>>>>>> b\n", manifest{"x": {h, i}}, 0, ""},
		{"conflict with the ancestor", "<<<<<<< HEAD\n" + ok + "||||||| a\n<<<<<<<<< b\n" + ok + "=========\n>>>>>>>>> c\n=======\n" + i + "  x\n>>>>>>> b\n", manifest{"x": {h, i}}, 0, ""},
		{"conflict beside a line", "<<<<<<< HEAD\n" + ok + "=======\n>>>>>>> b\n" + i + "  x\n", manifest{"x": {h, i}}, 0, ""},
		{"conflict, half resolved", "<<<<<<< HEAD\n" + ok + "=======\n" + ok, manifest{"x": {h}}, 0, ""},
		{"a mark alone", ok + "=======\n", manifest{"x": {h}}, 0, ""},
		{"marks in disorder", ">>>>>>> b\n<<<<<<< a\n>>>>>>> c\n" + ok, manifest{"x": {h}}, 0, ""},
		{"a conflict in a conflict", "<<<<<<< a\n<<<<<<< b\n" + ok + "=======\n>>>>>>> b\n=======\n" + i + "  x\n>>>>>>> a\n", manifest{"x": {h, i}}, 0, ""},
		{"six characters", "<<<<<< HEAD\n", manifest{}, 1, `"<<<<<< HEAD" is no line of sha256sum`},
		{"union", ok + i + "  x\n", manifest{"x": {h, i}}, 0, ""},
		{"twice", ok + ok, manifest{"x": {h}}, 0, ""},
		{"cut", h + "  x\n" + h[:9], manifest{"x": {h}}, 2, "the last line has no end"},
		{"no line feed", h + "  x", manifest{"x": {h}}, 1, "the last line has no end"},
		{"CR LF", h + "  x\r\n", manifest{"x": {h}}, 1, "the line ends with CR LF, which git writes without the .gitattributes of whiskops"},
		{"outside", h + "  ../x\n", manifest{}, 1, `"../x" is not the path of a generated file`},
		{"absolute", h + "  /x\n", manifest{}, 1, `"/x" is not the path of a generated file`},
		{"itself", h + "  .whiskops\n", manifest{}, 1, `".whiskops" is not the path of a generated file`},
		{"binary mode", h + " *x\n", manifest{}, 1, `"` + h[:60] + `..." is no line of sha256sum`},
		{"empty line", ok + "\n" + ok, manifest{"x": {h}}, 2, `"" is no line of sha256sum`},
		{"only a line feed", "\n", manifest{}, 1, `"" is no line of sha256sum`},
		{"binary", "\x00\xff\n", manifest{}, 1, `"\x00\xff" is no line of sha256sum`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, bad := parseManifest([]byte(tt.in))
			same(t, "manifest", tt.want, got)
			if bad == nil {
				bad = &damage{}
			}
			same(t, "line", tt.line, bad.line)
			same(t, "reason", tt.why, bad.reason)
		})
	}
}

// FuzzManifest: whatever is in a manifest, only paths below the folder come
// out, and what is read without damage says the same when it is written.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(manifestOf(files{"a": "1", "b/c": "2"})))
	f.Add([]byte(conflict))
	f.Add([]byte(strings.Repeat("a", 64) + "  ../../x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, contested, damage := parseManifest(data)
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !validPath(name) || within(ManifestName, name) {
				t.Errorf("path %q", name)
			}
			lines = append(lines, m[name][0]+"  "+name+"\n")
		}
		if damage == nil && len(contested) == 0 && !slices.ContainsFunc(strings.Split(string(data), "\n"), func(l string) bool { return mark(l) != 0 }) {
			got := strings.SplitAfter(string(data), "\n")
			got = slices.DeleteFunc(got, func(l string) bool { return l == "" || strings.HasPrefix(l, comment) })
			slices.SortFunc(got, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
			got = slices.Compact(got)
			slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
			if !slices.Equal(lines, got) {
				t.Errorf("read %q from %q", lines, data)
			}
		}
	})
}

// FuzzJournal: a journal that is taken names only steps that can be judged.
func FuzzJournal(f *testing.F) {
	good, err := formatJournal([]op{
		{Do: opDelete, Path: "base/a", Old: hash(nil)}, {Do: opRmdir, Path: "base"},
		{Do: opPut, Path: "base/b", New: hash(nil), Stage: "2"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"version":1,"ops":[{"do":"put","path":"../x","stage":"../../y"}]}`))
	f.Add([]byte(`{"version":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ops, err := parseJournal(data)
		if err != nil {
			return
		}
		for _, o := range ops {
			if !validPath(o.Path) || strings.ContainsAny(o.Stage, "./") {
				t.Errorf("%+v", o)
			}
		}
	})
	if ops, err := parseJournal(good); err != nil || len(ops) != 3 {
		f.Errorf("the good journal: %v, %v", ops, err)
	}
}
