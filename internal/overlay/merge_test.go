package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A patch says what differs, and counts what it says again.
func TestMergePatch(t *testing.T) {
	named := func(name, value string) m { return m{"name": name, "value": value} }
	for name, tt := range map[string]struct {
		base, want, patch m
		repeats           int
	}{
		"the same":               {m{"a": "1"}, m{"a": "1"}, m{}, 0},
		"a change":               {m{"a": "1", "b": "1"}, m{"a": "2", "b": "1"}, m{"a": "2"}, 0},
		"one comes":              {m{}, m{"a": "1"}, m{"a": "1"}, 0},
		"nothing comes":          {m{}, m{"a": nil}, m{"a": nil}, 0},
		"one goes":               {m{"a": "1"}, m{}, m{"a": nil}, 0},
		"one key below":          {m{"a": m{"b": "1", "c": "1"}}, m{"a": m{"b": "1"}}, m{"a": m{"c": nil}}, 0},
		"nothing below":          {m{"a": m{"b": "1"}}, m{"a": m{}}, m{"a": m{}}, 0},
		"a mapping for a text":   {m{"a": "1"}, m{"a": m{"b": "1"}}, m{"a": m{"b": "1"}}, 0},
		"a list for a text":      {m{"a": "1"}, m{"a": l{"1"}}, m{"a": l{"1"}}, 0},
		"a plain list":           {m{"args": l{"a", "b", "c"}}, m{"args": l{"a", "b", "d"}}, m{"args": l{"a", "b", "d"}}, 2},
		"an element changes":     {m{"env": l{named("a", "1"), named("b", "1"), named("c", "1")}}, m{"env": l{named("a", "1"), named("b", "2"), named("c", "1")}}, m{"env": l{m{"name": "a"}, named("b", "2")}}, 1},
		"the first changes":      {m{"env": l{named("a", "1"), named("b", "1")}}, m{"env": l{named("a", "2"), named("b", "1")}}, m{"env": l{named("a", "2")}}, 0},
		"an empty list comes":    {m{}, m{"env": l{}}, m{"env": l{}}, 0},
		"the first of three":     {m{"env": l{named("a", "1"), named("b", "1"), named("c", "1")}}, m{"env": l{named("a", "2"), named("b", "1"), named("c", "1")}}, m{"env": l{named("a", "2")}}, 0},
		"an element comes":       {m{"env": l{named("a", "1")}}, m{"env": l{named("a", "1"), named("b", "1")}}, m{"env": l{m{"name": "a"}, named("b", "1")}}, 1},
		"an element comes first": {m{"env": l{named("a", "1")}}, m{"env": l{named("b", "1"), named("a", "1")}}, m{"env": l{named("b", "1")}}, 0},
		"an element goes":        {m{"env": l{named("a", "1"), named("b", "1")}}, m{"env": l{named("b", "1")}}, m{"env": l{m{"name": "a", "$patch": "delete"}}}, 0},
		"all elements go":        {m{"env": l{named("a", "1")}}, m{"env": l{}}, m{"env": l{m{"name": "a", "$patch": "delete"}}}, 0},
		"two change places":      {m{"env": l{named("a", "1"), named("b", "1"), named("c", "1")}}, m{"env": l{named("b", "1"), named("a", "1"), named("c", "1")}}, m{"env": l{m{"name": "b"}, m{"name": "a"}}}, 2},
		"all come":               {m{"env": l{}}, m{"env": l{named("a", "1")}}, m{"env": l{named("a", "1")}}, 0},
		"a key twice":            {m{"env": l{named("a", "1"), named("a", "2")}}, m{"env": l{named("a", "1")}}, m{"env": l{named("a", "1")}}, 2},
		"a key twice then":       {m{"env": l{named("a", "1")}}, m{"env": l{named("a", "1"), named("a", "2")}}, m{"env": l{named("a", "1"), named("a", "2")}}, 2},
		"an element without":     {m{"env": l{m{"value": "1"}}}, m{"env": l{m{"value": "2"}}}, m{"env": l{m{"value": "2"}}}, 0},
		"an element of text":     {m{"env": l{"a"}}, m{"env": l{"a", "b"}}, m{"env": l{"a", "b"}}, 1},
		"one of several keys":    {m{"ports": l{m{"containerPort": int64(80)}}}, m{"ports": l{m{"containerPort": int64(80), "name": "http"}}}, m{"ports": l{m{"containerPort": int64(80), "name": "http"}}}, 0},
		"repeats add up":         {m{"a": l{"1", "2"}, "b": m{"c": l{"1", "2"}}}, m{"a": l{"1", "3"}, "b": m{"c": l{"1", "2", "3"}}}, m{"a": l{"1", "3"}, "b": m{"c": l{"1", "2", "3"}}}, 3},
		"repeats of elements": {m{"containers": l{m{"name": "a", "args": l{"1", "2"}}, m{"name": "b", "args": l{"1"}}}}, m{"containers": l{m{"name": "a", "args": l{"1", "3"}}, m{"name": "b", "args": l{"1", "2"}}}},
			m{"containers": l{m{"name": "a", "args": l{"1", "3"}}, m{"name": "b", "args": l{"1", "2"}}}}, 2},
	} {
		patch, repeats := mergePatch(tt.base, tt.want)
		if diff := cmp.Diff(tt.patch, patch); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if repeats != tt.repeats {
			t.Errorf("%s: says %d lines again, want %d", name, repeats, tt.repeats)
		}
	}
}
