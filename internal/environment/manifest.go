package environment

import "github.com/whiskops/whiskops/internal/runtimes"

// Manifest is a runtimes manifest, read from a file: see internal/runtimes.
type Manifest = runtimes.Manifest
