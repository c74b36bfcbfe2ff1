package krm

import (
	"bytes"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"
)

// A list that is written wrongly is told in words, whatever kyaml makes of it.
func TestExecuteRefuses(t *testing.T) {
	const config = "functionConfig: {kind: A}\n"
	for name, tt := range map[string]struct{ input, want string }{
		"functionConfig a list":   {"functionConfig: [a]\nitems: []\n", "functionConfig is no object"},
		"functionConfig a number": {"functionConfig: 5\nitems: []\n", "functionConfig is no object"},
		"functionConfig nothing":  {"functionConfig:\nitems: []\n", "functionConfig is no object"},
		"functionConfig twice":    {config + config + "items: []\n", "functionConfig is written twice in the list"},
		"a field of it twice":     {"functionConfig: {kind: A, spec: {l: [{b: 1, b: 2}]}}\nitems: []\n", "b is written twice in the functionConfig"},
		"items twice":             {config + "items: [{kind: B}]\nitems: [{kind: C}]\n", "items is written twice in the list"},
		"items a mapping":         {config + "items: {kind: B}\n", "items is no list"},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(*ResourceList) error { t.Error("the function runs"); return nil }
			err := Execute(run, &kio.ByteReadWriter{Reader: strings.NewReader("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n" + tt.input), Writer: &bytes.Buffer{}})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestExecuteTakesNoItems(t *testing.T) {
	for _, items := range []string{"", "items:\n", "items: []\n"} {
		ran := false
		run := func(rl *ResourceList) error { ran = len(rl.Items) == 0; return nil }
		err := Execute(run, &kio.ByteReadWriter{Reader: strings.NewReader("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: {kind: A}\n" + items), Writer: &bytes.Buffer{}})
		if err != nil || !ran {
			t.Errorf("%q: %v, ran %t", items, err, ran)
		}
	}
}
