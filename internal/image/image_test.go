package image

import (
	"archive/tar"
	"io"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func index(t *testing.T, amd64 string) v1.ImageIndex {
	t.Helper()
	made, err := Index("1.2.3", Program{"amd64", []byte(amd64)}, Program{"arm64", []byte("other")})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// An image of each architecture runs the functions as nobody, and has the program alone.
func TestIndex(t *testing.T) {
	made := index(t, "program")
	dir := t.TempDir()
	if _, err := layout.Write(dir, made); err != nil {
		t.Fatal(err)
	}
	read, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(read); err != nil {
		t.Fatal(err)
	}
	manifest, err := read.IndexManifest()
	if err != nil || len(manifest.Manifests) != 2 {
		t.Fatalf("%v, %v", manifest, err)
	}
	for i, want := range []struct{ architecture, program string }{{"amd64", "program"}, {"arm64", "other"}} {
		m := manifest.Manifests[i]
		image, err := read.Image(m.Digest)
		if err != nil {
			t.Fatal(err)
		}
		c, err := image.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if m.Platform.Architecture != want.architecture || c.Architecture != want.architecture || c.OS != "linux" || c.Config.User != Nobody ||
			len(c.Config.Entrypoint) != 2 || c.Config.Entrypoint[0] != "/whiskops" || c.Config.Entrypoint[1] != "fn" || !c.Created.IsZero() {
			t.Errorf("%+v", c)
		}
		files := tar.NewReader(mutate.Extract(image))
		h, err := files.Next()
		if err != nil || h.Name != "whiskops" || h.FileInfo().Mode() != 0o755 {
			t.Fatalf("%+v, %v", h, err)
		}
		if text, err := io.ReadAll(files); err != nil || string(text) != want.program {
			t.Errorf("%q, %v", text, err)
		}
		if _, err := files.Next(); err != io.EOF {
			t.Errorf("there is more: %v", err)
		}
	}
}

// The same programs are the same image, and another one is another.
func TestSameBytes(t *testing.T) {
	digest := func(of string) v1.Hash {
		h, err := index(t, of).Digest()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	first, again, other := digest("a"), digest("a"), digest("b")
	if first != again || first == other {
		t.Error("the digest does not stand for the programs")
	}
}
