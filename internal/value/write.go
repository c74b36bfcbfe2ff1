package value

import (
	"bytes"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Write is a file for people to read: a header, and below it each document as
// Document makes it. An error names a value that YAML cannot say.
func Write[T any](header string, documents ...T) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header)
	e := yaml.NewEncoder(&b)
	for _, d := range documents {
		n, err := Document(d)
		if err != nil {
			return nil, err
		}
		if err := e.Encode(n); err != nil {
			return nil, err
		}
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
