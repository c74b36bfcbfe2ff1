package origin

import (
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// embedded is the length from which a secret is looked for within other values;
// a shorter one, "admin", is a word.
const embedded = 8

// hide takes out the values that are secret, and those that hold one of them:
// a shared field may have brought it elsewhere. known are those of all
// environments, in whatever form.
func hide(values []Value, known *finding.Secrets) {
	var secrets []string
	for i, v := range values {
		if contract.IsSecret(place.SplitPath(v.Path)) {
			if s, ok := v.Value.(string); ok && s != "" {
				secrets = append(secrets, s)
			}
			values[i].Value, values[i].Hidden = nil, true
		}
	}
	for i, v := range values {
		values[i].Path = known.HideValues(v.Path)
		for j, from := range v.From {
			values[i].From[j] = known.HideValues(from)
		}
		if shows(v.Value, known) {
			values[i].Value, values[i].Hidden = nil, true
		}
		for _, s := range secrets {
			if holds(v.Value, s) {
				values[i].Value, values[i].Hidden = nil, true
			}
		}
	}
}

func shows(value any, known *finding.Secrets) bool {
	switch value := value.(type) {
	case string:
		return known.Shows(value)
	case []string:
		return slices.ContainsFunc(value, known.Shows)
	}
	return false
}

func holds(value any, secret string) bool {
	switch value := value.(type) {
	case string:
		return value == secret || len(secret) >= embedded && strings.Contains(value, secret)
	case []string:
		for _, v := range value {
			if holds(v, secret) {
				return true
			}
		}
	}
	return false
}
