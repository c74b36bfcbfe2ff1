package contract

import "testing"

// A number of bytes in which nothing fits lacks its unit, which is the one that
// brings it closest to what is usual.
func TestMemoryWithoutUnit(t *testing.T) {
	for _, tt := range []struct {
		value, usual, better string
	}{
		{"0", "", ""}, {"1048575", "", "1048575Mi"}, {"1048576", "", ""}, {"1Ki", "", ""}, {"0.5", "1Gi", "0.5Gi"},
		{"50", "20Gi", "50Gi"}, {"1", "20Gi", "1Gi"}, {"512", "2Gi", "512Mi"}, {"4", "256Mi", "4Gi"}, {"128", "256Mi", "128Mi"},
		{"2", "5Ti", "2Ti"}, {"32", "", "32Gi"}, {"32768", "", "32768Mi"},
	} {
		s := *contractOfForm(t, "#Memory")
		if tt.usual != "" {
			s.Default = tt.usual
		}
		refused := s.Refuses(tt.value) != ""
		if got := s.repair(tt.value); refused != (tt.better != "") || refused && got != tt.better {
			t.Errorf("%q beside %q: refused %v, better %q, want %q", tt.value, tt.usual, refused, got, tt.better)
		}
	}
}

func contractOfForm(t *testing.T, def string) *Shape {
	t.Helper()
	s := contractOf(t).Definition(def)
	if s == nil {
		t.Fatalf("there is no %s", def)
	}
	return s
}
