// Package krmtest runs the directory cases of a generator: a functionConfig
// and objects in, objects or complaints out. It is for tests alone.
//
// A case is a folder testdata/<case> beside the test:
//
//	config.yaml    the functionConfig
//	input.yaml     the objects before, if there are any
//	expected.yaml  the objects after, or
//	errors.txt     the complaints, one a line
//
// `go test -update` rewrites the last two: read that difference in review.
package krmtest

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
)

// update is a flag of every test binary that imports this package.
var update = flag.Bool("update", false, "rewrite the expectations below testdata")

// Run tests process with every case below testdata. A case with neither
// expectation, and a package without a case, fail.
func Run(t *testing.T, process krm.Function) {
	t.Helper()
	for _, dir := range dirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) { runCase(t, dir, process) })
	}
}

func runCase(t *testing.T, dir string, process krm.Function) {
	rl, err := Read(read(t, dir, "config.yaml"), read(t, dir, "input.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	output, complaints := "", ""
	if err := process(rl); err == nil {
		output = Print(rl)
	} else if all := (krm.Complaints{}); errors.As(err, &all) {
		complaints = all.Error() + "\n"
	} else {
		t.Fatalf("not a complaint but a fault: %v", err)
	}
	if *update {
		write(t, dir, "expected.yaml", output)
		write(t, dir, "errors.txt", complaints)
	}
	wantOutput, wantComplaints := string(read(t, dir, "expected.yaml")), string(read(t, dir, "errors.txt"))
	if wantOutput == "" && wantComplaints == "" {
		t.Fatalf("%s has neither expected.yaml nor errors.txt: run go test -update", dir)
	}
	if diff := cmp.Diff(wantComplaints, complaints); diff != "" {
		t.Errorf("errors.txt (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantOutput, output); diff != "" {
		t.Errorf("expected.yaml (-want +got):\n%s", diff)
	}
}

// Read makes a list from the text of a functionConfig and of objects. Empty
// config means no functionConfig.
func Read(config, input []byte) (*krm.ResourceList, error) {
	rl := &krm.ResourceList{}
	if len(bytes.TrimSpace(config)) > 0 {
		fc, err := yaml.Parse(string(config))
		if err != nil {
			return nil, err
		}
		rl.FunctionConfig = fc
	}
	items, err := (&kio.ByteReader{Reader: bytes.NewReader(input), OmitReaderAnnotations: true}).Read()
	if err != nil {
		return nil, err
	}
	rl.Items = items
	return rl, nil
}

// Print writes the items of a list as a YAML stream.
func Print(rl *krm.ResourceList) string {
	docs := make([]string, len(rl.Items))
	for i, n := range rl.Items {
		docs[i] = n.MustString()
	}
	return strings.Join(docs, "---\n")
}

// dirs are the case folders in their order.
func dirs(t testing.TB) []string {
	t.Helper()
	configs, err := filepath.Glob(filepath.Join("testdata", "*", "config.yaml"))
	if err != nil || len(configs) == 0 {
		t.Fatalf("no testdata/*/config.yaml: %v", err)
	}
	for i, c := range configs {
		configs[i] = filepath.Dir(c)
	}
	return configs
}

// read returns nothing for a file that is not there.
func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	// A checkout on Windows may have turned the line ends.
	return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
}

// write removes the file when there is nothing to write.
func write(t testing.TB, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if content == "" {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
