package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/render"
)

func buildCommand(s streams) *cobra.Command {
	var out printer
	var most limits
	cmd := &cobra.Command{
		Use:   "build FOLDER",
		Short: "Build any kustomization, with the functions of `whiskops fn`",
		Long: `build prints what "kustomize build --enable-alpha-plugins --enable-exec" prints, with
no flag: generators and transformers that ask for exec: {path: whiskops, args: [fn]}
are run, by this very program. Whatever the kustomize command would skip without a
word, or fetch, is an error: other programs, containers, remote bases.

Flux, Argo CD and kubectl run no functions. Commit what build prints, and let them
apply that.`,
		Example: `  whiskops build deploy/overlays/staging > rendered/staging.yaml`,
		Args:    oneKustomization,
		RunE: func(_ *cobra.Command, args []string) error {
			_, ended, err := most.watch(s)
			if err != nil {
				return err
			}
			defer ended()
			objects, mistake, err := buildWhole(s, args[0])
			if err != nil {
				return err
			}
			if mistake != nil {
				return out.print(s, []finding.Finding{*mistake})
			}
			_, err = s.out.Write(kustomize.Join(objects))
			return err
		},
	}
	out.form = "text"
	most.flags(cmd)
	return cmd
}

func oneKustomization(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return fmt.Errorf("%s takes one argument, a folder with a kustomization, and is given %d", cmd.Name(), len(args))
}

// buildWhole builds a folder with its functions run. A mistake is one of its files'.
func buildWhole(s streams, name string) ([]kustomize.Object, *finding.Finding, error) {
	in, err := openFolder(s, name)
	if err != nil {
		return nil, nil, err
	}
	defer in.close()
	if !kustomize.IsThere(in.files, in.at) {
		return nil, nil, fmt.Errorf("%s has no kustomization\n  help: name a folder with a kustomization.yaml", name)
	}
	root, err := filepath.EvalSymlinks(in.root)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", in.root, err)
	}
	gone, err := alone()
	if err != nil {
		return nil, nil, err
	}
	defer gone()
	tree := kustomize.NewTree().Over(in.files, nil).WithFunctions(root)
	objects, err := kustomize.Build(tree, filepath.Join(root, filepath.FromSlash(in.at)))
	if mistake := render.BuildMistake(in.at, err); mistake != nil {
		shown := below(in.root, *mistake)
		return nil, &shown, nil
	}
	return objects, nil, err
}

// alone lets the engine find this program under its name, and no other program under
// any: not a container's either.
func alone() (gone func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to run its functions: %w", err)
	}
	dir, err := os.MkdirTemp("", "whiskops-build-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the functions: %w", err)
	}
	before := os.Getenv("PATH")
	gone = func() { os.Setenv("PATH", before); os.RemoveAll(dir) }
	if err := os.Symlink(self, filepath.Join(dir, kustomize.Program)); err != nil {
		gone()
		return nil, fmt.Errorf("make a folder for the functions: %w", err)
	}
	if err := os.Setenv("PATH", dir); err != nil {
		gone()
		return nil, fmt.Errorf("make a folder for the functions: %w", err)
	}
	return gone, nil
}
