package overlay

import (
	"bytes"
	"fmt"
	"maps"
	"path"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// topFile is the kustomization of a whole overlay, which this package wrote.
type topFile struct {
	header                         string
	resources, components, patches []any
}

func readTop(files map[string][]byte, dir string) (topFile, error) {
	name := path.Join(dir, kustomizationFile)
	n, err := yaml.Parse(string(files[name]))
	if err != nil {
		return topFile{}, err
	}
	read, err := value.Read(n.YNode())
	k, ok := read.(map[string]any)
	if err != nil || !ok {
		return topFile{}, fmt.Errorf("%s is no kustomization: %w", name, err)
	}
	line, _, _ := bytes.Cut(files[name], []byte("\n"))
	t := topFile{header: string(line) + "\n"}
	t.resources, _ = k["resources"].([]any)
	t.components, _ = k["components"].([]any)
	return t, nil
}

func (t topFile) fields() fields {
	k := kustomization()
	k.put("resources", t.resources)
	k.put("components", t.components)
	k.put("patches", t.patches)
	// What the command does anyway, said so that Flux does it too.
	k.put("sortOptions", fields{{"order", "legacy"}})
	return k
}

// write gives the overlay's files with this one.
func (t topFile) write(files map[string][]byte, dir string) (map[string][]byte, error) {
	written := maps.Clone(files)
	var err error
	written[path.Join(dir, kustomizationFile)], err = value.Write(t.header, t.fields())
	return written, err
}
