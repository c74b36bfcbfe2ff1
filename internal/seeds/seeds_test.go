package seeds

import (
	"flag"
	"slices"
	"testing"
)

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		short, seed, cases string
		want               []uint64
	}{
		{"true", "1", "0", []uint64{1, 2}},
		{"false", "1", "0", []uint64{1, 2, 3}},
		{"true", "17", "1", []uint64{17}},
		{"false", "18446744073709551615", "2", []uint64{1<<64 - 1, 0}},
	} {
		set(t, "test.short", tt.short)
		set(t, "seed", tt.seed)
		set(t, "cases", tt.cases)
		if got := Of(t, 2, 3); !slices.Equal(got, tt.want) {
			t.Errorf("-short=%s -seed=%s -cases=%s: %d, want %d", tt.short, tt.seed, tt.cases, got, tt.want)
		}
	}
}

// set a flag until the test ends.
func set(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	before := f.Value.String()
	t.Cleanup(func() {
		if err := f.Value.Set(before); err != nil {
			t.Error(err)
		}
	})
	if err := f.Value.Set(value); err != nil {
		t.Fatal(err)
	}
}
