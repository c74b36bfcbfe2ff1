package plan

import (
	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/internal/finding"
)

// Public is the function with a mask for each value of a plain Secret: whatever
// the value is, since one that is a word is hidden nowhere else.
func (f Function) Public() Function {
	spec, ok := f.Spec.(foundation.Spec)
	if !ok {
		return f
	}
	secrets := make([]foundation.Secret, len(spec.Secrets))
	for i, s := range spec.Secrets {
		secrets[i] = foundation.Secret{Name: s.Name, Data: map[string]string{}}
		for key := range s.Data {
			secrets[i].Data[key] = finding.Mask
		}
	}
	spec.Secrets = secrets
	f.Spec = spec
	return f
}
