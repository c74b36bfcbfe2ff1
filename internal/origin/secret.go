package origin

import (
	"strings"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/place"
)

// embedded is the length from which a secret is looked for within other values;
// a shorter one, "admin", is a word.
const embedded = 8

// hide takes out the values that are secret, and those that hold one of them:
// a shared field may have brought it elsewhere.
func hide(values []Value) {
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
		for _, s := range secrets {
			if holds(v.Value, s) {
				values[i].Value, values[i].Hidden = nil, true
			}
		}
	}
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
