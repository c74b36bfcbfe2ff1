package field

import (
	"reflect"
	"strings"
	"testing"
)

type inner struct {
	Size string   `json:"size"`
	Tags []string `json:"tags,omitempty"`
}

type outer struct {
	Plain inner          `json:"plain"`
	Maybe *inner         `json:"maybe,omitempty"`
	On    bool           `json:"on"`
	By    map[string]int `json:"by"`
	// Hidden has no name that a path could use.
	Hidden string `json:"-"`
}

func TestOf(t *testing.T) {
	full := outer{Plain: inner{Size: "1Gi"}, Maybe: &inner{Tags: []string{"a"}}, On: true, By: map[string]int{"x": 1}}
	for _, tt := range []struct {
		of    outer
		path  string
		want  any
		given bool
	}{
		{full, "plain.size", "1Gi", true},
		{full, "maybe.tags", []string{"a"}, true},
		{full, "maybe", full.Maybe, true},
		{full, "on", true, true},
		{full, "by", full.By, true},
		{outer{}, "plain.size", "", false},
		{outer{}, "maybe", (*inner)(nil), false},
		{outer{}, "maybe.size", "", false},
		{outer{By: map[string]int{}}, "by", map[string]int{}, false},
		{outer{Maybe: &inner{}}, "maybe", &inner{}, true},
	} {
		v := Of(&tt.of, tt.path)
		if got := v.Interface(); !reflect.DeepEqual(got, tt.want) || Given(v) != tt.given {
			t.Errorf("%s: %v, given %v; want %v, %v", tt.path, got, Given(v), tt.want, tt.given)
		}
	}
}

func TestType(t *testing.T) {
	for path, wrong := range map[string]string{
		"plain.size":   "",
		"maybe.tags":   "",
		"plain.sise":   `has no field "sise"`,
		"plain.size.x": `nothing has fields before "x"`,
		"by.x":         `nothing has fields before "x"`,
		"Hidden":       `has no field "Hidden"`,
		"":             `has no field ""`,
	} {
		_, err := Type(reflect.TypeFor[outer](), path)
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("%q: %v, want %q", path, err, wrong)
		}
	}
}
