package kustomize

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// folderCase is a repository with a folder of a user's in overlays/ci/custom.
// The overlay and the base that every case has are in memory for us, and on the
// disk for kustomize.
type folderCase struct {
	name string
	// kustomization is the folder's own.
	kustomization string
	// files are all others, from the directory above the repository, which is
	// repo/. A content "-> x" is a link to x; "BESIDE" in it is that directory.
	files map[string]string
	want  verdict
	why   error // of strict cases
}

type verdict int

const (
	builds  verdict = iota // here and there, the same bytes
	refused                // here and there
	strict                 // there, and not here
)

const (
	kust      = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
	comp      = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
	custom    = "repo/overlays/ci/custom/"
	configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared, namespace: x}\ndata: {a: b}\n"
)

var inMemory = map[string][]byte{
	"base/1/kustomization.yaml":           []byte(kust + "resources: [own.yaml]\n"),
	"base/1/own.yaml":                     []byte("apiVersion: v1\nkind: Service\nmetadata: {name: own, namespace: x}\nspec: {ports: [{port: 80}]}\n"),
	"overlays/ci/kustomization.yaml":      []byte(kust + "sortOptions: {order: legacy}\nresources: [../../base/1, part, custom]\n"),
	"overlays/ci/part/part.yaml":          []byte(strings.ReplaceAll(configMap, "shared", "part")),
	"overlays/ci/part/unlisted.yaml":      []byte(strings.ReplaceAll(configMap, "shared", "unlisted")),
	"overlays/ci/part/kustomization.yaml": []byte(kust + "resources: [part.yaml]\n"),
}

