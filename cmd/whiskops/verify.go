package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/finding"
	kubernetes "github.com/whiskops/whiskops/internal/kinds"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/manifest"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/verify"
)

func verifyCommand(s streams) *cobra.Command {
	var out printer
	var most limits
	version := ""
	cmd := &cobra.Command{
		Use:   "verify FOLDER|-",
		Short: "Say what is wrong with any tree of Kubernetes objects",
		Long: fmt.Sprintf(`verify judges objects, whoever made them: host names in text, selectors and
references that lead nowhere, pods that the level of their namespace refuses, and
kinds and fields that Kubernetes does not have. A folder with a kustomization is
built, of another all YAML files are read, and "-" is the standard input: at most
%d MiB and %d objects. What is not among the objects may be in the cluster.

Custom resources are not judged by their fields. What is generated has no finding;
what overlays/<environment>/custom/ changes of it, generate judges by itself.`, manifest.Most>>20, manifest.MostObjects),
		Example: `  whiskops verify golden/production
  whiskops verify overlays/production --kubernetes 1.33
  kustomize build somewhere | whiskops verify - --output json`,
		Args: oneFolder,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			minor, err := minorOf(version)
			if err != nil {
				return err
			}
			_, ended, err := most.watch(s)
			if err != nil {
				return err
			}
			defer ended()
			v := verification{minor: minor}
			found, err := v.of(s, args[0])
			if err != nil {
				return err
			}
			if v.objects == 0 && len(found) == 0 {
				return nothingIn(args[0])
			}
			if err := out.print(s, found); err != nil {
				return err
			}
			if out.form == "text" {
				fmt.Fprintf(s.out, "%s verified for Kubernetes 1.%d\n", count(v.objects, "object"), minor)
			}
			return nil
		},
	}
	out.flags(cmd)
	most.flags(cmd)
	cmd.Flags().StringVar(&version, "kubernetes", fmt.Sprintf("1.%d", kubernetes.Newest()), "minor version of the cluster")
	return cmd
}

func oneFolder(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return fmt.Errorf("%s takes one argument, a folder or \"-\" for the standard input, and is given %d", cmd.Name(), len(args))
}

// nothingIn what was given: a build that failed before a pipe must not look like one
// that is fine.
func nothingIn(name string) error {
	if name == "-" {
		return errors.New("there is no object on the standard input, so nothing was verified\n  help: see what the command before the pipe says; `set -o pipefail` lets its exit code count")
	}
	return fmt.Errorf("there is no object in %s, so nothing was verified\n  help: name a folder with a kustomization or with YAML files of objects", name)
}

// minorOf a version such as 1.34.
func minorOf(version string) (int, error) {
	minor, err := strconv.Atoi(strings.TrimPrefix(version, "1."))
	if err != nil || !strings.HasPrefix(version, "1.") || minor < kubernetes.Oldest() || minor > kubernetes.Newest() {
		return 0, fmt.Errorf("--kubernetes %q: write a version from 1.%d to 1.%d", version, kubernetes.Oldest(), kubernetes.Newest())
	}
	return minor, nil
}

// verification is one run of verify.
type verification struct {
	minor, objects int
}

// of a folder, or the standard input.
func (v *verification) of(s streams, name string) ([]finding.Finding, error) {
	if name == "-" {
		text, err := io.ReadAll(io.LimitReader(s.in, manifest.Most+1))
		if err != nil {
			return nil, fmt.Errorf("read the standard input: %w", err)
		}
		var set manifest.Set
		found := set.Add("-", text)
		return v.read(&set, found)
	}
	in, err := openFolder(s, name)
	if err != nil {
		return nil, err
	}
	defer in.close()
	if kustomize.IsThere(in.files, in.at) {
		return v.built(in.root, in.files, in.at)
	}
	var set manifest.Set
	found, err := set.Folder(in.files, in.at, func(name string) string { return filepath.Join(in.root, filepath.FromSlash(name)) })
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return v.read(&set, found)
}

// read judges what was read, beside what is wrong with that.
func (v *verification) read(set *manifest.Set, found []finding.Finding) ([]finding.Finding, error) {
	judged, err := v.set(set.Objects)
	if err != nil {
		return nil, err
	}
	judged.At = set.At
	return finding.Sort(append(found, verify.Check(judged)...)), nil
}

// built judges what a kustomization builds.
func (v *verification) built(root string, files fs.ReadLinkFS, dir string) ([]finding.Finding, error) {
	tree := kustomize.NewTree().Over(files, nil)
	objects, err := kustomize.Build(tree, dir)
	if mistake := render.BuildMistake(dir, err); mistake != nil {
		return []finding.Finding{below(root, *mistake)}, nil
	}
	if err != nil {
		return nil, err
	}
	judged, err := v.set(objects)
	if err != nil {
		return nil, err
	}
	judged.At = func(o kustomize.Object, field []string, words ...string) finding.Position {
		p, ok := tree.Stands(o, field, words)
		if !ok {
			p.File = dir
		}
		return below(root, finding.Finding{Position: finding.Position{File: p.File, Line: p.Line, Column: p.Column}}).Position
	}
	found := verify.Check(judged)
	for _, f := range verify.Engines(judged, tree.Kustomizations()) {
		if !filepath.IsAbs(f.File) {
			f = below(root, f)
		}
		found = append(found, f)
	}
	return finding.Sort(found), nil
}

// set is what is known of objects that anybody made.
func (v *verification) set(objects []kustomize.Object) (verify.Set, error) {
	v.objects = len(objects)
	s := verify.Set{Objects: objects, Minor: v.minor, Open: true}
	for _, release := range slices.Sorted(slices.Values(catalog.Releases())) {
		c, err := catalog.Load(release)
		if err != nil {
			return s, err
		}
		s.Made = append(s.Made, verify.Made{Labels: c.Actions.Labels}, verify.Made{Labels: c.Actions.System.Labels})
	}
	return s, nil
}
