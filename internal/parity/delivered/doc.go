// Package delivered reads what is generated for Flux with Flux's own types and
// its own rules for what of a repository it ignores. It is a module of its own, so
// that the product does not depend on the controllers' APIs.
package delivered