var folderCases = []folderCase{
	{name: "nothing but a prefix", kustomization: kust + "namePrefix: a-\n"},
	{name: "empty", kustomization: "\n", want: refused},
	{name: "a file", kustomization: kust + "resources: [x.yaml]\n", files: map[string]string{custom + "x.yaml": configMap}},
	{name: "a component", kustomization: kust + "components: [c]\nresources: [x.yaml]\n",
		files: map[string]string{custom + "x.yaml": configMap, custom + "c/kustomization.yaml": comp + "nameSuffix: -c\n"}},

	// Elsewhere in the repository.
	{name: "a shared folder", kustomization: kust + "resources: [../../../shared]\n",
		files: map[string]string{"repo/shared/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/shared/x.yaml": configMap}},
	{name: "a shared component", kustomization: kust + "resources: [x.yaml]\ncomponents: [../../../shared]\n",
		files: map[string]string{custom + "x.yaml": configMap, "repo/shared/kustomization.yaml": comp + "namePrefix: c-\n"}},
	{name: "a folder beside ours", kustomization: kust + "resources: [../../team]\n",
		files: map[string]string{"repo/overlays/team/kustomization.yml": kust + "resources: [x.yaml]\n", "repo/overlays/team/x.yaml": configMap}},
	{name: "a folder of another's custom", kustomization: kust + "resources: [../../other/custom]\n",
		files: map[string]string{"repo/overlays/other/custom/kustomization.yml": kust + "resources: [x.yaml]\n", "repo/overlays/other/custom/x.yaml": configMap}},
	{name: "shared refers on", kustomization: kust + "resources: [../../../shared]\n",
		files: map[string]string{"repo/shared/kustomization.yaml": kust + "resources: [../more/deep]\n",
			"repo/more/deep/Kustomization": kust + "resources: [x.yaml]\n", "repo/more/deep/x.yaml": configMap}},
	{name: "a shared file", kustomization: kust + "resources: [../../../shared/x.yaml]\n", want: refused,
		files: map[string]string{"repo/shared/x.yaml": configMap}},
	{name: "a shared file in a generator", kustomization: kust + "configMapGenerator: [{name: a, files: [../../../shared/x.yaml]}]\n", want: refused,
		files: map[string]string{"repo/shared/x.yaml": configMap}},
	{name: "a shared file as a patch", kustomization: kust + "resources: [x.yaml]\npatches: [{path: ../p.yaml}]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap, "repo/overlays/ci/p.yaml": configMap}},
	{name: "the base again", kustomization: kust + "resources: [../../../base/1]\n", want: refused},
	{name: "the base again, renamed", kustomization: kust + "namePrefix: two-\nresources: [../../../base/1]\n"},
	{name: "a part again, renamed", kustomization: kust + "namePrefix: two-\nresources: [../part]\n"},
	{name: "the overlay itself", kustomization: kust + "resources: [..]\n", want: refused},
	{name: "itself", kustomization: kust + "resources: [.]\n", want: refused},
	{name: "each other", kustomization: kust + "resources: [a]\n", want: refused,
		files: map[string]string{custom + "a/kustomization.yaml": kust + "resources: [../b]\n", custom + "b/kustomization.yaml": kust + "resources: [../a]\n"}},
	{name: "a folder without a kustomization", kustomization: kust + "resources: [../../../shared]\n", want: refused,
		files: map[string]string{"repo/shared/x.yaml": configMap}},
	{name: "two kustomizations", kustomization: kust + "resources: [sub]\n", want: refused,
		files: map[string]string{custom + "sub/kustomization.yaml": kust + "namePrefix: a-\n", custom + "sub/Kustomization": kust}},
	{name: "a folder for a component", kustomization: kust + "components: [sub]\n", want: refused,
		files: map[string]string{custom + "sub/kustomization.yaml": kust + "namePrefix: a-\n"}},
	{name: "dots within a name", kustomization: kust + "resources: [a..b]\n", want: refused,
		files: map[string]string{custom + "a..b/kustomization.yaml": kust + "resources: [x.yaml]\n", custom + "a..b/x.yaml": configMap}},
	{name: "a file as a folder", kustomization: kust + "resources: [x.yaml/]\n",
		files: map[string]string{custom + "x.yaml": configMap}},
	{name: "below a file", kustomization: kust + "resources: [x.yaml/y]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap}},
	{name: "missing", kustomization: kust + "resources: [missing]\n", want: refused},
	{name: "missing far away", kustomization: kust + "resources: [../../../missing]\n", want: refused},

	// Out of the repository.
	{name: "a folder outside", kustomization: kust + "resources: [../../../../outside]\n", want: strict, why: ErrOutside,
		files: map[string]string{"outside/kustomization.yaml": kust + "resources: [x.yaml]\n", "outside/x.yaml": configMap}},
	{name: "a component outside", kustomization: kust + "resources: [x.yaml]\ncomponents: [../../../../outside]\n", want: strict, why: ErrOutside,
		files: map[string]string{custom + "x.yaml": configMap, "outside/kustomization.yaml": comp + "namePrefix: c-\n"}},
	{name: "out and in again", kustomization: kust + "resources: [../../../../repo/shared]\n", want: strict, why: ErrOutside,
		files: map[string]string{"repo/shared/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/shared/x.yaml": configMap}},
	{name: "from shared to outside", kustomization: kust + "resources: [../../../shared]\n", want: strict, why: ErrOutside,
		files: map[string]string{"repo/shared/kustomization.yaml": kust + "resources: [../../outside]\n",
			"outside/kustomization.yaml": kust + "resources: [x.yaml]\n", "outside/x.yaml": configMap}},
	{name: "far above the root", kustomization: kust + "resources: [" + strings.Repeat("../", 40) + "etc]\n", want: refused},
	{name: "a file outside", kustomization: kust + "configMapGenerator: [{name: a, files: [../../../../secret]}]\n", want: refused,
		files: map[string]string{"secret": "s"}},
	{name: "an absolute file", kustomization: kust + "configMapGenerator: [{name: a, files: [/etc/passwd]}]\n", want: refused},
	{name: "an absolute resource", kustomization: kust + "resources: [/etc/passwd]\n", want: refused},
	{name: "an absolute folder", kustomization: kust + "resources: [BESIDE/repo/shared]\n", want: refused,
		files: map[string]string{"repo/shared/kustomization.yaml": kust}},
	{name: "an absolute path within", kustomization: kust + "resources: [BESIDE/repo/overlays/ci/custom/x.yaml]\n", want: strict, why: ErrAbsolute,
		files: map[string]string{custom + "x.yaml": configMap}},
	{name: "git", kustomization: kust + "resources: [../../../.git]\n", want: strict, why: ErrRemote,
		files: map[string]string{"repo/.git/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/.git/x.yaml": configMap}},
	{name: "a link to git", kustomization: kust + "resources: [l]\n", want: strict, why: errGit,
		files: map[string]string{custom + "l": "-> ../../../.git", "repo/.git/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/.git/x.yaml": configMap}},

	// Links.
	{name: "a link to a file out", kustomization: kust + "configMapGenerator: [{name: a, files: [l]}]\n", want: refused,
		files: map[string]string{custom + "l": "-> ../../../../secret", "secret": "s"}},
	{name: "a link to a resource out", kustomization: kust + "resources: [l.yaml]\n", want: refused,
		files: map[string]string{custom + "l.yaml": "-> ../../../../secret", "secret": configMap}},
	{name: "an absolute link out", kustomization: kust + "configMapGenerator: [{name: a, files: [l]}]\n", want: refused,
		files: map[string]string{custom + "l": "-> /etc/passwd"}},
	{name: "an env file out", kustomization: kust + "configMapGenerator: [{name: a, envs: [l]}]\n", want: refused,
		files: map[string]string{custom + "l": "-> ../../../../secret", "secret": "A=b\n"}},
	{name: "the kustomization is a link out", want: refused,
		files: map[string]string{custom + "kustomization.yaml": "-> ../../../../k", "k": kust + "configMapGenerator: [{name: a, literals: [a=b]}]\n"}},
	{name: "the kustomization is a link within", want: refused,
		files: map[string]string{custom + "kustomization.yaml": "-> ../../../shared/k", "repo/shared/k": kust + "configMapGenerator: [{name: a, literals: [a=b]}]\n"}},
	{name: "the kustomization is a link beside it",
		files: map[string]string{custom + "kustomization.yaml": "-> k", custom + "k": kust + "configMapGenerator: [{name: a, literals: [a=b]}]\n"}},
	{name: "a link to a folder out", kustomization: kust + "resources: [l]\n", want: strict, why: ErrOutside,
		files: map[string]string{custom + "l": "-> ../../../../outside", "outside/kustomization.yaml": kust + "resources: [x.yaml]\n", "outside/x.yaml": configMap}},
	{name: "a file through a link out", kustomization: kust + "configMapGenerator: [{name: a, files: [l/secret]}]\n", want: refused,
		files: map[string]string{custom + "l": "-> ../../../../outside", "outside/secret": "s"}},
	{name: "a link to a shared folder", kustomization: kust + "resources: [l]\n",
		files: map[string]string{custom + "l": "-> ../../../shared", "repo/shared/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/shared/x.yaml": configMap}},
	{name: "up from behind a link", kustomization: kust + "resources: [l]\n",
		files: map[string]string{custom + "l": "-> ../../../deep/shared", "repo/deep/shared/kustomization.yaml": kust + "resources: [../more]\n",
			"repo/deep/more/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/deep/more/x.yaml": configMap,
			custom + "more/kustomization.yaml": kust + "namePrefix: wrong-\n"}},
	{name: "a link and up again is where it was", kustomization: kust + "resources: [l/../x.yaml]\n",
		files: map[string]string{custom + "l": "-> ../../../shared", custom + "x.yaml": configMap, "repo/shared/k": "x", "repo/x.yaml": "wrong"}},
	{name: "a link to a shared file", kustomization: kust + "resources: [l.yaml]\n", want: refused,
		files: map[string]string{custom + "l.yaml": "-> ../../../shared/x.yaml", "repo/shared/x.yaml": configMap}},
	{name: "a link to a generated file", kustomization: kust + "resources: [l.yaml]\n", want: refused,
		files: map[string]string{custom + "l.yaml": "-> ../part/unlisted.yaml"}},
	{name: "a link to a file inside", kustomization: kust + "resources: [l.yaml]\n",
		files: map[string]string{custom + "l.yaml": "-> sub/x.yaml", custom + "sub/x.yaml": configMap}},
	{name: "a chain of links", kustomization: kust + "resources: [a]\n",
		files: map[string]string{custom + "a": "-> ./b/", custom + "b": "-> ../custom/c", custom + "c": "-> sub/../sub",
			custom + "sub/kustomization.yaml": kust + "resources: [x.yaml]\n", custom + "sub/x.yaml": configMap}},
	{name: "a link to the base", kustomization: kust + "namePrefix: two-\nresources: [l]\n",
		files: map[string]string{custom + "l": "-> ../../../base/1"}},
	{name: "a link to the overlay", kustomization: kust + "resources: [l]\n", want: refused,
		files: map[string]string{custom + "l": "-> .."}},
	{name: "a link to itself", kustomization: kust + "resources: [l]\n", want: refused, files: map[string]string{custom + "l": "-> l"}},
	{name: "links in a circle", kustomization: kust + "configMapGenerator: [{name: a, files: [a]}]\n", want: refused,
		files: map[string]string{custom + "a": "-> b", custom + "b": "-> a"}},
	{name: "a dangling link", kustomization: kust + "resources: [l]\n", want: refused, files: map[string]string{custom + "l": "-> nothing"}},
	{name: "a link through a file", kustomization: kust + "resources: [l]\n", want: refused,
		files: map[string]string{custom + "l": "-> x.yaml/../x.yaml/y", custom + "x.yaml": configMap}},
	{name: "an absolute link within", kustomization: kust + "resources: [l]\n", want: strict, why: ErrAbsolute,
		files: map[string]string{custom + "l": "-> BESIDE/repo/shared", "repo/shared/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/shared/x.yaml": configMap}},
	{name: "custom is a link", files: map[string]string{"repo/overlays/ci/custom": "-> ../../shared",
		"repo/shared/kustomization.yaml": kust + "resources: [x.yaml]\n", "repo/shared/x.yaml": configMap}},
	{name: "custom is a link out", want: strict, why: ErrOutside, files: map[string]string{"repo/overlays/ci/custom": "-> ../../../outside",
		"outside/kustomization.yaml": kust + "resources: [x.yaml]\n", "outside/x.yaml": configMap}},

	// Other fields that read.
	{name: "generator keys", kustomization: kust + "configMapGenerator: [{name: a, files: [k=sub/f, sub/f, 'sub/=x'], literals: [L=1]}]\n",
		files: map[string]string{custom + "sub/f": "text", custom + "sub/=x": "y"}, want: refused},
	{name: "generator files", kustomization: kust + "configMapGenerator: [{name: a, files: [k=sub/f, sub/f, bin], envs: [e.env]}]\nsecretGenerator: [{name: s, files: [./sub/../sub/f]}]\n",
		files: map[string]string{custom + "sub/f": "text\n", custom + "bin": "\xff\x00\x01", custom + "e.env": "A=b\n# c\n\nC=d=e\n"}},
	{name: "a generator of a folder", kustomization: kust + "configMapGenerator: [{name: a, files: [sub]}]\n", want: refused, files: map[string]string{custom + "sub/f": "text"}},
	{name: "openapi", kustomization: kust + "openapi: {path: s.json}\nresources: [x.yaml]\n", files: map[string]string{custom + "x.yaml": configMap,
		custom + "s.json": `{"definitions": {}}`}},
	{name: "openapi out", kustomization: kust + "openapi: {path: ../../../s.json}\nresources: [x.yaml]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap, "repo/s.json": `{"definitions": {}}`}},
	{name: "openapi through a link", kustomization: kust + "openapi: {path: s.json}\nresources: [x.yaml]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap, custom + "s.json": "-> ../../../../s.json", "s.json": `{"definitions": {}}`}},
	{name: "replacements", kustomization: kust + "resources: [x.yaml]\nreplacements: [{path: r.yaml}]\n",
		files: map[string]string{custom + "x.yaml": configMap, custom + "r.yaml": "source: {kind: ConfigMap, name: shared, fieldPath: metadata.namespace}\ntargets: [{select: {kind: ConfigMap, name: shared}, fieldPaths: [data.a]}]\n"}},
	{name: "replacements out", kustomization: kust + "resources: [x.yaml]\nreplacements: [{path: r.yaml}]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap, custom + "r.yaml": "-> ../../../../r.yaml", "r.yaml": "source: {kind: ConfigMap, fieldPath: data.a}\ntargets: []\n"}},
	{name: "patches", kustomization: kust + "resources: [x.yaml]\npatches: [{path: l.yaml}]\n",
		files: map[string]string{custom + "x.yaml": configMap, custom + "l.yaml": "-> p.yaml", custom + "p.yaml": strings.Replace(configMap, "a: b", "c: d", 1)}},
	{name: "patches out", kustomization: kust + "resources: [x.yaml]\npatches: [{path: p.yaml}]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap, custom + "p.yaml": "-> ../../../p.yaml", "repo/p.yaml": configMap}},
	{name: "crds and configurations", kustomization: kust + "resources: [x.yaml]\nnamePrefix: a-\nconfigurations: [c.yaml]\n",
		files: map[string]string{custom + "x.yaml": configMap, custom + "c.yaml": "namePrefix: [{path: data/a, kind: ConfigMap}]\n"}},
	{name: "configurations out", kustomization: kust + "resources: [x.yaml]\nconfigurations: [../c.yaml]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap, "repo/overlays/ci/c.yaml": "namePrefix: []\n"}},
	{name: "built-in generators", kustomization: kust + "generators: [g.yaml, ../../../shared]\n",
		files: map[string]string{custom + "g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: g}\nfiles: [f]\n", custom + "f": "text",
			"repo/shared/kustomization.yaml": kust + "resources: [h.yaml]\n", "repo/shared/h.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: h}\nliterals: [a=b]\n"}},
	{name: "a built-in generator of a link out", kustomization: kust + "generators: [g.yaml]\n", want: refused,
		files: map[string]string{custom + "g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: g}\nfiles: [f]\n", custom + "f": "-> ../../../../secret", "secret": "s"}},
	{name: "a built-in transformer", kustomization: kust + "resources: [x.yaml]\ntransformers: [t.yaml]\n",
		files: map[string]string{custom + "x.yaml": configMap, custom + "t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: t-\nfieldSpecs: [{path: metadata/name}]\n"}},
	{name: "a plugin", kustomization: kust + "generators: [g.yaml]\n", want: refused,
		files: map[string]string{custom + "g.yaml": "apiVersion: example.com/v1\nkind: Exec\nmetadata: {name: x, annotations: {config.kubernetes.io/function: 'exec: {path: /bin/true}'}}\n"}},
	{name: "a container", kustomization: kust + "resources: [x.yaml]\ntransformers: [t.yaml]\n", want: refused,
		files: map[string]string{custom + "x.yaml": configMap, custom + "t.yaml": "apiVersion: example.com/v1\nkind: F\nmetadata: {name: x, annotations: {config.kubernetes.io/function: 'container: {image: example.com/f}'}}\n"}},
	{name: "a missing transformer", kustomization: kust + "resources: [x.yaml]\ntransformers: [t.yaml]\n", want: refused, files: map[string]string{custom + "x.yaml": configMap}},
	{name: "a chart", kustomization: kust + "helmCharts: [{name: c, version: 1.0.0, repo: 'oci://example.invalid/c'}]\n", want: refused},
	{name: "a chart on the disk", kustomization: kust + "helmGlobals: {chartHome: charts}\nhelmCharts: [{name: c}]\n", want: refused,
		files: map[string]string{custom + "charts/c/Chart.yaml": "name: c\nversion: 1.0.0\n"}},
	{name: "origins", kustomization: kust + "resources: [x.yaml, ../../../shared]\nbuildMetadata: [originAnnotations, transformerAnnotations]\nnamePrefix: o-\n",
		files: map[string]string{custom + "x.yaml": configMap, "repo/shared/kustomization.yaml": kust + "resources: [y.yaml]\n", "repo/shared/y.yaml": strings.ReplaceAll(configMap, "shared", "y")}},
}

// lay writes a case to the disk, and returns the repository.
func (c folderCase) lay(t *testing.T) string {
	t.Helper()
	beside, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for name, content := range inMemory {
		all["repo/"+name] = string(content)
	}
	if c.kustomization != "" {
		all[custom+"kustomization.yaml"] = c.kustomization
	}
	for name, content := range c.files {
		all[name] = content
	}
	for name, content := range all {
		full := filepath.Join(beside, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		content = strings.ReplaceAll(content, "BESIDE", filepath.ToSlash(beside))
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			err = os.Symlink(target, full)
		} else {
			err = os.WriteFile(full, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(beside, "repo")
}

// TestFoldersAsOnADisk builds hostile and unlucky folders with the engine on a
// real disk, with the kustomize command where it can be had, and with ours: all
// of them give the same bytes, or refuse. Ours refuses more, by name.
func TestFoldersAsOnADisk(t *testing.T) {
	command := kustomizeCommand(t)
	for _, c := range folderCases {
		t.Run(c.name, func(t *testing.T) {
			repository := c.lay(t)
			root, err := os.OpenRoot(repository)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			ours, refusal := Build(NewTree(inMemory).Over(root.FS().(fs.ReadLinkFS), nil), "overlays/ci")
			overlay := filepath.Join(repository, "overlays", "ci")
			theirs, theirRefusal := onDisk(overlay)
			if wanted := c.want == refused; (theirRefusal != nil) != wanted {
				t.Errorf("on a disk: %v", theirRefusal)
			}
			if wanted := c.want != builds; (refusal != nil) != wanted {
				t.Errorf("ours: %v", refusal)
			}
			if c.want == strict && !errors.Is(refusal, c.why) && !strings.Contains(refusal.Error(), c.why.Error()) {
				t.Errorf("ours: %v, want %v", refusal, c.why)
			}
			if c.want == builds && refusal == nil {
				if diff := cmp.Diff(string(theirs), string(Join(ours))); diff != "" {
					t.Errorf("built (-disk +ours):\n%s", diff)
				}
			}
			if refusal != nil && strings.Contains(refusal.Error(), rootDir) {
				t.Errorf("an invented path is shown: %v", refusal)
			}
			if command == "" {
				return
			}
			output, err := exec.Command(command, "build", overlay).Output()
			if (err != nil) != (theirRefusal != nil) || !bytes.Equal(output, theirs) {
				t.Errorf("the command: %v, the engine: %v; output (-engine +command):\n%s", err, theirRefusal, cmp.Diff(string(theirs), string(output)))
			}
		})
	}
}

// onDisk is what `kustomize build` does.
func onDisk(dir string) ([]byte, error) {
	defer alone()()
	objects, err := run(filesys.MakeFsOnDisk(), dir)
	return Join(objects), err
}

// kustomizeCommand makes the command of the engine's release, in the deep tier.
func kustomizeCommand(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		return ""
	}
	const release = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.2"
	bin := t.TempDir()
	install := exec.Command("go", "install", release)
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=-mod=mod")
	if output, err := install.CombinedOutput(); err != nil {
		t.Logf("without the command, since %s cannot be had: %v\n%s", release, err, output)
		return ""
	}
	return filepath.Join(bin, "kustomize")
}

// TestNothingIsReadOutside: what a folder makes the engine read is below the
// repository, whatever its links say.
func TestNothingIsReadOutside(t *testing.T) {
	for _, c := range folderCases {
		repository := c.lay(t)
		seen := &witness{os.DirFS(repository).(fs.ReadLinkFS), t, c.name}
		_, _ = Build(NewTree(inMemory).Over(seen, nil), "overlays/ci")
	}
}

// witness complains about each path that is read through a link, or in .git.
type witness struct {
	fs.ReadLinkFS
	t    *testing.T
	name string
}

func (w *witness) Open(name string) (fs.File, error) {
	real := ""
	for element := range strings.SplitSeq(name, "/") {
		real = strings.TrimPrefix(real+"/"+element, "/")
		if info, err := w.Lstat(real); err == nil && info.Mode()&fs.ModeSymlink != 0 || element == ".git" {
			w.t.Errorf("%s: %s is read through %s", w.name, name, real)
		}
	}
	return w.ReadLinkFS.Open(name)
}
