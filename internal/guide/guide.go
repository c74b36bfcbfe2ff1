// Package guide writes the README of an overlay: what must be there before the
// installation is applied, with the environment's own names filled in, so that
// each command can be pasted.
package guide

import "github.com/whiskops/whiskops/internal/derived"

// Markdown is the README of an environment's overlay.
func Markdown(v derived.Values) []byte { return []byte("# " + v.Env.Name + "\n") }
