// Make writes the container image of the functions as an OCI layout:
//
//	go run ./internal/image/make -version 0.1.0 -out bin/image amd64=bin/linux/amd64/whiskops arm64=bin/linux/arm64/whiskops
//
// skopeo, crane and docker load it from there; nothing is pushed.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"github.com/whiskops/whiskops/internal/image"
)

func main() {
	version := flag.String("version", "", "version of the programs")
	out := flag.String("out", "", "folder for the layout; what it had goes")
	flag.Parse()
	if err := run(os.Stdout, *version, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(to io.Writer, version, out string, args []string) error {
	if version == "" || out == "" || len(args) == 0 {
		return fmt.Errorf("wanted are -version, -out, and a program for each architecture, as amd64=whiskops")
	}
	var programs []image.Program
	for _, arg := range args {
		architecture, path, _ := strings.Cut(arg, "=")
		binary, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read the program: %w", err)
		}
		programs = append(programs, image.Program{Architecture: architecture, Binary: binary})
	}
	index, err := image.Index(version, programs...)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return fmt.Errorf("write the layout: %w", err)
	}
	if _, err := layout.Write(out, index); err != nil {
		return fmt.Errorf("write the layout: %w", err)
	}
	return tell(to, index)
}

// tell the digest and the size of each image, as it is pulled.
func tell(to io.Writer, index v1.ImageIndex) error {
	manifest, err := index.IndexManifest()
	if err != nil {
		return err
	}
	for _, m := range manifest.Manifests {
		one, err := index.Image(m.Digest)
		if err != nil {
			return err
		}
		layers, err := one.Layers()
		if err != nil {
			return err
		}
		size := m.Size
		for _, l := range layers {
			n, err := l.Size()
			if err != nil {
				return err
			}
			size += n
		}
		if _, err := fmt.Fprintf(to, "%s %s %.1f MB\n", m.Platform.Architecture, m.Digest, float64(size)/1e6); err != nil {
			return err
		}
	}
	return nil
}
