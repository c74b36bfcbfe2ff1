package secret

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/sops"
)

// Open decrypts each Secret that sops encrypted with the user's own key, and says
// which do not open, and which values have not the form of their keys.
func (f *Folder) Open(ctx context.Context, program *sops.Program, v *derived.Values) ([]finding.Finding, error) {
	var found []finding.Finding
	for _, s := range v.Secrets() {
		o, ok := f.Secret(v, s.Name)
		if !ok {
			continue // which is said already
		}
		d := f.files[key(o.Kind, o.Namespace, o.Name)]
		opened, err := program.Decrypt(ctx, d.text)
		if refused := (*sops.Error)(nil); errors.As(err, &refused) {
			found = append(found, wrong(codeSOPS, d.file, 0, refused.Message, refused.Help))
			continue
		}
		if err != nil {
			return nil, err
		}
		data, ok := plain(opened)
		if !ok {
			found = append(found, wrong(codeDamaged, d.file, 0, "what sops decrypted is no Secret", restore))
			continue
		}
		for _, k := range sortedKeys(data) {
			if form := Form(s, k); !Takes(form, data[k]) {
				at, line := f.at(v, o, "stringData", k)
				found = append(found, wrong(codeDamaged, at, line, fmt.Sprintf("the value of %s has not the form that OpenWhisk reads", k),
					fmt.Sprintf("run `whiskops secrets rotate %s %s/%s`, which makes another one", v.Env.Name, s.Field, k)))
			}
		}
	}
	return found, nil
}

// plain are the values of a Secret that was decrypted.
func plain(text []byte) (map[string]string, bool) {
	n, err := yaml.Parse(string(text))
	if err != nil || yaml.ErrorIfInvalid(n, yaml.MappingNode) != nil {
		return nil, false
	}
	all := n.GetDataMap()
	for k, v := range all {
		raw, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return nil, false
		}
		all[k] = string(raw)
	}
	strings, err := n.Pipe(yaml.Get("stringData"))
	if err != nil || strings == nil {
		return all, err == nil
	}
	err = strings.VisitFields(func(field *yaml.MapNode) error {
		all[field.Key.YNode().Value] = field.Value.YNode().Value
		return nil
	})
	return all, err == nil
}
