// Package artifact makes of files what Flux's OCIRepository takes: a manifest
// with one layer, a compressed tar. The same files are the same bytes, on any
// machine and with any version of Go, so that they have the same digest.
//
// In: files in memory, and where they came from if someone says so. Out: an image
// for internal/registry, or why an address cannot be pushed to.
package artifact

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Codes of findings about what cannot be pushed.
const (
	CodeLink  = "WO639" // a symbolic link in what is pushed: Flux leaves links out
	CodeFile  = "WO640" // a file that cannot be pushed
	CodePush  = "WO641" // a registry does not take the artifact
	CodePlain = "WO642" // secrets in plain text would be pushed to another machine
)

// Media types of Flux.
// Source: fluxcd/pkg, oci/client.go; source-controller takes the first layer.
const (
	configType types.MediaType = "application/vnd.cncf.flux.config.v1+json"
	layerType  types.MediaType = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

// Origin of the files: annotations that Flux shows. Empty ones are left out. The
// time of the push is none of them: it would be another digest each time.
type Origin struct {
	// Source is the address of the repository, Revision what it was at.
	Source, Revision string
}

// Of makes an artifact of files by their slash-separated paths.
func Of(files map[string][]byte, origin Origin) (v1.Image, error) {
	whole, plain, err := pack(files)
	if err != nil {
		return nil, fmt.Errorf("pack the artifact: %w", err)
	}
	layer := static.NewLayer(whole, layerType)
	described, err := partial.Descriptor(layer)
	if err != nil {
		return nil, fmt.Errorf("describe the artifact: %w", err)
	}
	config, err := json.Marshal(map[string]any{"rootfs": v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{plain}}})
	if err != nil {
		return nil, fmt.Errorf("encode the artifact's configuration: %w", err)
	}
	hash, size, err := v1.SHA256(bytes.NewReader(config))
	if err != nil {
		return nil, fmt.Errorf("hash the artifact's configuration: %w", err)
	}
	manifest := v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1,
		Config: v1.Descriptor{MediaType: configType, Digest: hash, Size: size},
		Layers: []v1.Descriptor{*described}, Annotations: origin.annotations(),
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return nil, fmt.Errorf("encode the artifact's manifest: %w", err)
	}
	return partial.CompressedToImage(image{config, text, layer})
}

func (o Origin) annotations() map[string]string {
	all := map[string]string{}
	for name, value := range map[string]string{"org.opencontainers.image.source": o.Source, "org.opencontainers.image.revision": o.Revision} {
		if value != "" {
			all[name] = value
		}
	}
	return all
}

// pack makes the layer, and the hash of the tar in it. It is stored and not
// squeezed: how well Go squeezes differs from version to version, and with it the
// digest would.
func pack(files map[string][]byte) ([]byte, v1.Hash, error) {
	var plain, whole bytes.Buffer
	t := tar.NewWriter(&plain)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		// No owner, no time, and the mode of a file that git writes.
		if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
			return nil, v1.Hash{}, fmt.Errorf("%s: %w", name, err)
		}
		if _, err := t.Write(files[name]); err != nil {
			return nil, v1.Hash{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := t.Close(); err != nil {
		return nil, v1.Hash{}, err
	}
	hash, _, err := v1.SHA256(bytes.NewReader(plain.Bytes()))
	if err != nil {
		return nil, v1.Hash{}, err
	}
	z, err := gzip.NewWriterLevel(&whole, gzip.NoCompression)
	if err != nil {
		return nil, v1.Hash{}, err
	}
	if _, err := z.Write(plain.Bytes()); err != nil {
		return nil, v1.Hash{}, err
	}
	err = z.Close()
	return whole.Bytes(), hash, err
}

// image is the artifact as the library asks for it.
type image struct {
	config, manifest []byte
	layer            v1.Layer
}

func (i image) RawConfigFile() ([]byte, error)                         { return i.config, nil }
func (i image) RawManifest() ([]byte, error)                           { return i.manifest, nil }
func (i image) MediaType() (types.MediaType, error)                    { return types.OCIManifestSchema1, nil }
func (i image) LayerByDigest(v1.Hash) (partial.CompressedLayer, error) { return i.layer, nil }
