package environment

import (
	"slices"
	"testing"
)

// What the help for two lists says to write is a default that may be overridden.
func TestListAsDefault(t *testing.T) {
	for _, tt := range []struct{ name, other, want string }{
		{"not overridden", "", "nodejs"},
		{"by fewer", `production: runtimes: families: []`, ""},
		{"by more", `production: runtimes: families: ["python", "nodejs"]`, "python"},
	} {
		envs, found, err := LoadBytes("environments", map[string][]byte{
			"a.cue": []byte("package environments\n\nproduction: edge: host: \"a.example.com\"\nproduction: runtimes: families: *[\"nodejs\"] | [...]\n"),
			"b.cue": []byte("package environments\n\n" + tt.other + "\n"),
		})
		if err != nil || len(found) > 0 || len(envs) != 1 {
			t.Fatalf("%s: %v, %v", tt.name, found, err)
		}
		if got := slices.Concat(envs[0].Runtimes.Families, []string{""})[0]; got != tt.want {
			t.Errorf("%s: the first is %q, want %q", tt.name, got, tt.want)
		}
	}
}
