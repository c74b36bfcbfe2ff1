package artifact

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/render"
)

// TestDigest: the same files are the same digest, in any version of Go; others
// are another, and so is another origin. What is written here changes with the
// form of the artifact alone, which is a change for everyone who compares.
func TestDigest(t *testing.T) {
	files := map[string][]byte{"overlays/ci/kustomization.yaml": []byte("resources: []\n"), "base/x": nil, strings.Repeat("long/", 60) + "name": []byte("x")}
	digest := func(files map[string][]byte, o Origin) string {
		image, err := Of(files, o)
		if err != nil {
			t.Fatal(err)
		}
		d, err := image.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return d.String()
	}
	const want = "sha256:b522155dbd2896157f7a7067b3b3e96aba9c60f43ee74aadc62d1066453aa21e"
	for range 20 {
		if got := digest(maps.Clone(files), Origin{}); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	seen := map[string]bool{want: true}
	other := maps.Clone(files)
	other["base/x"] = []byte("y")
	for _, got := range []string{digest(other, Origin{}), digest(files, Origin{Source: "https://example.com/x"}), digest(files, Origin{Revision: "main"})} {
		if seen[got] {
			t.Errorf("%s is not of its own", got)
		}
		seen[got] = true
	}
}

// TestManifest has the whole form that Flux reads.
func TestManifest(t *testing.T) {
	image, err := Of(map[string][]byte{"a": []byte("x")}, Origin{Source: "https://example.com/x", Revision: "main@sha1:1"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := image.RawManifest()
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	for _, d := range append(m["layers"].([]any), m["config"]) {
		for _, field := range []string{"digest", "size"} {
			if d.(map[string]any)[field] == nil {
				t.Errorf("%v has no %s", d, field)
			}
			delete(d.(map[string]any), field)
		}
	}
	want := map[string]any{
		"schemaVersion": 2.0, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config":      map[string]any{"mediaType": "application/vnd.cncf.flux.config.v1+json"},
		"layers":      []any{map[string]any{"mediaType": "application/vnd.cncf.flux.content.v1.tar+gzip"}},
		"annotations": map[string]any{"org.opencontainers.image.source": "https://example.com/x", "org.opencontainers.image.revision": "main@sha1:1"},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
}

// unpack reads the layer as Flux does.
func unpack(t *testing.T, files map[string][]byte) map[string][]byte {
	t.Helper()
	image, err := Of(files, Origin{})
	if err != nil {
		t.Fatal(err)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatal(layers, err)
	}
	layer, err := layers[0].Compressed()
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(layer)
	if err != nil {
		t.Fatal(err)
	}
	if !z.ModTime.IsZero() || z.Name != "" || z.OS != 255 {
		t.Errorf("the header of gzip says %+v", z.Header)
	}
	got := map[string][]byte{}
	var order []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Mode != 0o644 || h.Uid != 0 || h.Uname != "" || h.ModTime.Unix() != 0 || h.Typeflag != tar.TypeReg {
			t.Errorf("%+v", h)
		}
		order = append(order, h.Name)
		if got[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.IsSorted(order) {
		t.Errorf("out of order: %v", order)
	}
	return got
}

// repository is one with an environment whose custom folder refers to another
// folder, and with what clusters are told.
func repository(t *testing.T) (fstest.MapFS, environment.Environment) {
	t.Helper()
	root, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	return maps.Clone(root), ci
}

// generated is the tree of repository, and ci its environment. It takes a second, and
// is made once.
var generated = sync.OnceValues(func() (fstest.MapFS, error) {
	envs, found, err := environment.LoadBytes("environments", map[string][]byte{"environments/ci.cue": []byte(
		"package environments\nci: {profile: \"ci\", edge: host: \"ci.example.com\", placement: enabled: false}\n")})
	if err != nil || len(found) > 0 {
		return nil, fmt.Errorf("%v, %w", found, err)
	}
	ci = envs[0]
	root := fstest.MapFS{
		"overlays/ci/custom/kustomization.yaml": {Data: []byte("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../../shared, own.yaml]\n")},
		"overlays/ci/custom/own.yaml":           {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: x}\n")},
		"overlays/ci/custom/functions/own.yaml": {Data: []byte("apiVersion: fn.whiskops.github.io/v1alpha1\nkind: SetPlacement\nmetadata: {name: own}\nspec: {selector: {name: nginx}, tolerations: [{key: edge, operator: Exists}]}\n")},
		"overlays/ci/custom/notes.txt":          {Data: []byte("not read")},
		"shared/kustomization.yaml":             {Data: []byte("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [more.yaml]\n")},
		"shared/more.yaml":                      {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: x}\n")},
		"clusters/ci/flux/tree.yaml":            {Data: []byte("kind: X\n")},
		"clusters/ci/flux/.whiskops":            {Data: []byte("x")},
		"clusters/ci/flux-system/secret.yaml":   {Data: []byte("not for everybody")},
		"clusters/ci/link":                      {Data: []byte("flux"), Mode: fs.ModeSymlink},
		"clusters/other/flux/tree.yaml":         {Data: []byte("kind: Y\n")},
		"README.md":                             {Data: []byte("x")},
	}
	folders, err := render.Tree(envs, root, render.Options{Whole: true})
	if err != nil {
		return nil, err
	}
	for _, f := range folders {
		for name, content := range f.Files {
			root[path.Join(f.Path, name)] = &fstest.MapFile{Data: content}
		}
	}
	return root, nil
})

var ci environment.Environment

// TestContent: what is unpacked builds what golden/ shows, and has nothing that
// the build does not read.
func TestContent(t *testing.T) {
	root, env := repository(t)
	files, found, err := Content(root, env)
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	got := unpack(t, files)
	built, err := kustomize.Build(kustomize.NewTree(got), "overlays/ci")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range overlay.Golden(built) {
		if want := root["golden/ci/"+name]; want == nil || !bytes.Equal(want.Data, content) {
			t.Errorf("%s is not as in golden/", name)
		}
	}
	var beside []string
	for name, content := range got {
		if !bytes.Equal(content, root[name].Data) {
			t.Errorf("%s is other bytes", name)
		}
		generated := strings.HasPrefix(name, "base/2.0.0/") || strings.HasPrefix(name, "overlays/ci/") && !strings.Contains(name, "custom/")
		if !generated {
			beside = append(beside, name)
		}
	}
	slices.Sort(beside)
	want := []string{"clusters/ci/flux/tree.yaml", "overlays/ci/custom/kustomization.yaml", "overlays/ci/custom/own.yaml", "shared/kustomization.yaml", "shared/more.yaml"}
	if diff := cmp.Diff(want, beside); diff != "" {
		t.Error(diff)
	}
}

func TestContentRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		add  fstest.MapFS
		want []finding.Finding
	}{
		{"a link in clusters", fstest.MapFS{"clusters/ci/flux/x.yaml": {Data: []byte("y"), Mode: fs.ModeSymlink}}, []finding.Finding{linked("clusters/ci/flux/x.yaml")}},
		{"a pipe in clusters", fstest.MapFS{"clusters/ci/flux/p": {Mode: fs.ModeNamedPipe}}, []finding.Finding{about(CodeFile, "clusters/ci/flux/p", "this is no regular file, and cannot be pushed", "move it away")}},
		{"a large file in clusters", fstest.MapFS{"clusters/ci/flux/l": {Data: make([]byte, kustomize.MaxFile+1)}},
			[]finding.Finding{about(CodeFile, "clusters/ci/flux/l", "the file has more than 8 MiB", "move it away: no build reads so large a file")}},
		{"a backslash", fstest.MapFS{`clusters/ci/flux/a\b`: {Data: []byte("x")}},
			[]finding.Finding{about(CodeFile, `clusters/ci/flux/a\b`, "the file's name has a backslash or a control character, which Flux does not unpack", "call it otherwise")}},
		{"a link that the build follows", fstest.MapFS{"overlays/ci/custom/own.yaml": {Data: []byte("../../../shared/own.yaml"), Mode: fs.ModeSymlink}}, nil},
		{"a custom folder that does not build", fstest.MapFS{"shared/more.yaml": {Data: []byte("[")}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, env := repository(t)
			maps.Copy(root, tt.add)
			_, found, err := Content(root, env)
			if err != nil || len(found) == 0 {
				t.Fatal(found, err)
			}
			if diff := cmp.Diff(tt.want, found); diff != "" && tt.want != nil {
				t.Error(diff)
			}
		})
	}
}

// TestLink: a link that leads to a folder of the repository builds here, and would
// not where Flux unpacked it.
func TestLink(t *testing.T) {
	files, env := repository(t)
	dir := t.TempDir()
	for name, f := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(dir, "shared"), filepath.Join(dir, "real")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "shared")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	_, found, err := Content(root.FS(), env)
	if diff := cmp.Diff([]finding.Finding{linked("shared")}, found); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"oci://registry.example.com/platform:ci": "registry.example.com/platform:ci", "oci://localhost:5000/platform": "localhost:5000/platform:latest", "oci://localhost/platform": "",
		"oci://127.0.0.1:5000/team/platform": "127.0.0.1:5000/team/platform:latest", "oci://docker.io/team/platform:1": "docker.io/team/platform:1",
		"registry.example.com/platform": "", "https://registry.example.com/platform": "", "oci://platform": "", "oci://team/platform": "", "oci://": "", "oci:///x": "",
		"oci://registry.example.com/Platform": "", "oci://registry.example.com/platform:a b": "", "oci://registry.example.com/platform@sha256:" + strings.Repeat("1", 64): "",
		"oci://user:hunter2@registry.example.com/platform": "", "oci://registry.example.com/../x": "", "oci://registry.example.com/platform?x": "",
		"oci://registry.example.com/" + strings.Repeat("x", 256): "", "oci://registry.example.com/platform:" + strings.Repeat("t", 129): "",
	} {
		got, err := ParseAddress(text)
		if got.Reference != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", text, got.Reference, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a password is shown: %v", err)
		}
	}
	for host, want := range map[string]bool{"localhost:5000": true, "127.0.0.1:5000": true, "registry.example.com": false, "10.0.0.1:5000": false} {
		if got := (Address{Host: host}).Local(); got != want {
			t.Errorf("%s: local is %v", host, got)
		}
	}
}

func TestOrigin(t *testing.T) {
	for _, tt := range []struct {
		o    Origin
		want string
	}{
		{Origin{}, ""},
		{Origin{Source: "https://example.com/x", Revision: "main@sha1:" + strings.Repeat("1", 40)}, ""},
		{Origin{Revision: strings.Repeat("x", longest)}, ""},
		{Origin{Revision: strings.Repeat("x", longest+1)}, "--revision: write one line"},
		{Origin{Revision: "a\nb"}, "--revision: write one line"},
		{Origin{Source: "https://user:hunter2@example.com/x"}, "--source: the address has a login in it"},
		{Origin{Source: "https://hunter2@example.com/x"}, "--source: the address has a login in it"},
		{Origin{Source: "ssh://git:hunter2@example.com/x"}, "--source: the address has a login in it"},
		{Origin{Source: "ssh://git@example.com/x"}, ""},
		{Origin{Source: "git@example.com:x"}, ""},
	} {
		err := tt.o.Check()
		if got := fmt.Sprint(err); !strings.HasPrefix(got, tt.want) || (err == nil) != (tt.want == "") || strings.Contains(got, "hunter2") {
			t.Errorf("%+v: %v", tt.o, err)
		}
	}
}
