package page

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast: what is read has the contrast that WCAG 2.2 asks for at level AA (1.4.3,
// 1.4.11), in light and in dark: 4.5 for text, 3 for bars and lines.
func TestContrast(t *testing.T) {
	color := regexp.MustCompile(`--([a-z]+): #([0-9a-f]{3,6});`)
	light, dark, ok := strings.Cut(style, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there is no dark")
	}
	dark = dark[:strings.Index(dark, "* {")]
	for name, css := range map[string]string{"light": light, "dark": dark} {
		colors := map[string]float64{}
		for _, m := range color.FindAllStringSubmatch(css, -1) {
			colors[m[1]] = luminance(t, m[2])
		}
		check := func(least float64, front string, backs ...string) {
			for _, back := range backs {
				a, b := colors[front], colors[back]
				if is := (math.Max(a, b) + .05) / (math.Min(a, b) + .05); is < least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", name, front, back, is, least)
				}
			}
		}
		check(4.5, "text", "ground", "raised", "old", "new", "here")
		for _, front := range []string{"quiet", "link", "grave", "warn", "mark"} {
			check(4.5, front, "ground", "raised")
		}
		for _, front := range []string{"requests", "actions", "reserve"} {
			check(3, front, "ground")
		}
		if len(colors) < 15 {
			t.Errorf("%s has %d colours", name, len(colors))
		}
	}
}

// luminance as WCAG defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// TestStyleLoadsNothing: the page's own style fetches nothing, and what moves nobody
// asked for.
func TestStyleLoadsNothing(t *testing.T) {
	for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(style, -1) {
		if !strings.HasPrefix(m[1], "#") {
			t.Errorf("it loads %s", m[1])
		}
	}
	for _, no := range []string{"@import", "@font-face", "animation", "transition"} {
		if strings.Contains(style, no) {
			t.Errorf("it has %s", no)
		}
	}
}
