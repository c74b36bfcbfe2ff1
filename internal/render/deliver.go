package render

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/record"
)

// Codes of findings about what delivers an environment.
const (
	codeDelivery = "WO316" // the folder cannot be delivered by the tool that the environment names
)

// repository is what record.Inputs calls the users' files.
const repository = "repository"

// deliver makes what the environment's tool reads, below clusters/<environment>/,
// and proves that each wrapper builds the objects of the overlay.
func (r *renderer) deliver(in delivery.Input, files map[string][]byte, seen *record.Inputs) (map[string][]byte, error) {
	own := in.Custom != overlay.NoCustom || len(in.Secrets) > 0
	if own {
		read, links := seen.Read(repository)
		if len(links) > 0 && in.Values.Env.GitOps.Flux != nil {
			return nil, undelivered(links[0], "this link is part of the build, and Flux leaves links out of what it reads",
				"put the file or the folder in its place, or refer to it by its path in kustomization.yaml")
		}
		in.Others = foldersBeside(read, in.Base, in.Overlay, delivery.SecretsOf(in.Values.Env.Name))
	}
	out, err := delivery.Of(in)
	if refused := (*delivery.Refused)(nil); errors.As(err, &refused) {
		return nil, undelivered(path.Join(in.Overlay, CustomFolder), refused.Message, refused.Help)
	}
	if err != nil {
		return nil, err
	}
	wrappers, bare := out.Wrappers, in.Custom == overlay.NoCustom && r.builder != nil
	if bare {
		if wrappers, err = out.Bare(); err != nil {
			return nil, err
		}
	}
	tree := kustomize.NewTree(r.files, files, out.Files)
	if own {
		tree = tree.Over(r.root, users(r.root))
	}
	var g errgroup.Group
	for _, w := range wrappers {
		g.Go(func() error {
			tree := tree
			if bare {
				tree = kustomize.NewTree(w.Stand(), out.Files)
			}
			err := prove(w, tree)
			if err != nil && in.Custom != overlay.NoCustom {
				return unproven(in, w, err)
			}
			if err != nil {
				return fmt.Errorf("the delivery does not build what the overlay does; nothing was written: %w", err)
			}
			return nil
		})
	}
	return out.Files, g.Wait()
}

// prove builds a wrapper in a tree, and holds it against what it has to build.
func prove(w delivery.Wrapper, tree *kustomize.Tree) error {
	built, err := kustomize.Build(tree, w.Dir)
	if err != nil {
		return err
	}
	return w.Prove(built)
}

// unproven is a wrapper that does not build what the overlay does because of custom/.
func unproven(in delivery.Input, w delivery.Wrapper, err error) *CustomError {
	message := fmt.Sprintf("with this folder %s does not build what the overlay builds", w.Dir)
	if different := (*delivery.Different)(nil); errors.As(err, &different) {
		message += ": " + different.First + " is otherwise"
	}
	help := "write what the folder adds to annotations for each object, as a patch: commonAnnotations ties those of an object to those of its pods"
	if flux := in.Values.Env.GitOps.Flux; flux != nil && flux.Shape == "tiers" {
		help = "an object of it may refer to one of another tier, or patch one: write gitops: flux: shape: \"single\", or name what it refers to as it is in golden/"
	}
	return undelivered(path.Join(in.Overlay, CustomFolder), message, help)
}

func undelivered(at, message, help string) *CustomError {
	return &CustomError{finding.Finding{
		Code: codeDelivery, Severity: finding.Error, Position: finding.Position{File: at}, Message: message, Help: help,
	}}
}

// folders are those of files, but for what is in others.
func foldersBeside(files map[string][]byte, others ...string) []string {
	found := map[string]bool{}
	for name := range files {
		dir := path.Dir(name)
		if !slices.ContainsFunc(others, func(o string) bool { return dir == o || strings.HasPrefix(dir, o+"/") }) {
			found[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
