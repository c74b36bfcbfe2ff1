package podsecurity

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Pods are taken and refused as the library of the API server says.
func TestPodSecurity(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/podsecurity.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		name := strings.TrimSuffix(archive.Files[i].Name, ".yaml")
		t.Run(name, func(t *testing.T) {
			v, err := value.Read(yaml.MustParse(string(archive.Files[i].Data)).YNode())
			if err != nil {
				t.Fatal(err)
			}
			pod := v.(map[string]any)
			for line := range strings.Lines(string(archive.Files[i+1].Data)) {
				words := strings.Fields(line)
				found := Refused(pod, nil, words[0])
				if (len(found) > 0) != (words[1] == "refuses") {
					t.Errorf("%s %s it, and here it says %v", words[0], words[1], found)
				}
			}
			if found := Refused(pod, nil, "privileged"); found != nil {
				t.Errorf("privileged refuses %v", found)
			}
		})
	}
}
