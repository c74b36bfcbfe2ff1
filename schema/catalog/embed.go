// Package catalog embeds what OpenWhisk is, as data: a CUE file for each
// component, and the programs that run inside it. Go here only embeds:
// internal/catalog decodes it.
package catalog

import "embed"

// Files of the catalogue.
//
//go:embed *.cue couchdb smoke
var Files embed.FS
