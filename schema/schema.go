// Package schema embeds the CUE contract and the catalogue of OpenWhisk. Go
// here only embeds: internal/environment loads the contract, internal/plan
// reads the catalogue.
package schema

import "embed"

// Contract holds the files that define #Environment.
//
//go:embed *.cue
var Contract embed.FS
