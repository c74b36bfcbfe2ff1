package place

import (
	"testing"

	"cuelang.org/go/cue/token"
)

func TestBrief(t *testing.T) {
	at := func(name string) token.Pos {
		f := token.NewFile(name, -1, 10)
		f.AddLine(5)
		return f.Pos(6, 0)
	}
	for _, tt := range []struct{ of, from, want string }{
		{"/r/environments/a.cue", "/r/environments/b.cue", "a.cue:2:2"},
		{"/r/shared/a.cue", "/r/environments/b.cue", "shared/a.cue:2:2"},
		{"environments/a.cue", "environments/b.cue", "a.cue:2:2"},
		{"shared/a.cue", "environments/b.cue", "shared/a.cue:2:2"},
		{"a.cue", "b.cue", "a.cue:2:2"},
		{"/x/a.cue", "/r/b.cue", "/x/a.cue:2:2"},
	} {
		if got := Brief(at(tt.of), at(tt.from)); got != tt.want {
			t.Errorf("%s from %s: %s, want %s", tt.of, tt.from, got, tt.want)
		}
	}
}
