package render

import (
	"errors"
	"slices"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/secret"
)

// Mistakes are what Tree's error says about users' own folders, of all
// environments. There are none if the error is a fault of another kind.
func Mistakes(err error) []finding.Finding {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []finding.Finding
		for _, e := range many.Unwrap() {
			for _, f := range Mistakes(e) {
				// What is above them all, each environment meets.
				if !slices.Contains(all, f) {
					all = append(all, f)
				}
			}
		}
		return all
	}
	if found := (secret.Findings)(nil); errors.As(err, &found) {
		return found
	}
	if verified := (*VerifyError)(nil); errors.As(err, &verified) {
		return verified.Findings
	}
	if custom := (*CustomError)(nil); errors.As(err, &custom) {
		return []finding.Finding{custom.Finding}
	}
	return nil
}

// first is what stops a tree: the first fault, or else all mistakes together.
// errs are in the order of the environments, so that the same input always ends
// with the same words.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil && len(Mistakes(err)) == 0 {
			return err
		}
	}
	return errors.Join(errs...)
}
