package render

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/verify"
)

// VerifyError is what is wrong with what an environment builds because of the
// user's own folder.
type VerifyError struct{ Findings []finding.Finding }

func (e *VerifyError) Error() string { return e.Findings[0].Message }

// customized builds an environment with the user's own folder in it, and judges
// that. A Job that the folder changes is renamed by the overlay itself: files are
// those with which it is.
func (r *renderer) customized(values *derived.Values, files map[string][]byte, dir string, plain []kustomize.Object) (map[string][]byte, []kustomize.Object, error) {
	built, whole, err := r.withCustom(files, dir)
	if err != nil {
		return nil, nil, err
	}
	if old := verify.OldNames(plain, built); len(old) > 0 {
		renamed, err := overlay.RenameJobs(files, dir, old)
		if err != nil {
			return nil, nil, err
		}
		if built, whole, err = r.withCustom(renamed, dir); err != nil {
			return nil, nil, err
		}
		files = renamed
	}
	return files, built, r.verified(values, plain, built, whole)
}

// verified judges what is built with a user's own folder against what is built
// without. Errors stop the environment; warnings are told.
func (r *renderer) verified(values *derived.Values, plain, built []kustomize.Object, whole *kustomize.Tree) error {
	at := path.Join(OverlayFolder, values.Env.Name, CustomFolder)
	set := Judged(values, built)
	set.At = func(o kustomize.Object, field []string, words ...string) finding.Position {
		if p, ok := whole.Stands(o, field, words); ok {
			return finding.Position{File: p.File, Line: p.Line, Column: p.Column}
		}
		return finding.Position{File: at}
	}
	tools := values.Env.GitOps
	found := verify.Custom(plain, set, verify.Own{
		Folder: at, Kustomizations: whole.Kustomizations(), ByTier: tools.Flux == nil && tools.ArgoCD == nil,
	})
	for i := range found {
		found[i].Path = environment.JoinPath(values.Env.Name)
	}
	if finding.HasErrors(found) {
		return &VerifyError{found}
	}
	r.warn(found)
	return nil
}

// Judged is what is known of an environment's objects without looking at them.
func Judged(values *derived.Values, built []kustomize.Object) verify.Set {
	minor, _ := strconv.Atoi(strings.TrimPrefix(values.Env.Cluster.Kubernetes, "1."))
	set := verify.Set{Objects: built, Minor: minor, Secrets: map[string][]string{}, Decrypted: values.Env.Secrets.Source.SOPS != nil}
	for _, s := range values.Secrets() {
		var keys []string
		for k := range s.Values {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		if s.Open {
			keys = nil
		}
		set.Secrets[s.Name] = keys
	}
	for _, name := range values.Env.ImagePullSecrets {
		set.Secrets[name] = nil
	}
	if name := values.CertificateSecret; name != "" {
		set.Secrets[name] = []string{"ca.crt", "tls.crt", "tls.key"}
	}
	for _, t := range values.Trusted() {
		if keys, known := set.Secrets[t.Secret]; !known || keys != nil {
			set.Secrets[t.Secret] = append(keys, t.Key)
		}
	}
	if name := values.Env.Kafka.Topics.StrimziUser; name != "" {
		set.Secrets[name] = nil
	}
	referred := values.Referred()
	for _, name := range referred.Secrets {
		if _, known := set.Secrets[name]; !known {
			set.Secrets[name] = nil
		}
	}
	set.ConfigMaps = referred.ConfigMaps
	set.Made = []verify.Made{{Namespace: values.ActionNamespace, Labels: values.Catalog.Actions.Labels}}
	return set
}
