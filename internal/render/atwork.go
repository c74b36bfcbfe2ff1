package render

import (
	"sync/atomic"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// atWork is the tree that is being built, if the user's own folder is in it, or the file
// of the function that is run.
type atWork struct {
	tree     atomic.Pointer[kustomize.Tree]
	function atomic.Pointer[string]
}

func (a *atWork) begin(tree *kustomize.Tree) {
	if a != nil {
		a.tree.Store(tree)
		a.function.Store(nil)
	}
}

func (a *atWork) run(file string) {
	if a != nil {
		a.function.Store(&file)
	}
}

// file is the one of the user's that the build is at, or "".
func (a *atWork) file() string {
	if file := a.function.Load(); file != nil {
		return *file
	}
	if tree := a.tree.Load(); tree != nil {
		return tree.AtWork()
	}
	return ""
}
