package overlay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// RenameJobs gives Jobs names of other contents: an overlay's files at dir, with
// patches in its top kustomization, which come after the user's own folder. jobs
// are those that it builds, with the names that they have without that folder.
func RenameJobs(files map[string][]byte, dir string, jobs []kustomize.Object) (map[string][]byte, error) {
	top, err := readTop(files, dir)
	if err != nil {
		return nil, fmt.Errorf("rename Jobs of %s: %w", dir, err)
	}
	for _, job := range jobs {
		other, err := otherName(job)
		if err != nil {
			return nil, fmt.Errorf("rename %s: %w", job, err)
		}
		top.patches = append(top.patches, fields{
			{"target", fields{{"kind", "Job"}, {"name", job.Name}}},
			{"patch", fmt.Sprintf("- op: replace\n  path: /metadata/name\n  value: %s\n", other)},
			{"options", fields{{"allowNameChange", true}}},
		})
	}
	return top.write(files, dir)
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
