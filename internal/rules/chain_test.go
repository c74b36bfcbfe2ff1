package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// idleAt tells whether a field is found to have no effect.
func idleAt(t *testing.T, field string, set func(e *env)) bool {
	t.Helper()
	e := environment.Base()
	e.Source, e.Edge.Host, e.Cluster.Nodes = anywhere{}, "functions.example.com", pools()
	set(&e)
	return slices.ContainsFunc(Check(valuesOf(t, []env{e})[0]), func(f finding.Finding) bool {
		return f.Code == "WO298" && strings.HasSuffix(f.Path, field)
	})
}

// What a link holds above the one behind it does nothing.
func TestIdleLinks(t *testing.T) {
	for _, tt := range []struct {
		field string
		at    int
		set   func(e *env, n int)
	}{
		{"edge.readTimeout", 75, func(e *env, n int) { e.Edge.ReadTimeout = seconds(n) }},
		{"edge.readTimeout", 315, func(e *env, n int) { e.Edge.ReadTimeout, e.Limits.Blocking = seconds(n), "300s" }},
		{"edge.bodySize", 50, func(e *env, n int) { e.Edge.BodySize = n }},
		{"edge.bodySize", 3, func(e *env, n int) { e.Edge.BodySize, e.Limits.Action = n, 1 }},
		{"edge.bodySize", 100, func(e *env, n int) { e.Edge.BodySize, e.Limits.Payload = n, 100<<20 }},
	} {
		for _, n := range []int{tt.at - 1, tt.at, tt.at + 1} {
			if found := idleAt(t, tt.field, func(e *env) { tt.set(e, n) }); found != (n > tt.at) {
				t.Errorf("%s of %d, which does nothing above %d: found %v", tt.field, n, tt.at, found)
			}
		}
	}
}

// Each way of reading that the catalogue names is known, and writes what it reads.
func TestReadings(t *testing.T) {
	for _, release := range catalog.Releases() {
		c, err := catalog.Load(release)
		if err != nil {
			t.Fatal(err)
		}
		for name, front := range c.Fronts {
			for _, s := range front.Settings {
				how, ok := readings[s.Reads]
				if !ok {
					t.Errorf("front %s reads %q", name, s.Reads)
					continue
				}
				for _, n := range []int{1, 59, 60, 61, 75, 3600} {
					if got, endless, ok := how.read(how.as(n)); !ok || endless || got < base(unitOf(c, s.Limit), n) {
						t.Errorf("front %s, %d: reads %q as %d, %v, %v", name, n, how.as(n), got, endless, ok)
					}
				}
			}
		}
	}
}

func unitOf(c *catalog.Catalog, limit string) string {
	for _, l := range c.Limits {
		if l.Name == limit {
			return l.Unit
		}
	}
	return ""
}

// A value is what its reader makes of it.
func TestReadsAsTheReader(t *testing.T) {
	const second = 1_000_000_000
	const dropped = -1
	for _, tt := range []struct {
		reads, text string
		want        int64
	}{
		{"whole", "75", 75 * second}, {"whole", "75s", dropped}, {"whole", "", dropped}, {"whole", "7.5", dropped}, {"whole", " 75", dropped}, {"whole", "1m", dropped},
		{"minutes", "4", 240 * second}, {"minutes", "240s", dropped},
		{"size", "8m", 8 << 20}, {"size", "8M", 8 << 20}, {"size", "8 m", 8 << 20}, {"size", "1g", 1 << 30}, {"size", "9k", 9 << 10}, {"size", "7", 7}, {"size", "8MB", dropped}, {"size", "8Mi", dropped}, {"size", "m", dropped},
		{"nginx-time", "75", 75 * second}, {"nginx-time", "75s", 75 * second}, {"nginx-time", "1m15s", 75 * second}, {"nginx-time", "1m 15s", 75 * second}, {"nginx-time", "75us", dropped}, {"nginx-time", "x", dropped}, {"nginx-time", "", dropped},
		{"haproxy-time", "75s", 75 * second}, {"haproxy-time", "75", 75_000_000}, {"haproxy-time", "75000", 75 * second}, {"haproxy-time", "1m15s", dropped}, {"haproxy-time", "1d", 86400 * second}, {"haproxy-time", "999999999d", 100 * 365 * 86400 * second},
	} {
		n, endless, ok := readings[tt.reads].read(tt.text)
		if !ok {
			n = dropped
		}
		if n != tt.want || endless {
			t.Errorf("%s reads %q as %d (no limit: %v), want %d", tt.reads, tt.text, n, endless, tt.want)
		}
	}
	if n, endless, ok := nginxSize("0"); n != 0 || !endless || !ok {
		t.Error("0 is no limit of nginx's sizes")
	}
}

// Whatever is written, reading ends, and what is read is no less than nothing.
func FuzzReadings(f *testing.F) {
	for _, s := range []string{"75", "75s", "1m 30s", "8m", "0", "", "999999999d999999999d", "9999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, how := range readings {
			if n, _, ok := how.read(text); ok && n < 0 && !strings.HasPrefix(text, "-") {
				t.Errorf("%s reads %q as %d", name, text, n)
			}
		}
	})
}

// Every front's derived annotations are those that its own reader takes for enough,
// and no finding is about them.
func TestDerivedIsEnough(t *testing.T) {
	for _, class := range []string{"nginx", "public", "traefik", "alb", "gce", "haproxy", "openshift-default", "unknown"} {
		for _, blocking := range []string{"60s", "600s"} {
			e := environment.Base()
			e.Edge.Ingress, e.Limits.Blocking = &environment.Ingress{Class: class}, blocking
			v := valuesOf(t, []env{e})[0]
			annotations, err := v.Annotations(catalog.OnIngress)
			if err != nil {
				t.Fatal(err)
			}
			e.Edge.Ingress.Annotations = annotations
			for _, f := range Check(valuesOf(t, []env{e})[0]) {
				if slices.Contains([]string{"WO247", "WO248", "WO250", "WO264"}, f.Code) {
					t.Errorf("class %s, %s: %s %s", class, blocking, f.Code, f.Message)
				}
			}
			if fmt.Sprint(annotations) == fmt.Sprint(map[string]string{}) != slices.Contains([]string{"traefik", "gce", "unknown"}, class) {
				t.Errorf("class %s: annotations %v", class, annotations)
			}
		}
	}
}
