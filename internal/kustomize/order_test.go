package kustomize

import "testing"

// What a folder's build reads is its own files and those of base that it names.
func TestReads(t *testing.T) {
	b := NewBuilder(map[string][]byte{"base/r/a/kustomization.yaml": make([]byte, 7), "base/r/a/x.yaml": make([]byte, 5), "base/r/b/kustomization.yaml": make([]byte, 11)}, nil)
	own := "resources:\n- ../../../base/r/a\n- own.yaml\n"
	files := map[string][]byte{"overlays/e/t/kustomization.yaml": []byte(own), "overlays/e/t/own.yaml": make([]byte, 3)}
	if got, want := b.reads(files, "overlays/e/t"), len(own)+3+7+5; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}
