package render

import (
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// usual is the release of an environment that names none; a test holds it to the
// schema.
const usual = "2.0.0"

// Warm reads what nearly every tree is made with, in the order in which a run
// needs it: the catalogue and the base of the usual release, and what the engine
// reads once. A caller starts it beside other work; whoever needs a part first
// waits for that part, and hears of its error.
func Warm() {
	_, _ = catalog.Load(usual)
	_, _ = Base(usual)
	kustomize.Warm()
}
