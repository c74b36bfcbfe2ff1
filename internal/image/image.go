// Package image makes the container image of whiskops' functions: the program alone,
// for several architectures, as an OCI index. Programs come in as bytes; what comes out
// is the same bytes for the same programs, without a time.
package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Nobody is the user and group as whom the functions run: they read standard input and
// write standard output, and need no rights.
const Nobody = "65532:65532"

// Program for an architecture of Linux.
type Program struct {
	// Architecture as Go names it: "amd64".
	Architecture string
	Binary       []byte
}

// Index of one image for each program. `whiskops fn` is what an image runs: the kind of
// a functionConfig says which function.
func Index(version string, programs ...Program) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range programs {
		image, err := one(version, p)
		if err != nil {
			return nil, fmt.Errorf("make the image for %s: %w", p.Architecture, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        image,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: p.Architecture}},
		})
	}
	return index, nil
}

func one(version string, p Program) (v1.Image, error) {
	files, err := files(p.Binary)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.AppendLayers(base, layer)
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, config(version, p, image))
}

// config of an image, with the layers that it has.
func config(version string, p Program, image v1.Image) *v1.ConfigFile {
	c := &v1.ConfigFile{OS: "linux", Architecture: p.Architecture}
	if is, err := image.ConfigFile(); err == nil {
		c.RootFS, c.History = is.RootFS, is.History
	}
	c.Config = v1.Config{
		User: Nobody, Entrypoint: []string{"/whiskops", "fn"}, WorkingDir: "/",
		Labels: map[string]string{"org.opencontainers.image.title": "whiskops", "org.opencontainers.image.version": version, "org.opencontainers.image.licenses": "Apache-2.0"},
	}
	return c
}

// files of the layer: the program, which root owns and everybody runs.
func files(binary []byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "whiskops", Mode: 0o755, Size: int64(len(binary)), Format: tar.FormatPAX}); err != nil {
		return nil, err
	}
	if _, err := w.Write(binary); err != nil {
		return nil, err
	}
	return b.Bytes(), w.Close()
}
