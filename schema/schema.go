// Package schema embeds the CUE contract and the catalogue of OpenWhisk. Go
// here only embeds: internal/environment loads the contract, internal/plan
// reads the catalogue.
package schema

//go:generate go run ../internal/reference ..

import "embed"

// Contract holds the files that define #Environment.
//
//go:embed *.cue
var Contract embed.FS
