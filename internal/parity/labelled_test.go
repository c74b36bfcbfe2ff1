package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var labeller = flag.Bool("labeller", false, "be a KRM function that labels all that it is given, the functionConfigs too")

// TestMain has this program be the function that kpt runs in front of ours: kpt's own
// set-labels comes as a container alone.
func TestMain(m *testing.M) {
	flag.Parse()
	if !*labeller {
		os.Exit(m.Run())
	}
	err := kio.Pipeline{
		Inputs:  []kio.Reader{&kio.ByteReader{Reader: os.Stdin, OmitReaderAnnotations: true}},
		Filters: []kio.Filter{kio.FilterFunc(labelled)},
		Outputs: []kio.Writer{kio.ByteWriter{Writer: os.Stdout, KeepReaderAnnotations: true, WrappingAPIVersion: kio.ResourceListAPIVersion, WrappingKind: kio.ResourceListKind}},
	}.Execute()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// labelled has all objects, their pods and what selects these with one label more.
func labelled(all []*yaml.RNode) ([]*yaml.RNode, error) {
	for _, n := range all {
		if err := n.PipeE(yaml.SetLabel("env", "prod")); err != nil {
			return nil, err
		}
		for _, at := range [][]string{{"spec", "selector", "matchLabels"}, {"spec", "template", "metadata", "labels"}} {
			labels, err := n.Pipe(yaml.Lookup(at...))
			if err != nil {
				return nil, err
			}
			if labels == nil || labels.YNode().Kind != yaml.MappingNode { // an alias to some that have it
				continue
			}
			if err := labels.PipeE(yaml.SetField("env", yaml.NewStringRNode("prod"))); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// TestLabelled: a function that labels all, in front of ours in kpt's pipeline, puts a
// label on the functionConfig as well. What ours do is then the same as for objects that
// had the label from the beginning, and a render more changes nothing.
func TestLabelled(t *testing.T) {
	program := *whiskops
	if program == "" {
		program = made(t, "../..", "./cmd/whiskops")
	}
	if enginesWith(t, program)["kpt render"] == nil {
		t.Skip("NOT RUN: kpt, which is not in PATH")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	objects := workloads(t)
	functions, err := filepath.Glob("../../generators/*/testdata/foreign")
	if err != nil || len(functions) < 10 {
		t.Fatalf("%d functions, %v", len(functions), err)
	}
	for _, function := range functions {
		configs, err := filepath.Glob(filepath.Join(function, "[^n]*.yaml"))
		if err != nil || len(configs) == 0 {
			t.Fatal(function, err)
		}
		config, err := os.ReadFile(configs[0])
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(filepath.Dir(filepath.Dir(function))), func(t *testing.T) {
			inFront(t, self, objects, string(config))
		})
	}
}

// inFront compares a render with this program as the labeller in front with what the
// function alone makes of objects that are labelled.
func inFront(t *testing.T, self, objects, config string) {
	dir := folder(t, objects, config)
	file := filepath.Join(dir, "Kptfile")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pipeline := strings.Replace(string(text), "mutators: [", "mutators: [{exec: "+self+" -labeller}, ", 1)
	write(t, dir, map[string]string{"Kptfile": pipeline})
	got, ok := kptRender(t, dir)
	before := exec.Command(self, "-labeller")
	before.Stdin = strings.NewReader(objects)
	list, err := before.Output()
	if err != nil {
		t.Fatal(err)
	}
	items, err := (&kio.ByteReader{Reader: strings.NewReader(string(list)), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	from, err := kio.StringAll(items)
	if err != nil {
		t.Fatal(err)
	}
	want, fine := pipe(t, folder(t, from, config))
	if ok != fine {
		t.Fatalf("refused with the labeller in front: %t, without: %t", !ok, !fine)
	}
	if !ok {
		return
	}
	if after, err := yaml.ReadFile(filepath.Join(dir, "config.yaml")); err != nil || after.GetLabels()["env"] != "prod" {
		t.Errorf("the functionConfig has no label: %v", err)
	}
	if diff := cmp.Diff(canonical(t, want), canonical(t, got)); diff != "" {
		t.Errorf("(-without +with the labeller in front):\n%s", diff)
	}
	// Objects that ours made get the label by the next render.
	second, _ := kptRender(t, dir)
	if third, _ := kptRender(t, dir); third != second {
		t.Errorf("a third render (-second +third):\n%s", cmp.Diff(second, third))
	}
}
