package overlay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// RenameJobs gives Jobs names of other contents: an overlay's files at dir, with
// patches in its top kustomization, which come after the user's own folder. jobs
// are those that it builds, with the names that they have without that folder.
func RenameJobs(files map[string][]byte, dir string, jobs []kustomize.Object) (map[string][]byte, error) {
	name := path.Join(dir, kustomizationFile)
	n, err := yaml.Parse(string(files[name]))
	if err != nil {
		return nil, fmt.Errorf("rename Jobs of %s: %w", dir, err)
	}
	read, err := value.Read(n.YNode())
	top, ok := read.(map[string]any)
	if err != nil || !ok {
		return nil, fmt.Errorf("rename Jobs of %s: %s is no kustomization: %w", dir, name, err)
	}
	var patches []any
	for _, job := range jobs {
		other, err := otherName(job)
		if err != nil {
			return nil, fmt.Errorf("rename %s: %w", job, err)
		}
		patches = append(patches, fields{
			{"target", fields{{"kind", "Job"}, {"name", job.Name}}},
			{"patch", fmt.Sprintf("- op: replace\n  path: /metadata/name\n  value: %s\n", other)},
			{"options", fields{{"allowNameChange", true}}},
		})
	}
	k := kustomization()
	for _, f := range []string{"resources", "components"} {
		all, _ := top[f].([]any)
		k.put(f, all)
	}
	k.put("patches", patches)
	k.put("sortOptions", fields{{"order", "legacy"}})
	header, _, _ := bytes.Cut(files[name], []byte("\n"))
	renamed := maps.Clone(files)
	renamed[name], err = value.Write(string(header)+"\n", k)
	return renamed, err
}

// otherName of a Job: another hash behind its name, of what it is now and of what
// was in the hash before.
func otherName(job kustomize.Object) (string, error) {
	text, err := json.Marshal([]any{job.Name, job.Value["spec"]})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return jobHash.ReplaceAllString(job.Name, "") + "-" + hex.EncodeToString(sum[:4]), nil
}
