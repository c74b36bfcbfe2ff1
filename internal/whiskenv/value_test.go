package whiskenv

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckValue(t *testing.T) {
	const (
		empty   = "is empty: the start script ignores it, and the image's default stays"
		named   = "is $ and a name: the start script puts that variable's value in its place"
		stops   = "starts with $: the start script stops there, and drops this and every CONFIG_ variable that sorts after it"
		quote   = "has a single quote: the start script loses every JVM option"
		newline = "has a line break: the start script of 2.0.0 makes it a blank, a later one loses every JVM option"
		tab     = "has a tab: the start script makes it a blank"
		blanks  = "has several blanks in a row: the start script makes them one"
		glob    = "has a word with *, ? or [ between blanks: the start script puts file names in its place"
	)
	for value, want := range map[string]string{
		"":                      empty,
		"$OTHER":                named,
		"$_x9":                  named,
		"$1":                    named,
		"$":                     stops,
		"$(POD_IP)":             stops,
		"${OTHER}":              stops,
		"$pa-ss":                stops,
		"$$":                    stops,
		"$9a":                   stops,
		"a'b":                   quote,
		"a\nb":                  newline,
		"a\n":                   newline,
		"a\tb":                  tab,
		"a  b":                  blanks,
		"a * b":                 glob,
		"a b? c":                glob,
		"a [x] b":               glob,
		"a * ":                  glob,
		"*":                     "",
		"a*":                    "",
		"* a":                   "",
		"a *":                   "",
		"10 minutes":            "",
		" a ":                   "",
		"pre$OTHER":             "",
		"a$(X)":                 "",
		`a"b\c` + "`d`":         "",
		"akka://s@1.2.3.4:25":   "",
		"file:/pod/action.yaml": "",
		"pässword":              "",
	} {
		if got := CheckValue(value); got != want {
			t.Errorf("CheckValue(%q) = %q, want %q", value, got, want)
		}
	}
}

func TestExpand(t *testing.T) {
	known := map[string]string{"POD_NAME": "controller-0", "EMPTY": "", "REF": "$(POD_NAME)", "a-b.c": "dotted"}
	lookup := func(name string) (string, bool) {
		value, ok := known[name]
		return value, ok
	}
	got := map[string]string{}
	want := map[string]string{
		"":                           "",
		"plain":                      "plain",
		"$(POD_NAME).controller":     "controller-0.controller",
		"akka://s@$(POD_NAME):25520": "akka://s@controller-0:25520",
		"$(POD_NAME)$(POD_NAME)":     "controller-0controller-0",
		"[$(EMPTY)]":                 "[]",
		"$(REF)":                     "$(POD_NAME)",
		"$(a-b.c)":                   "dotted",
		"$(MISSING).x":               "$(MISSING).x",
		"$$(POD_NAME)":               "$(POD_NAME)",
		"$$$(POD_NAME)":              "$controller-0",
		"$$":                         "$",
		"$":                          "$",
		"a$":                         "a$",
		"$POD_NAME":                  "$POD_NAME",
		"${POD_NAME}":                "${POD_NAME}",
		"$(POD_NAME":                 "$(POD_NAME",
		"$x$(POD_NAME)":              "$xcontroller-0",
		"$()":                        "$()",
	}
	for value := range want {
		got[value] = Expand(value, lookup)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
