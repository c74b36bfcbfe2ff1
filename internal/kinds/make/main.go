// Command make writes what internal/kinds knows, from the Go types of Kubernetes:
// the modules k8s.io/api and k8s.io/apimachinery of each minor version, through the
// module proxy. It is run by hand, when there is a new version: see Makefile, kinds.
//
// The types are read as text, so that nothing of Kubernetes is compiled in.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/whiskops/whiskops/internal/made"
)

// versions of the modules, the newest of each minor of Kubernetes that there was
// when this list was written.
var versions = []struct {
	minor   int
	version string
}{
	{29, "v0.29.15"}, {30, "v0.30.14"}, {31, "v0.31.14"}, {32, "v0.32.13"}, {33, "v0.33.13"},
	{34, "v0.34.13"}, {35, "v0.35.10"}, {36, "v0.36.6"}, {37, "v0.37.2"},
}

func main() {
	made.Main(func() (map[string][]byte, error) {
		all := newModel()
		for _, v := range versions {
			s := source{dirs: map[string]string{}, packages: map[string]*pkg{}}
			for _, module := range []string{"k8s.io/api", "k8s.io/apimachinery"} {
				dir, err := download(module + "@" + v.version)
				if err != nil {
					return nil, err
				}
				s.dirs[module] = dir
			}
			if err := s.read(v.minor, all); err != nil {
				return nil, fmt.Errorf("version 1.%d of Kubernetes: %w", v.minor, err)
			}
		}
		return map[string][]byte{"kinds.txt": all.text()}, nil
	})
}

// download is the folder of a module in the module cache.
func download(module string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Dir = filepath.VolumeName("/") + "/" // of no module of its own
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("download %s: %w: %s%s", module, err, out, said.Bytes())
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(out, &found); err != nil {
		return "", fmt.Errorf("download %s: %w", module, err)
	}
	return found.Dir, nil
}
