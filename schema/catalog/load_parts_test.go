package catalog_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inNode runs an expression beside the programs, which have the names of their files,
// and gives its value.
func inNode(t *testing.T, expression string, into any) {
	t.Helper()
	dir := filepath.Dir(loadPrograms(t))
	script := "process.stdout.write(JSON.stringify((() => {\n"
	for _, name := range []string{"plan", "histogram", "picture", "judge"} {
		script += fmt.Sprintf("const %s = require(%q);\n", name, filepath.Join(dir, name+".js"))
	}
	file := filepath.Join(dir, "expression.js")
	if err := os.WriteFile(file, []byte(script+expression+"\n})()));\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(node(t), file).Output()
	if err != nil {
		t.Fatalf("%v of %s", err, expression)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}

// TestLoadPlan: when requests are due, by hand.
func TestLoadPlan(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		stages, shares string
		want           []string
	}{
		{"steady 120 2", "warm 1", []string{"0 warm", "500 warm", "1000 warm", "1500 warm"}},
		{"burst 120 2", "warm 1", []string{"0 warm", "0 warm", "1000 warm", "1000 warm"}},
		// From none to two a second in two seconds: two requests, whose number grows with the square.
		{"ramp 120 2", "warm 1", []string{"0 warm", "1414 warm"}},
		{"steady 60 1,ramp 180 2", "warm 1", []string{"0 warm", "1000 warm", "1732 warm", "2236 warm", "2646 warm"}},
		{"ramp 60 1,steady 60 1", "warm 1", []string{"0 warm", "1000 warm"}},
		{"steady 240 1", "warm 2,cold 1,web 0,nonBlocking 1", []string{"0 warm", "250 cold", "500 nonBlocking", "750 warm"}},
	} {
		var got []string
		inNode(t, fmt.Sprintf("return [...plan.arrivals(%q, %q)].map((a) => Math.round(a.at) + ' ' + a.kind);", tt.stages, tt.shares), &got)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", tt.shares, tt.stages, diff)
		}
	}
}

// TestLoadHistogram: a percentile is not below the time that it stands for, and at most
// 1.6 % above, whatever the times.
func TestLoadHistogram(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for round := range 5 {
		var times []float64
		for range 1 + r.IntN(2000) {
			// Whole microseconds of all sizes, up to an hour.
			times = append(times, float64(int64(1)<<r.IntN(32)+r.Int64N(1000))/1000)
		}
		text, err := json.Marshal(times)
		if err != nil {
			t.Fatal(err)
		}
		var got []float64
		inNode(t, "const h = new histogram.Histogram();\n"+string(text)+".forEach((n) => h.add(n));\nreturn [0.01, 0.5, 0.95, 0.99, 1].map((s) => h.percentile(s));", &got)
		slices.Sort(times)
		for i, share := range []float64{0.01, 0.5, 0.95, 0.99, 1} {
			at := max(1, int(share*float64(len(times))+0.9999999))
			want := times[min(at, len(times))-1]
			if got[i] < want-1e-9 || got[i] > want*1.016+0.001 {
				t.Errorf("seed %d, round %d: %v of %d times is %v, want %v", seed, round, share, len(times), got[i], want)
			}
		}
	}
	var none any
	inNode(t, "return new histogram.Histogram().percentile(0.5);", &none)
	if none != nil {
		t.Errorf("of no time the median is %v", none)
	}
}

// TestLoadPicture: the same report makes the same picture, and nothing in a report is
// markup.
func TestLoadPicture(t *testing.T) {
	const draw = `const report = {
  verdict: "missed", because: "p95 is <script>alert(1)</script> & \"more\" \u202e", summary: "</text>",
  thresholds: [{ name: "p95", limit: 100 }],
  timeline: { seconds: 1, slots: [{ sent: 3, answered: 2, failed: 1, p50: 5, p95: 250, p99: 260 }, { sent: 3, answered: 0, failed: 3, p50: null, p95: null, p99: null }] },
};
return [picture.picture(report), picture.picture(report)];`
	var got []string
	inNode(t, draw, &got)
	if got[0] != got[1] {
		t.Error("the same report makes two pictures")
	}
	for _, bad := range []string{"<script", "</text></text>", "\u202e", "NaN", "undefined", "Infinity"} {
		if strings.Contains(got[0], bad) {
			t.Errorf("the picture has %q:\n%s", bad, got[0])
		}
	}
	if !strings.Contains(got[0], "limit of p95") {
		t.Errorf("the limit is not drawn:\n%s", got[0])
	}
}
