// Package schema embeds the CUE contract and its JSON Schema. Go here only embeds:
// internal/contract compiles the contract.
package schema

//go:generate go run ../internal/reference ..

import "embed"

// Contract holds the files that define #Environment.
//
//go:embed *.cue
var Contract embed.FS

// JSONSchema says of an environment what the contract says, for editors.
//
//go:embed environment.schema.json
var JSONSchema []byte
