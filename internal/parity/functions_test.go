package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// engine runs a function over a folder's objects, objects.yaml, with its config,
// config.yaml, and gives the objects back; ok is false if it refuses.
type engine func(t *testing.T, dir string) (objects string, ok bool)

// TestFunctions: each function, over workloads that others ship, does the same by a
// pipe, by each kustomize that is named, by `whiskops build` and by kpt; and by each of
// them twice is once, byte for byte.
func TestFunctions(t *testing.T) {
	program := *whiskops
	if program == "" {
		program = made(t, "../..", "./cmd/whiskops")
	}
	engines := enginesWith(t, program)
	shapes := workloads(t)
	configs, err := filepath.Glob("../../generators/*/testdata/foreign/*.yaml")
	if err != nil || len(configs) < 20 {
		t.Fatalf("%d configs, %v", len(configs), err)
	}
	did := 0
	for _, file := range configs {
		config, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(file)))) + "/" + filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			if everywhere(t, engines, shapes, string(config)) {
				did++
			}
		})
	}
	if did < 12 && !t.Failed() {
		t.Errorf("only %d of %d configs change anything: the others prove little", did, len(configs))
	}
}

// everywhere compares the engines with the first of them; did tells whether there was
// something to compare. What all refuse has no objects: no engine gives any.
func everywhere(t *testing.T, engines map[string]engine, objects, config string) (did bool) {
	names := slices.Sorted(keys(engines))
	first, fine := engines[names[0]](t, folder(t, objects, config))
	want := canonical(t, first)
	for _, name := range names {
		once, ok := engines[name](t, folder(t, objects, config))
		switch {
		case ok != fine:
			t.Errorf("refused by %s: %t, by %s: %t", names[0], !fine, name, !ok)
			continue
		case !ok && once != "":
			t.Errorf("%s refuses, and gives objects:\n%s", name, once)
			continue
		case !ok:
			continue
		}
		if diff := cmp.Diff(want, canonical(t, once)); diff != "" {
			t.Errorf("by %s and %s (-%[1]s +%[2]s):\n%[3]s", names[0], name, diff)
		}
		if twice, _ := engines[name](t, folder(t, once, config)); twice != once {
			t.Errorf("by %s twice (-once +twice):\n%s", name, cmp.Diff(once, twice))
		}
	}
	return fine && want != canonical(t, objects)
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// folder has objects, and a config for each way in which one is asked for.
func folder(t *testing.T, objects, config string) string {
	t.Helper()
	dir := t.TempDir()
	n, err := yaml.Parse(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.PipeE(yaml.SetAnnotation("config.kubernetes.io/function", "exec: {path: whiskops, args: [fn]}")); err != nil {
		t.Fatal(err)
	}
	if err := n.PipeE(yaml.SetAnnotation("config.kubernetes.io/local-config", "true")); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{
		"objects.yaml": objects, "config.yaml": n.MustString(),
		"kustomization.yaml": "resources: [objects.yaml]\ntransformers: [config.yaml]\n",
		"Kptfile":            "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: p, annotations: {config.kubernetes.io/local-config: \"true\"}}\npipeline: {mutators: [{exec: whiskops fn, configPath: config.yaml}]}\n",
	})
	return dir
}

// enginesWith a program, which all of them find as whiskops.
func enginesWith(t *testing.T, program string) map[string]engine {
	bin := t.TempDir()
	absolute, err := filepath.Abs(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(absolute, filepath.Join(bin, "whiskops")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	all := map[string]engine{
		"pipe":  pipe,
		"build": command("whiskops", "build"),
	}
	for _, k := range strings.FieldsFunc(*kustomize, func(r rune) bool { return r == ',' }) {
		all[filepath.Base(filepath.Dir(k))] = command(k, "build", "--enable-alpha-plugins", "--enable-exec")
	}
	if version, err := exec.Command("kpt", "version").Output(); err == nil {
		t.Logf("kpt %s", version)
		all["kpt render"], all["kpt eval"], all["kpt source, sink"] = kptRender, kptEval, kptPipe
	} else {
		t.Log("NOT RUN: kpt render, kpt eval, kpt source and sink: kpt is not in PATH")
	}
	if *kustomize == "" {
		t.Log("NOT RUN: kustomize, of which -kustomize names none")
	}
	return all
}

// command is one that prints what it builds of a folder.
func command(name string, args ...string) engine {
	return func(t *testing.T, dir string) (string, bool) {
		out, err := exec.Command(name, append(args, dir)...).Output()
		return string(out), err == nil
	}
}

// kptRender changes the folder in place by its pipeline.
func kptRender(t *testing.T, dir string) (string, bool) {
	return inPlace(t, dir, "kpt", "fn", "render", "--allow-exec", dir)
}

// kptEval changes the folder in place by one function that the package does not know.
func kptEval(t *testing.T, dir string) (string, bool) {
	return inPlace(t, dir, "kpt", "fn", "eval", dir, "--exec", "whiskops fn", "--fn-config", config(t, dir))
}

// inPlace runs what changes a folder, unless a function refuses.
func inPlace(t *testing.T, dir, name string, args ...string) (string, bool) {
	before := objectsIn(t, dir)
	if err := exec.Command(name, args...).Run(); err == nil {
		return objectsIn(t, dir), true
	}
	if after := objectsIn(t, dir); after != before {
		return after, false
	}
	return "", false
}

// kptPipe gives what a folder has to the function, and writes what comes of it into
// another.
func kptPipe(t *testing.T, dir string) (string, bool) {
	list, err := exec.Command("kpt", "fn", "source", dir, "--fn-config", config(t, dir)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	function := exec.Command("whiskops", "fn")
	function.Stdin, function.Stdout = bytes.NewReader(list), &out
	if function.Run() != nil {
		return "", false
	}
	sink := exec.Command("kpt", "fn", "sink", filepath.Join(dir, "out"))
	sink.Stdin = &out
	if text, err := sink.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return objectsIn(t, filepath.Join(dir, "out")), true
}

// config is that of a folder in a file beside it, as one gives it by hand, and takes it
// out of the folder, with the pipeline that names it.
func config(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	beside := t.TempDir()
	write(t, beside, map[string]string{"config.yaml": string(text)})
	for _, name := range []string{"config.yaml", "Kptfile", "kustomization.yaml"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(beside, "config.yaml")
}

// objectsIn a folder, all but what says how it is built.
func objectsIn(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || slices.Contains([]string{"Kptfile", "config.yaml", "kustomization.yaml"}, info.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		all = append(all, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "---\n")
}

// pipe gives a list to the function, as any orchestrator does.
func pipe(t *testing.T, dir string) (string, bool) {
	nodes := func(name string) []*yaml.RNode {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all, err := (&kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true}).Read()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	var list, out bytes.Buffer
	w := kio.ByteWriter{Writer: &list, WrappingAPIVersion: kio.ResourceListAPIVersion, WrappingKind: kio.ResourceListKind, FunctionConfig: nodes("config.yaml")[0]}
	if err := w.Write(nodes("objects.yaml")); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("whiskops", "fn")
	run.Stdin, run.Stdout = &list, &out
	if run.Run() != nil {
		return "", false
	}
	items, err := (&kio.ByteReader{Reader: &out, OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	text, err := kio.StringAll(items)
	if err != nil {
		t.Fatal(err)
	}
	return text, true
}

// canonical objects: as JSON, sorted, without what an engine or the function writes for
// itself.
func canonical(t *testing.T, text string) string {
	t.Helper()
	items, err := (&kio.ByteReader{Reader: strings.NewReader(text), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, n := range items {
		for key := range n.GetAnnotations() {
			if strings.Contains(key, "config.kubernetes.io/") || strings.HasPrefix(key, "fn.whiskops.github.io/") {
				if err := n.PipeE(yaml.ClearAnnotation(key)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := yaml.ClearEmptyAnnotations(n); err != nil {
			t.Fatal(err)
		}
		object, err := n.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(object))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// workloads of others, without what kpt refuses: a List, and an object with no name.
func workloads(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("../krm/krmtest/foreign/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d shapes, %v", len(files), err)
	}
	var all []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range strings.Split(string(text), "---\n") {
			if !strings.Contains(doc, "kind: List\n") && strings.Contains(doc, "metadata:") {
				all = append(all, doc)
			}
		}
	}
	return strings.Join(all, "---\n")
}
