package workload

import (
	"encoding/json"
	"testing"
)

// TestAmounts: a number and a percentage come back as they were.
func TestAmounts(t *testing.T) {
	for _, tt := range []struct {
		json  string
		valid bool
	}{
		{"-1", false}, {"0", false}, {"1", true}, {"2", true},
		{`"0%"`, false}, {`"1%"`, true}, {`"100%"`, true}, {`"101%"`, false},
		{`""`, false}, {`"%"`, false}, {`"01%"`, false}, {`"10 %"`, false}, {`"ten"`, false},
	} {
		var a Amount
		if err := json.Unmarshal([]byte(tt.json), &a); err != nil {
			t.Errorf("%s: %v", tt.json, err)
		}
		again, err := json.Marshal(a)
		if string(again) != tt.json || err != nil || a.valid() != tt.valid {
			t.Errorf("%s: written %s (%v), valid %v", tt.json, again, err, a.valid())
		}
	}
	for _, text := range []string{"1.5", "true", "{}", `["1"]`} {
		var a Amount
		if err := json.Unmarshal([]byte(text), &a); err == nil {
			t.Errorf("%s is taken for %q", text, a)
		}
	}
}
