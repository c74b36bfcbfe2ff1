package environment

import (
	"fmt"
	"slices"

	"github.com/whiskops/whiskops/internal/finding"
)

// isSecret tells that the value at a path is a password or a key. It must not
// end in the log of a build, so findings do not show it.
func isSecret(path []string) bool {
	i := slices.Index(path, "plain")
	return i > 0 && path[i-1] == "secrets" || slices.Contains(path, "password")
}

// hide takes the values out of a finding of the evaluator.
func hide(f finding.Finding) finding.Finding {
	path := splitPath(f.Path)
	if !isSecret(path) {
		return f
	}
	name := quoted(lastOf(path))
	switch f.Code {
	case CodeConflict:
		f.Message = fmt.Sprintf("%s is said twice, differently", name)
	case CodeType, CodeBounds, CodeEnum, CodeForm, CodeIncomplete, CodeExpression:
		f.Message = fmt.Sprintf("%s has no value that fits what is said of it", name)
	}
	return f
}
