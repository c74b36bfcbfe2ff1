package rules

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/quantity"
)

// tooMuch bounds sizes, so that sums of them do not overflow: 128 TiB, on
// 5000 nodes and a dozen times over.
const tooMuch = int64(1) << 47

// size of a quantity in bytes, at most tooMuch.
func size(q string) int64 {
	n, err := quantity.Bytes(q)
	if err != nil {
		return tooMuch
	}
	return min(n, tooMuch)
}

// milli returns thousandths of a quantity; nothing for an empty one.
func milli(q string) int64 {
	n, err := quantity.Milli(q)
	if err != nil {
		return 0
	}
	return min(n, tooMuch)
}

// lasts reads a duration; one that is too long for Go lasts for ever.
func lasts(d string) time.Duration {
	n, err := time.ParseDuration(d)
	if err != nil {
		return math.MaxInt64
	}
	return n
}

// memory writes bytes as a quantity, rounded down to MiB.
func memory(bytes int64) string {
	const gib = 1 << 30
	if bytes >= gib && bytes%gib == 0 {
		return fmt.Sprintf("%dGi", bytes/gib)
	}
	return quantity.FormatMiB(bytes)
}

// storage writes bytes as a quantity that holds them: rounded up to GiB.
func storage(bytes int64) string {
	const gib = 1 << 30
	n := bytes / gib
	if bytes%gib > 0 {
		n++
	}
	return fmt.Sprintf("%dGi", n)
}

// cpu writes millicores as a quantity in CPUs: "3.1".
func cpu(millis int64) string {
	text := fmt.Sprintf("%d.%03d", millis/1000, millis%1000)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// period writes a duration as the schema takes it, in the largest whole unit.
func period(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// count writes a number and a noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// verb chooses the form that goes with a number.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// list joins words for a sentence: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// closest returns the candidate that word was most likely meant to be, or "".
func closest(word string, candidates []string) string {
	best, least := "", 1+len(word)/3
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least || d == least && best == "" {
			best, least = c, d
		}
	}
	return best
}

// distance is the number of letters to add, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next := min(row[j]+1, row[j-1]+1, diagonal+cost)
			diagonal, row[j] = row[j], next
		}
	}
	return row[len(b)]
}

// meant words the help for a name that is none of those allowed.
func meant(word string, allowed []string) string {
	if c := closest(word, allowed); c != "" {
		return fmt.Sprintf("did you mean %q? there are %s", c, list(quoted(allowed)))
	}
	return "write one of " + list(quoted(allowed))
}

func quoted(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = fmt.Sprintf("%q", w)
	}
	return all
}
