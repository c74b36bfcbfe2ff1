package place

import (
	"testing"

	"cuelang.org/go/cue/token"
	"github.com/google/go-cmp/cmp"
)

// A second place is shown as the first is, wherever the reader stands; one that is
// the first again is none.
func TestBoth(t *testing.T) {
	at := func(name string) token.Pos {
		f := token.NewFile(name, -1, 10)
		f.AddLine(5)
		return f.Pos(6, 0)
	}
	for _, tt := range []struct {
		other     token.Pos
		dir, want string
	}{
		{at("/repo/environments/b.cue"), "/repo", "m at environments/b.cue:2:2"},
		{at("/repo/environments/b.cue"), "/repo/environments", "m at b.cue:2:2"},
		{at("/repo/shared/a.cue"), "/repo/environments", "m at ../shared/a.cue:2:2"},
		{at("/x/a.cue"), "/repo", "m at /x/a.cue:2:2"},
		{at("/repo/environments/a.cue"), "/repo", "m"},
		{token.NoPos, "/repo", "m"},
	} {
		f := Both(at("/repo/environments/a.cue"), tt.other, CodeConflict, "", "m", "")
		if got := f.Said(tt.dir); got != tt.want {
			t.Errorf("%v from %s: %q, want %q", tt.other, tt.dir, got, tt.want)
		}
	}
}

// Said finds all that is said of a field, through references and within brackets.
func TestSaid(t *testing.T) {
	pkg, found := Parse("e", map[string][]byte{"e/a.cue": []byte(`package e
let l = [1, 2]
_s: f: [3, ...]
p: f: l & ([4] & _s.f)
p: f: [for x in [1] {x}]
p: f: 5
`)})
	if len(found) > 0 {
		t.Fatal(found)
	}
	type said struct {
		line, elements int
		list, referred bool
	}
	var got []said
	for _, v := range pkg.Said([]string{"p", "f"}) {
		got = append(got, said{v.Pos.Line(), v.Elements, v.List, v.Referred})
	}
	want := []said{{2, 2, true, true}, {3, 1, true, true}, {4, 1, true, false}, {5, -1, true, false}, {6, -1, false, false}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(said{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := pkg.Said([]string{"p", "g"}); len(got) > 0 {
		t.Errorf("of a field that nobody writes: %v", got)
	}
}
