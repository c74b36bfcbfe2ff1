package rules

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// reading is how a front reads a value: what it takes, and what the value comes
// to, in bytes or as a duration in nanoseconds.
type reading struct {
	// takes says in words what is read, and as shows how a number is written.
	takes string
	as    func(need int) string
	// read is false for what the front drops; endless for what it takes as no
	// limit at all.
	read func(text string) (n int64, endless, ok bool)
}

// readings by the names that the catalogue gives them.
var readings = map[string]reading{
	"whole":        {"a whole number of seconds", strconv.Itoa, wholeNumber(time.Second)},
	"minutes":      {"a whole number of minutes", func(n int) string { return strconv.Itoa((n + 59) / 60) }, wholeNumber(time.Minute)},
	"size":         {"a whole number of bytes, or of them with k, m or g", func(n int) string { return strconv.Itoa(n) + "m" }, nginxSize},
	"nginx-time":   {"whole numbers with ms, s, m, h or d", inSeconds, nginxTime},
	"haproxy-time": {"a whole number with us, ms, s, m, h or d, and one without a unit as milliseconds", inSeconds, haproxyTime},
}

func inSeconds(n int) string { return strconv.Itoa(n) + "s" }

func wholeNumber(unit time.Duration) func(string) (int64, bool, bool) {
	return func(text string) (int64, bool, bool) {
		n, err := strconv.ParseInt(text, 10, 32)
		return n * int64(unit), false, err == nil
	}
}

var (
	sizes = regexp.MustCompile(`^([0-9]{1,9})([bkmgBKMG]?)$`)
	times = regexp.MustCompile(`^([0-9]{1,9})(us|ms|s|m|h|d)?`)
)

// nginxSize takes 0 as no limit.
func nginxSize(text string) (int64, bool, bool) {
	m := sizes.FindStringSubmatch(strings.ReplaceAll(text, " ", ""))
	if m == nil {
		return 0, false, false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	shift := map[string]int{"k": 10, "m": 20, "g": 30}[strings.ToLower(m[2])]
	return n << shift, n == 0, err == nil
}

var units = map[string]time.Duration{
	"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// nginxTime adds up what may stand one after the other: "1m 30s". A bare number is
// seconds.
func nginxTime(text string) (int64, bool, bool) {
	var all time.Duration
	text = strings.ReplaceAll(text, " ", "")
	for rest := text; rest != ""; {
		m := times.FindStringSubmatch(rest)
		if m == nil || m[2] == "us" {
			return 0, false, false
		}
		all += span(m, time.Second)
		rest = rest[len(m[0]):]
	}
	return int64(all), false, text != ""
}

// haproxyTime is one number; a bare one is milliseconds.
func haproxyTime(text string) (int64, bool, bool) {
	m := times.FindStringSubmatch(text)
	if m == nil || m[0] != text {
		return 0, false, false
	}
	return int64(span(m, time.Millisecond)), false, true
}

// span of a number and a unit; of a long one so much as can be counted.
func span(m []string, bare time.Duration) time.Duration {
	n, _ := strconv.ParseInt(m[1], 10, 64) // digits, at most nine
	unit, ok := units[m[2]]
	if !ok {
		unit = bare
	}
	const most = 100 * 365 * 24 * time.Hour
	if time.Duration(n) > most/unit {
		return most
	}
	return time.Duration(n) * unit
}
