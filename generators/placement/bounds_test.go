package placement

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

// A selector of one label is one, and of none is left out.
func TestSelector(t *testing.T) {
	for _, tt := range []struct {
		pool, arch string
		want       krm.M
	}{
		{"", "", krm.M{}},
		{"core", "", krm.M{"nodeSelector": krm.M{"role": "core"}}},
		{"", "amd64", krm.M{"nodeSelector": krm.M{architecture: "amd64"}}},
		{"core", "amd64", krm.M{"nodeSelector": krm.M{"role": "core", architecture: "amd64"}}},
	} {
		pod := place(Spec{NodeLabel: "role", Pool: tt.pool, Arch: tt.arch})
		if diff := cmp.Diff(tt.want, pod); diff != "" {
			t.Errorf("%q, %q (-want +got):\n%s", tt.pool, tt.arch, diff)
		}
	}
}
