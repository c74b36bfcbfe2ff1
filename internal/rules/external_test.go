package rules

import (
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

func TestPrivate(t *testing.T) {
	c := checker{Values: valuesOf(t, []environment.Environment{environment.Base()})[0]}
	for host, want := range map[string]bool{
		"10.0.0.1": true, "127.0.0.1": true, "169.254.1.1": true, "fd00::1": true, "8.8.8.8": false, "2001:4860::1": false,
		"db": true, "db.data.svc": true, "db.data.svc.cluster.local": true, "db.internal": true, "db.lan": true,
		"db.example.com": false, "db.mysvc": false, "svc.example": false,
	} {
		if got := c.private(host); got != want {
			t.Errorf("%s is private: %v", host, got)
		}
	}
}
