package overlay

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
)

var update = flag.Bool("update", false, "rewrite the expected files of testdata/*.txtar")

// TestForms shows each form that a difference can take. A case has base.yaml
// and want.yaml, the desired objects, and the files that are made of them.
// With -update the files are rewritten.
func TestForms(t *testing.T) {
	found, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(found) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range found {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(text)
			base, want, inputs := inputs(t, archive)
			b, err := New(base, "base")
			if err != nil {
				t.Fatal(err)
			}
			files := map[string][]byte{}
			if strings.HasPrefix(filepath.Base(file), "base-") {
				files = b.Files()
			}
			if want != nil {
				overlay, err := b.Overlay(want, Options{Environment: "test"})
				if err != nil {
					t.Fatal(err)
				}
				built, err := kustomize.Build(kustomize.NewTree(overlay, b.Files()), "overlays/test")
				if err != nil {
					t.Fatal(err)
				}
				if err := Prove(built, want); err != nil {
					t.Fatal(err)
				}
				// The root says the same in every case but one.
				if filepath.Base(file) != "objects.txtar" {
					delete(overlay, "overlays/test/kustomization.yaml")
				}
				maps.Copy(files, overlay)
			}
			got := &txtar.Archive{Comment: archive.Comment, Files: inputs}
			for _, name := range slices.Sorted(maps.Keys(files)) {
				got.Files = append(got.Files, txtar.File{Name: name, Data: endLine(files[name])})
			}
			if out := txtar.Format(got); !bytes.Equal(out, text) {
				if *update {
					if err := os.WriteFile(file, out, 0o666); err != nil {
						t.Fatal(err)
					}
					return
				}
				t.Errorf("files differ (-want +got):\n%s", cmp.Diff(string(text), string(out)))
			}
		})
	}
}

// endLine is what txtar does to a file without a last line break.
func endLine(text []byte) []byte {
	if len(text) > 0 && text[len(text)-1] != '\n' {
		return append(slices.Clip(text), '\n')
	}
	return text
}

func inputs(t *testing.T, archive *txtar.Archive) (base, want []*yaml.RNode, files []txtar.File) {
	t.Helper()
	for _, f := range archive.Files {
		switch f.Name {
		case "base.yaml":
			base = objects(t, string(f.Data))
		case "want.yaml":
			want = objects(t, string(f.Data))
		default:
			continue
		}
		files = append(files, f)
	}
	return base, want, files
}

// objects reads YAML documents. Each says its tier and component in a comment
// in its first line, "# tier/component".
func objects(t *testing.T, text string) []*yaml.RNode {
	t.Helper()
	var nodes []*yaml.RNode
	for _, document := range strings.Split(text, "---\n") {
		n, err := kio.FromBytes([]byte(document))
		if err != nil || len(n) != 1 {
			t.Fatalf("%v in\n%s", err, document)
		}
		line, _, _ := strings.Cut(document, "\n")
		tier, component, _ := strings.Cut(strings.TrimPrefix(line, "# "), "/")
		labels := n[0].GetLabels()
		labels["app.kubernetes.io/name"], labels["app.kubernetes.io/component"] = component, tier
		if err := n[0].SetLabels(labels); err != nil {
			t.Fatal(err)
		}
		n[0].YNode().HeadComment = ""
		annotations := n[0].GetAnnotations()
		for _, a := range []string{"config.kubernetes.io/index", "internal.config.kubernetes.io/index", "internal.config.kubernetes.io/seqindent"} {
			delete(annotations, a)
		}
		if err := n[0].SetAnnotations(annotations); err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, n[0])
	}
	return nodes
}

// What a cluster takes has a file name that a file system takes.
func TestGoldenNamesAreShort(t *testing.T) {
	object := func(name string) kustomize.Object { return kustomize.Object{Kind: "ConfigMap", Name: name} }
	at := strings.Repeat("a", mostFileName-len("configmap-"))
	got := GoldenNames([]kustomize.Object{object(at), object(at + "a"), object(at + "b")})
	if want := "configmap-" + at + ".yaml"; got[0] != want {
		t.Errorf("%s, want %s", got[0], want)
	}
	for _, name := range got[1:] {
		if len(name) != mostFileName+len(".yaml") || !strings.HasPrefix(name, got[0][:mostFileName-13]) {
			t.Errorf("%s has %d bytes", name, len(name))
		}
	}
	if got[1] == got[2] {
		t.Errorf("two objects have the file %s", got[1])
	}
}
