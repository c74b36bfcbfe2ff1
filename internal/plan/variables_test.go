package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a script names is what its container reads, whoever replaces the name:
// the shell or Kubernetes. A name is whole.
func TestReading(t *testing.T) {
	sources := []source{
		{"servers", map[string]bool{"HOSTS": true, "PORT": true}},
		{"own", map[string]bool{"PORT": true, "LIMIT": true}},
	}
	for name, test := range map[string]struct {
		texts []string
		want  []string
	}{
		"none":                 {nil, nil},
		"no variable":          {[]string{"HOSTS LIMIT $"}, nil},
		"of the shell":         {[]string{`hosts="$HOSTS"`}, []string{"servers"}},
		"in braces":            {[]string{"${LIMIT}"}, []string{"own"}},
		"of Kubernetes":        {[]string{"sleep", "$(LIMIT)"}, []string{"own"}},
		"in both":              {[]string{"$PORT"}, []string{"servers", "own"}},
		"two in two texts":     {[]string{"$HOSTS", "$LIMIT"}, []string{"servers", "own"}},
		"another's beginning":  {[]string{"$LIMITS $HOST"}, nil},
		"followed by a letter": {[]string{"$HOSTS,$HOSTSX"}, []string{"servers"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, reading(sources, test.texts...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
