// Package environment owns the way from a directory of CUE files to checked
// environments. Data comes in as the bytes of one CUE package and goes out as
// Go structs with every default of the schema filled in, or as findings at the
// user's own line and column.
//
// The steps, a file each: parse (syntax, package clause, imports), evaluate
// (the user's files by themselves, without the schema), check (the data that
// came out, against the schema), resolve (CUE unifies both and fills in the
// defaults). The user's files are evaluated alone so that a conflict among them
// is told from a mistake against the schema, and so that a shared default
// (*3 | int) does not clash with the schema's. The price: an expression sees
// the fields that the user wrote, not the schema's defaults.
//
// The check reads the schema's own syntax (shape.go) and says what is wrong in
// words; CUE's unification has the last say on what is valid. A test holds the
// two together.
//
// Load and LoadBytes give environments, Base the schema's defaults, JoinPath
// the path of a field. Rules over several fields are left to internal/rules,
// derived values to internal/plan.
package environment
