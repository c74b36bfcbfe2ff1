package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/sealing"
	"github.com/whiskops/whiskops/internal/sops"
	"github.com/whiskops/whiskops/internal/value"
)

// sealer seals.
type sealer struct{ certificate sealing.Certificate }

func (s sealer) secret(v *derived.Values, name string, data map[string]string) ([]byte, error) {
	sealed := krm.M{}
	for k, text := range data {
		t, err := s.certificate.Seal(v.Env.Namespace, name, text)
		if err != nil {
			return nil, err
		}
		sealed[k] = t
	}
	return manifest(krm.M{
		"apiVersion": sealedVersion, "kind": kindSealed,
		"metadata": krm.M{"name": name, "namespace": v.Env.Namespace},
		"spec": krm.M{
			"encryptedData": sealed,
			"template":      krm.M{"metadata": krm.M{"name": name, "namespace": v.Env.Namespace}, "type": "Opaque"},
		},
	})
}

func (s sealer) changed(v *derived.Values, name string, d document, data map[string]string) ([]byte, error) {
	sealed := map[string]string{}
	for k, text := range data {
		t, err := s.certificate.Seal(v.Env.Namespace, name, text)
		if err != nil {
			return nil, err
		}
		sealed[k] = t
	}
	return set(d.node.Copy(), sealed, "spec", "encryptedData")
}

// encrypter runs sops.
type encrypter struct {
	ctx     context.Context
	program *sops.Program
}

func (e encrypter) secret(v *derived.Values, name string, data map[string]string) ([]byte, error) {
	plain, err := manifest(krm.M{
		"apiVersion": "v1", "kind": kindSecret, "type": "Opaque",
		"metadata":   krm.M{"name": name, "namespace": v.Env.Namespace},
		"stringData": data,
	})
	if err != nil {
		return nil, err
	}
	return e.program.Encrypt(e.ctx, plain, v.Env.Secrets.Source.SOPS.Recipients)
}

func (e encrypter) changed(v *derived.Values, name string, d document, data map[string]string) ([]byte, error) {
	opened, err := e.program.Decrypt(e.ctx, d.text)
	if err != nil {
		return nil, err
	}
	n, err := yaml.Parse(string(opened))
	if err != nil || n.GetName() != name || n.GetKind() != kindSecret {
		return nil, &sops.Error{Message: "what sops decrypted of " + d.file + " is no Secret " + name, Help: restore}
	}
	for k := range data {
		// A value of data beside one of stringData would be two.
		if _, err := n.Pipe(yaml.Lookup("data"), yaml.FieldClearer{Name: k}); err != nil {
			return nil, errors.New("change a decrypted Secret")
		}
	}
	plain, err := set(n, data, "stringData")
	if err != nil {
		return nil, err
	}
	return e.program.Encrypt(e.ctx, plain, v.Env.Secrets.Source.SOPS.Recipients)
}

// set fields of a part of an object. The error shows nothing of it.
func set(n *yaml.RNode, data map[string]string, at ...string) ([]byte, error) {
	for _, k := range sortedKeys(data) {
		if err := n.PipeE(yaml.LookupCreate(yaml.MappingNode, at...), yaml.SetField(k, yaml.NewStringRNode(data[k]))); err != nil {
			return nil, fmt.Errorf("set %s of a Secret", k)
		}
	}
	s, err := n.String()
	if err != nil {
		return nil, errors.New("print a Secret with new values")
	}
	return []byte(s), nil
}

// manifest is the text of an object. The error shows nothing of it.
func manifest(o krm.M) ([]byte, error) {
	n, err := value.Document(o)
	if err != nil {
		return nil, errors.New("print a Secret")
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	if e.Encode(n) != nil || e.Close() != nil {
		return nil, errors.New("print a Secret")
	}
	return b.Bytes(), nil
}
