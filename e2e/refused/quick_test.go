package refused

import "testing"

func TestQuick(t *testing.T) {
	r := begin(t, "1.34.4")
	r.run(t, variants(t))
	r.all(t)
}
