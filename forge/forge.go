// Package forge is what runs whiskops where changes are reviewed: an action of
// GitHub (github/action.yml), a component of GitLab (../templates/diff.yml, where GitLab
// wants it) and hooks for pre-commit (../.pre-commit-hooks.yaml).
//
// There is no Go in it but tests, which take the scripts out of the YAML and run them
// as the forge would, with a server in place of its API.
package forge
