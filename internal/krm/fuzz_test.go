package krm_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

// FuzzExecute: whatever is read, there is a list or a complaint, and what came out once
// comes out of a second run as it is.
func FuzzExecute(f *testing.F) {
	const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: "
	f.Add([]byte(head + config("name: a", "selector: {}, priority: 5") + "\nitems:\n" + pods))
	f.Add([]byte(head + config("name: a", "selector: {labelSelector: a}") + "\nitems: [{kind: Pod, apiVersion: v1, metadata: {name: &a x, labels: &l {a: *a}}, spec: {<<: *l}}]\n"))
	f.Add([]byte("a: &a [*a]"))
	for _, text := range krmtest.ForeignShapes(f) {
		indented := "- " + strings.ReplaceAll(strings.ReplaceAll(string(text), "\n", "\n  "), "\n  ---\n  ", "\n- ")
		f.Add([]byte(head + config("name: a", "selector: {}, priority: 5") + "\nitems:\n" + indented))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		var once, twice, errs bytes.Buffer
		err := krm.Execute(prioritize.Process, bytes.NewReader(input), &once, &errs)
		if errors.Is(err, krm.ErrRefused) {
			if !strings.HasPrefix(errs.String(), "error: ") && !strings.HasPrefix(errs.String(), "warning: ") {
				t.Errorf("refused without a word: %q", errs.String())
			}
			return
		}
		if err != nil {
			t.Fatalf("a fault: %v", err)
		}
		again := strings.Replace(once.String(), "\nitems:", "\nfunctionConfig: "+config("name: a", "selector: {}, priority: 5")+"\nitems:", 1)
		if err := krm.Execute(prioritize.Process, strings.NewReader(again), &twice, &errs); err != nil && !errors.Is(err, krm.ErrRefused) {
			t.Fatalf("what came out is not read: %v", err)
		}
	})
}
