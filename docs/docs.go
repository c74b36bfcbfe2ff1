// Package docs embeds what commands print of the documentation.
package docs

import _ "embed"

// Schema is the reference of environments, in Markdown.
//
//go:embed schema.md
var Schema []byte

// Findings lists every code with what it means, in Markdown.
//
//go:embed findings.md
var Findings string
