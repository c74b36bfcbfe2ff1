package version

import (
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/finding"
)

func TestOf(t *testing.T) {
	clone := &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "1fae641"}, {Key: "vcs.modified", Value: "true"}}}
	installed := &debug.BuildInfo{Main: debug.Module{Version: "v0.2.0"}}
	for _, tt := range []struct {
		name, linked string
		info         *debug.BuildInfo
		want         Version
	}{
		{"nothing says", "", nil, Version{Name: "development"}},
		{"linked", "0.1.0-dev", nil, Version{Name: "0.1.0-dev"}},
		{"go install", "", installed, Version{Name: "v0.2.0"}},
		{"linked and go install", "v0.3.0", installed, Version{Name: "v0.3.0"}},
		{"in a clone", "", clone, Version{Name: "development", Commit: "1fae641", Changed: true}},
		{"linked in a clone", "0.1.0-dev", clone, Version{Name: "0.1.0-dev", Commit: "1fae641", Changed: true}},
	} {
		if diff := cmp.Diff(tt.want, Of(tt.linked, tt.info)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestString(t *testing.T) {
	for want, v := range map[string]Version{
		"v0.2.0":                              {Name: "v0.2.0"},
		"v0.2.0, of commit 1fae641":           {Name: "v0.2.0", Commit: "1fae641"},
		"dev, of commit 1fae641 with changes": {Name: "dev", Commit: "1fae641", Changed: true},
	} {
		if got := v.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRelease(t *testing.T) {
	for name, want := range map[string]string{
		"v0.2.0": "v0.2.0", "0.2.0": "v0.2.0", "v1.0.0-rc.1": "v1.0.0-rc.1",
		"development": "", "0.1.0-dev": "", "v0.1.0-dev": "", "v0.1.0-dev.3": "", "v0.2.0+dirty": "",
		"v0.2.1-0.20261127021804-1fae641abcde": "", "v0.0.0-20261127021804-1fae641abcde": "", "": "", "v": "", "vv1.0.0": "",
	} {
		if got := (Version{Name: name}).Release(); got != want {
			t.Errorf("%q is the release %q, want %q", name, got, want)
		}
	}
}

// An older release is stopped; the same, a newer one and a development build are
// not. What is no mark says nothing.
func TestJudge(t *testing.T) {
	const conflict = "<<<<<<< ours\nwhiskops v0.2.0\n=======\nwhiskops v0.10.0\n>>>>>>> theirs\n"
	for _, tt := range []struct {
		own, mark string
		stops     bool
	}{
		{"v0.2.0", "whiskops v0.1.9\n", false},
		{"v0.2.0", "whiskops v0.2.0\n", false},
		{"v0.2.0", "whiskops v0.2.1\n", true},
		{"v0.2.0", "whiskops v0.2.1", true},
		{"v0.2.0", "whiskops v0.2.1\r\n", true},
		{"v0.9.0", "whiskops v0.10.0\n", true},
		{"v1.0.0-rc.1", "whiskops v1.0.0\n", true},
		{"v1.0.0", "whiskops v1.0.0-rc.1\n", false},
		{"v0.3.0", conflict, true},
		{"v0.10.0", conflict, false},
		{"0.1.0-dev", "whiskops v9.0.0\n", false},
		{"v0.2.0", "", false},
		{"v0.2.0", "whiskops new\n\x00\nv9.0.0\n", false},
	} {
		if got := (Version{Name: tt.own}).Judge([]byte(tt.mark)); (got != nil) != tt.stops {
			t.Errorf("%s at %q: %+v, stops %v", tt.own, tt.mark, got, tt.stops)
		}
	}
	want := &finding.Finding{
		Code: "WO306", Severity: finding.Error,
		Message: "this tree was written by whiskops v0.3.0, and v0.2.0 would undo what is newer",
		Help:    `use whiskops v0.3.0 or a newer one, or run "whiskops generate --downgrade"`,
	}
	if diff := cmp.Diff(want, (Version{Name: "0.2.0"}).Judge([]byte("whiskops v0.3.0\n"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A release does not stop at its own mark, and two builds of it leave the same.
func TestMark(t *testing.T) {
	a, b := Version{Name: "v0.2.0", Commit: "1"}, Version{Name: "0.2.0", Changed: true}
	if string(a.Mark()) != "whiskops v0.2.0\n" || string(b.Mark()) != string(a.Mark()) || a.Judge(a.Mark()) != nil {
		t.Errorf("marks %q and %q", a.Mark(), b.Mark())
	}
	if mark := (Version{Name: "0.1.0-dev"}).Mark(); mark != nil {
		t.Errorf("a development build leaves %q", mark)
	}
}
