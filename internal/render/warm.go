package render

import (
	"golang.org/x/sync/errgroup"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// usual is the release of an environment that names none; a test holds it to the
// schema.
const usual = "2.0.0"

// Warm reads what nearly every tree is made with: the engine's schema, and the
// catalogue and the base of the usual release. A caller starts it beside other
// work; whoever needs a part first waits for that part, and hears of its error.
func Warm() {
	var g errgroup.Group
	g.Go(func() error { kustomize.Warm(); return nil })
	g.Go(func() error { _, err := catalog.Load(usual); return err })
	g.Go(func() error { _, err := Base(usual); return err })
	_ = g.Wait()
}
