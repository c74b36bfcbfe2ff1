package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/value"
)

func TestMerges(t *testing.T) {
	const head = "configMapGenerator:\n- name: c\n  behavior: "
	for name, tt := range map[string]struct {
		base, want, emitted string
		// left is what a patch has still to do.
		left string
	}{
		"the same":       {"data: {A: '1'}\n", "data: {A: '1'}\n", "", ""},
		"changed":        {"data: {A: '1', B: '2', C: '3'}\n", "data: {A: '1', B: '4', C: '3'}\n", head + "merge\n  literals:\n  - B=4\n", ""},
		"new":            {"data: {A: '1'}\n", "data: {A: '1', B: '\"q\"', c.d: \"x\\ny\"}\n", head + "merge\n  envs:\n  - c.env\n  files:\n  - c.d\n", ""},
		"few are left":   {"data: {A: '1', B: '2', C: '3'}\n", "data: {A: '1', B: '2'}\n", head + "replace\n  literals:\n  - A=1\n  - B=2\n", ""},
		"many are left":  {"data: {A: '1', B: '2', C: '3', D: '4'}\n", "data: {A: '1', B: '2', C: '3'}\n", "", "+ data.D: \"4\"\n"},
		"all vanish":     {"data: {A: '1'}\n", "", head + "replace\n", ""},
		"becomes fixed":  {"data: {A: '1'}\n", "data: {A: '1'}\nimmutable: true\n", head + "merge\n  options:\n    immutable: true\n", ""},
		"stays fixed":    {"data: {A: '1'}\nimmutable: true\n", "data: {A: '2'}\nimmutable: true\n", head + "merge\n  literals:\n  - A=2\n  options:\n    immutable: true\n", ""},
		"is not fixed":   {"data: {A: '1'}\nimmutable: true\n", "data: {A: '2'}\n", head + "merge\n  literals:\n  - A=2\n", ""},
		"no more fixed":  {"data: {A: '1'}\nimmutable: true\n", "data: {A: '1'}\n", "", "+ immutable: true\n"},
		"other binary":   {"binaryData: {B: AP8=}\ndata: {A: '1'}\n", "binaryData: {B: AP4=}\n", head + "replace\n  files:\n  - B\n", ""},
		"no more binary": {"binaryData: {B: AP8=}\ndata: {A: '1'}\n", "data: {C: '1'}\n", head + "replace\n  literals:\n  - C=1\n", ""},
		"only binary":    {"binaryData: {B: AP8=}\n", "binaryData: {B: AP4=}\n", "", "- binaryData.B: \"AP4=\"\n+ binaryData.B: \"AP8=\"\n"},
	} {
		f, pairs := found(t, findMerges, hashedConfig+tt.base, hashedConfig+tt.want)
		if diff := cmp.Diff(tt.emitted, emitted(t, f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(tt.left, value.Diff(pairs[0].want.value, pairs[0].now)); diff != "" {
			t.Errorf("%s is left otherwise (-want +got):\n%s", name, diff)
		}
	}
}
