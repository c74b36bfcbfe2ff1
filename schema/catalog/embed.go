// Package catalog embeds what OpenWhisk is, as data: a CUE file for each
// component, a folder for what differs in a release, and the programs that run
// inside. Go here only embeds: internal/catalog/source reads it.
package catalog

import "embed"

// Files of the catalogue.
//
//go:embed *.cue */*.cue again/again.js apiserver.js certificate couchdb flux kafka load packages redis smoke tenants
var Files embed.FS
