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
	if in.Custom != overlay.NoCustom {
		read, links := seen.Read(repository)
		if len(links) > 0 && in.Values.Env.GitOps.Flux != nil {
			return nil, undelivered(links[0], "this link is part of the build, and Flux leaves links out of what it reads",
				"put the file or the folder in its place, or refer to it by its path in kustomization.yaml")
		}
		in.Others = foldersBeside(read, in.Base, in.Overlay)
	}
	out, err := delivery.Of(in)
	if refused := (*delivery.Refused)(nil); errors.As(err, &refused) {
		return nil, undelivered(path.Join(in.Overlay, CustomFolder), refused.Message, refused.Help)
	}
	if err != nil {
		return nil, err
	}
	apart := in.Custom == overlay.NoCustom && r.builder != nil
	tree := kustomize.NewTree(r.files, files, out.Files)
	if in.Custom != overlay.NoCustom {
		tree = tree.Over(r.root, users(r.root))
	}
	var g errgroup.Group
	for _, w := range out.Wrappers {
		g.Go(func() error {
			of := tree
			if apart {
				of = kustomize.NewTree(w.Stand(), out.Files)
			}
			built, err := kustomize.Build(of, w.Dir)
			if err == nil {
				err = w.Prove(built)
			}
			if err != nil && in.Custom != overlay.NoCustom {
				return undelivered(path.Join(in.Overlay, CustomFolder), fmt.Sprintf("with this folder %s does not build what the overlay builds", w.Dir),
					"an object of it may refer to one of another tier, or patch one: write gitops: flux: shape: \"single\", or name what it refers to as it is in golden/")
			}
			if err != nil {
				return fmt.Errorf("the delivery does not build what the overlay does; nothing was written: %w", err)
			}
			return nil
		})
	}
	return out.Files, g.Wait()
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
