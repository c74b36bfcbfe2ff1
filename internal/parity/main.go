// Parity renders a directory with the engine of kustomize 5.8.1, which Flux,
// Argo CD and kubectl still embed, while the module around this one is built on
// that of 5.8.2. It is a module of its own so that both can be pinned, and so
// that the product does not depend on the older one.
//
// It prints what `kustomize build DIR` of that version prints:
//
//	go -C internal/parity run . ../../overlays/production
//
// With -golden it compares instead: GOLDEN is a folder of files that hold one
// object each, and the build must be those files, each of them once and in any
// order:
//
//	go -C internal/parity run . -golden ../../golden/production ../../overlays/production
//
// With several folders the builds together must be the files. With -annotated they
// may have more annotations, those of a tool that delivers them.
//
// Exit codes: 0 fine, 1 the golden files differ, 2 wrong use or a failed build.
// Building it needs its pinned modules, in the module cache or by network;
// running it needs neither.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func main() {
	err := run(os.Args[1:], os.Stdout)
	var differs *difference
	switch {
	case errors.As(err, &differs):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(2)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("parity", flag.ContinueOnError)
	golden := flags.String("golden", "", "folder of golden files to compare with")
	annotated := flags.String("annotated", "", "prefix of annotations that may be there besides")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("usage: parity [-golden GOLDEN [-annotated PREFIX]] DIR...")
	}
	var objects []string
	for _, dir := range flags.Args() {
		built, err := build(dir, *annotated)
		if err != nil {
			return err
		}
		objects = append(objects, built...)
	}
	if *golden != "" {
		return compare(objects, *golden)
	}
	_, err := io.WriteString(out, strings.Join(objects, "---\n"))
	return err
}

// build returns each object as the command prints it, less the annotations of a
// prefix.
func build(dir, less string) ([]string, error) {
	m, err := krusty.MakeKustomizer(&krusty.Options{
		Reorder:          krusty.ReorderOptionUnspecified,
		LoadRestrictions: types.LoadRestrictionsRootOnly,
		PluginConfig:     types.DisabledPluginConfig(),
	}).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, err
	}
	var objects []string
	for _, r := range m.Resources() {
		kept := r.GetAnnotations()
		maps.DeleteFunc(kept, func(key, _ string) bool { return less != "" && strings.HasPrefix(key, less) })
		if err := r.SetAnnotations(kept); err != nil {
			return nil, fmt.Errorf("print %s: %w", r.CurId(), err)
		}
		text, err := r.AsYAML()
		if err != nil {
			return nil, fmt.Errorf("print %s: %w", r.CurId(), err)
		}
		objects = append(objects, string(text))
	}
	return objects, nil
}

// difference names the golden files and the objects that have no counterpart.
type difference struct{ files, objects []string }

func (d *difference) Error() string {
	var b strings.Builder
	for _, f := range d.files {
		fmt.Fprintf(&b, "golden, not built by 5.8.1: %s\n", f)
	}
	for _, o := range d.objects {
		fmt.Fprintf(&b, "built by 5.8.1, not golden:\n%s", o)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func compare(objects []string, golden string) error {
	files, err := filepath.Glob(filepath.Join(golden, "*.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no golden files in %s (%w)", golden, err)
	}
	d := &difference{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if i := slices.Index(objects, string(text)); i >= 0 {
			objects = slices.Delete(objects, i, i+1)
		} else {
			d.files = append(d.files, f)
		}
	}
	if d.objects = objects; len(d.files)+len(d.objects) > 0 {
		return d
	}
	return nil
}
