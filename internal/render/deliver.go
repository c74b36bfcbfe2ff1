package render

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
)

// codeDelivery: the folder cannot be delivered as the environment asks for.
const codeDelivery = "WO315"

// deliver makes what the environment's tool reads, below clusters/<environment>/,
// and proves that each wrapper builds the objects of the overlay.
func (r *renderer) deliver(in delivery.Input, files map[string][]byte, seen *witness) (map[string][]byte, error) {
	own := in.Custom != overlay.NoCustom || len(in.Secrets) > 0
	if own {
		if link := seen.link(); link != "" && in.Values.Env.GitOps.Flux != nil {
			return nil, undelivered(link, "this link is part of the build, and Flux leaves links out of what it reads",
				"put the file or the folder in its place, or refer to it by its path in kustomization.yaml")
		}
		in.Others = seen.folders(in.Base, in.Overlay, delivery.SecretsOf(in.Values.Env.Name))
	}
	out, err := delivery.Of(in)
	if refused := (*delivery.Refused)(nil); errors.As(err, &refused) {
		return nil, undelivered(path.Join(in.Overlay, CustomFolder), refused.Message, refused.Help)
	}
	if err != nil {
		return nil, err
	}
	tree := kustomize.NewTree(r.files, files, out.Files)
	if own {
		tree = tree.Over(r.root, users(r.root))
	}
	var g errgroup.Group
	for _, w := range out.Wrappers {
		g.Go(func() error {
			built, err := kustomize.Build(tree, w.Dir)
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

// witness is a repository that remembers which files and links were read.
type witness struct {
	fs.ReadLinkFS
	mu           sync.Mutex
	files, links map[string]bool
}

func newWitness(root fs.ReadLinkFS) *witness {
	return &witness{ReadLinkFS: root, files: map[string]bool{}, links: map[string]bool{}}
}

// Open opens a file for reading.
func (w *witness) Open(name string) (fs.File, error) {
	f, err := w.ReadLinkFS.Open(name)
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.files[name] = true
	}
	return f, err
}

// ReadLink tells where a link leads.
func (w *witness) ReadLink(name string) (string, error) {
	to, err := w.ReadLinkFS.ReadLink(name)
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.links[name] = true
	}
	return to, err
}

// link is the first of those that were followed; empty if none was.
func (w *witness) link() string {
	for _, name := range slices.Sorted(maps.Keys(w.links)) {
		return name
	}
	return ""
}

// folders are those of the files that were read, but for what is in others.
func (w *witness) folders(others ...string) []string {
	found := map[string]bool{}
	for name := range w.files {
		dir := path.Dir(name)
		if !slices.ContainsFunc(others, func(o string) bool { return dir == o || strings.HasPrefix(dir, o+"/") }) {
			found[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
