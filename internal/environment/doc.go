// Package environment owns the way from a directory of CUE files to checked
// environments. Data comes in as the bytes of one CUE package and goes out as
// Go structs with every default of the schema filled in, or as findings at the
// user's own line and column.
//
// The steps: internal/place reads the files as syntax; evaluate.go has CUE
// evaluate them by themselves, without the schema, and explain.go says what CUE
// found wrong; internal/contract holds the data that came out to the schema, and
// fills in the defaults. The user's files are evaluated alone so that a conflict
// among them is told from a mistake against the schema, and so that a shared
// default (*3 | int) does not clash with the schema's. The price: an expression
// sees the fields that the user wrote, not the schema's defaults.
//
// Load and LoadBytes give environments, Base the schema's defaults, JoinPath
// the path of a field. The types are made from the schema (internal/reference).
// Rules over several fields are left to internal/rules, derived values to
// internal/derived.
package environment
