package main

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// startRegistry starts a registry in this process, and writes its host where a
// file has HOST.
func startRegistry(ts *testscript.TestScript, neg bool, files []string) {
	if neg {
		ts.Fatalf("usage: registry FILE...")
	}
	s := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	ts.Defer(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	ts.Setenv("HOST", host)
	for _, file := range files {
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(strings.ReplaceAll(ts.ReadFile(file), "HOST", host)), 0o644))
	}
}

// publish gives the registry an index of each image of the environments, for the
// platforms; each time another one.
func publish(ts *testscript.TestScript, neg bool, platforms []string) {
	if neg {
		ts.Fatalf("usage: publish PLATFORM...")
	}
	envs, _, err := environment.Load(os.DirFS(ts.MkAbs("environments")), "environments")
	ts.Check(err)
	for i := range envs {
		v, err := derived.New(&envs[i])
		ts.Check(err)
		for _, image := range v.Images() {
			ref, err := name.ParseReference(image.Reference)
			ts.Check(err)
			if image.Blackbox {
				continue
			}
			ts.Check(remote.WriteIndex(ref, indexFor(ts, image.Reference, platforms)))
		}
	}
}

func indexFor(ts *testscript.TestScript, of string, platforms []string) v1.ImageIndex {
	index := v1.ImageIndex(empty.Index)
	for _, p := range platforms {
		os, arch, _ := strings.Cut(p, "/")
		one, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: os, Architecture: arch, Author: of})
		ts.Check(err)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: one, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: os, Architecture: arch}}})
	}
	return index
}
