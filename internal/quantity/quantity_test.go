package quantity

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in           string
		bytes, milli int64
	}{
		{"0", 0, 0}, {"1", 1, 1000}, {"500m", 1, 500}, {"1.5Gi", 3 << 29, 3 << 29 * 1000}, {"2k", 2000, 2000000},
		{"512Mi", 512 << 20, 512 << 20 * 1000}, {"0.1", 1, 100}, {"1T", 1e12, 1e15},
	} {
		b, err := Bytes(tt.in)
		if err != nil || b != tt.bytes {
			t.Errorf("Bytes(%q) = %d, %v, want %d", tt.in, b, err, tt.bytes)
		}
		m, err := Milli(tt.in)
		if err != nil || m != tt.milli {
			t.Errorf("Milli(%q) = %d, %v, want %d", tt.in, m, err, tt.milli)
		}
	}
	for _, in := range []string{"", "Mi", "1 Gi", "-1", "1.2.3", "1e3", "999999999999999999999Ti", "five"} {
		if n, err := Bytes(in); err == nil || !strings.Contains(err.Error(), in) {
			t.Errorf("Bytes(%q) = %d, %v, want an error that quotes it", in, n, err)
		}
	}
}
