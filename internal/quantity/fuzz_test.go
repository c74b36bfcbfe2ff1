package quantity

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// FuzzQuantity: both readings of a quantity agree up to their rounding, and an
// error quotes what is wrong.
func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"", "0", "1.5Gi", "500m", "0.000000001k", ".5Mi", "1.", ".", "999999999999999Ti", "9223372036854775807", "1e3", "-1", "1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		whole, err := Bytes(s)
		if err != nil {
			if !strings.Contains(err.Error(), strconv.Quote(s)) {
				t.Fatalf("Bytes(%q): %v", s, err)
			}
			return
		}
		if whole < 0 {
			t.Errorf("Bytes(%q) = %d", s, whole)
		}
		milli, err := Milli(s)
		switch {
		case err != nil && whole < math.MaxInt64/1000:
			t.Errorf("Bytes(%q) = %d, but Milli: %v", s, whole, err)
		case err == nil && (milli > whole*1000 || milli <= (whole-1)*1000):
			t.Errorf("Bytes(%q) = %d, but Milli is %d", s, whole, milli)
		}
	})
}
