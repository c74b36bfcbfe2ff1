package rules

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// What findings call a measure, below, at and above each change of its form.
func TestWords(t *testing.T) {
	const mib, gib = 1 << 20, 1 << 30
	for _, tt := range []struct{ got, want string }{
		{memory(gib - 1), "1023Mi"}, {memory(gib), "1Gi"}, {memory(gib + 1), "1024Mi"}, {memory(2 * gib), "2Gi"}, {memory(mib), "1Mi"}, {memory(0), "0Mi"},
		{storage(gib - 1), "1Gi"}, {storage(gib + 1), "2Gi"}, {storage(0), "0Gi"}, {storage(2 * gib), "2Gi"}, {storage(math.MaxInt64), "8589934592Gi"},
		{cpu(999), "0.999"}, {cpu(1000), "1"}, {cpu(1001), "1.001"}, {cpu(1100), "1.1"}, {cpu(10), "0.01"}, {cpu(0), "0"}, {cpu(10000), "10"},
		{period(time.Hour - time.Second), "3599s"}, {period(time.Hour), "1h"}, {period(time.Hour + time.Minute), "61m"}, {period(time.Minute), "1m"}, {period(61 * time.Second), "61s"},
		{count(0, "node"), "0 nodes"}, {count(1, "node"), "1 node"}, {count(2, "node"), "2 nodes"},
		{verb(0, "stays", "stay"), "stay"}, {verb(1, "stays", "stay"), "stays"}, {verb(2, "stays", "stay"), "stay"},
		{list(nil), ""}, {list([]string{"a"}), "a"}, {list([]string{"a", "b"}), "a and b"}, {list([]string{"a", "b", "c"}), "a, b and c"},
		{copies(0), "0 copies"}, {copies(1), "1 copy"}, {copies(2), "2 copies"},
		{cue("kafka.replicas", 3), "kafka: replicas: 3"}, {cue(`images."my.image".tag`, "1"), `images: "my.image": tag: "1"`}, {cue("a"), "a"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// Numbers that do not fit are the largest that is reckoned with.
func TestMeasures(t *testing.T) {
	for _, tt := range []struct {
		q         string
		size, cpu int64
	}{
		{"140737488355327", tooMuch - 1, tooMuch}, {"140737488355328", tooMuch, tooMuch}, {"140737488355329", tooMuch, tooMuch},
		{"140737488355327m", 140737488356, tooMuch - 1}, {"140737488355329m", 140737488356, tooMuch},
		{"99999999999999999999Gi", tooMuch, 0}, {"1", 1, 1000}, {"x", tooMuch, 0},
	} {
		if got := size(tt.q); got != tt.size {
			t.Errorf("%s is a size of %d, want %d", tt.q, got, tt.size)
		}
		if got := milli(tt.q); got != tt.cpu {
			t.Errorf("%s are %d milli, want %d", tt.q, got, tt.cpu)
		}
	}
	if got := fmt.Sprint(lasts("1m"), lasts("99999999999h")); got != "1m0s 2562047h47m16.854775807s" {
		t.Error(got)
	}
}

// A suggestion is what was meant, or none: one letter and a third of them may be
// wrong.
func TestClosest(t *testing.T) {
	words := []string{"nodejs", "python", "php", "golang"}
	for word, want := range map[string]string{
		"nodejs": "nodejs", "NodeJS": "nodejs", "nodejsx": "nodejs", "nxdxjx": "nodejs", "nxdxxx": "",
		"pxx": "php", "px": "", "pxxx": "", "hph": "php", "phx": "php", "golan": "golang", "": "",
	} {
		if got := closest(word, words); got != want {
			t.Errorf("%q is taken for %q, want %q", word, got, want)
		}
	}
	if got := closest("abcd", []string{"abxx", "abcx"}); got != "abcx" {
		t.Errorf("not the closest: %s", got)
	}
	// Of two that are as close, the first.
	if got := closest("abcd", []string{"abcx", "abcy"}); got != "abcx" {
		t.Error(got)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "xbc", 1}, {"abc", "bc", 1}, {"bc", "abc", 1},
		{"abc", "abcd", 1}, {"abcd", "abc", 1}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"ab", "ba", 2}, {"aaaa", "bbbb", 4}, {"abcdef", "azced", 3},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q to %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
