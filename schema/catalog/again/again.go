// Package again has what programs share that bring something about and keep it so. It
// is the catalogue's, and apart from it: who makes such a program's pod need not know
// what OpenWhisk is.
package again

import _ "embed"

// Program is again.js, which such a program has beside itself: it looks, puts right
// what differs, and looks again.
//
//go:embed again.js
var Program string
