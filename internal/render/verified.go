package render

import (
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/functions"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/verify"
)

// VerifyError is what is wrong with what an environment builds because of the
// user's own folder.
type VerifyError struct{ Findings []finding.Finding }

func (e *VerifyError) Error() string { return e.Findings[0].Message }

// customized builds an environment with the user's own folder in it, and with what
// functions in that make of it, and judges that. A Job that they change is renamed by the
// overlay itself: files are those with which it is.
func (r *renderer) customized(values *derived.Values, files map[string][]byte, dir string, plain []kustomize.Object, own functions.Folder) (map[string][]byte, []kustomize.Object, error) {
	built, whole, err := r.withCustom(files, dir)
	if err != nil {
		return nil, nil, err
	}
	applied := applied{files: files, built: built, whole: whole}
	if !own.Empty() {
		if applied, err = r.apply(own, applied, dir, values.Env.Name); err != nil {
			return nil, nil, err
		}
	}
	if old := verify.OldNames(plain, applied.built); len(old) > 0 {
		if applied, err = r.renameJobs(applied, dir, old); err != nil {
			return nil, nil, err
		}
	}
	return applied.files, applied.built, r.verified(values, plain, applied)
}

// renameJobs gives Jobs names of other contents.
func (r *renderer) renameJobs(a applied, dir string, old []kustomize.Object) (applied, error) {
	var err error
	if a.files, err = overlay.RenameJobs(a.files, dir, old); err != nil {
		return a, err
	}
	if a.built, a.whole, err = r.withCustom(a.files, dir); err != nil || a.component == nil {
		return a, err
	}
	if err := a.component.RenameJobs(old); err != nil {
		return a, err
	}
	return a, a.proven(path.Join(dir, CustomFolder, overlay.FunctionsFolder))
}

// verified judges what is built with a user's own folder against what is built
// without. Errors stop the environment; warnings are told.
func (r *renderer) verified(values *derived.Values, plain []kustomize.Object, a applied) error {
	at := path.Join(OverlayFolder, values.Env.Name, CustomFolder)
	set := Judged(values, a.built)
	set.At = func(o kustomize.Object, field []string, words ...string) finding.Position {
		if p, ok := a.outcome.Place(o, field); ok {
			return p
		}
		if p, ok := a.whole.Stands(o, field, words); ok {
			return finding.Position{File: p.File, Line: p.Line, Column: p.Column}
		}
		if p, ok := a.outcome.Place(o, nil); ok {
			return p
		}
		return finding.Position{File: at}
	}
	tools := values.Env.GitOps
	own := verify.Own{Folder: at, Kustomizations: a.whole.Kustomizations(), ByTier: tools.Flux == nil && tools.ArgoCD == nil}
	return r.told(values.Env.Name, append(a.outcome.Findings, verify.Custom(plain, set, own)...))
}

// told are findings about an environment: errors stop it, and warnings are told.
func (r *renderer) told(name string, found []finding.Finding) error {
	for i := range found {
		found[i].Path = environment.JoinPath(name)
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
	if b := values.Env.CouchDB.Backup; b != nil && b.S3 != nil {
		if _, known := set.Secrets[b.S3.Secret]; !known {
			set.Secrets[b.S3.Secret] = nil
		}
	}
	set.Hosts = elsewhere(values)
	referred := values.Referred()
	for _, name := range referred.Secrets {
		if _, known := set.Secrets[name]; !known {
			set.Secrets[name] = nil
		}
	}
	set.ConfigMaps = referred.ConfigMaps
	for _, labels := range []map[string]string{values.Catalog.Actions.Labels, values.Catalog.Actions.System.Labels} {
		set.Made = append(set.Made, verify.Made{Namespace: values.ActionNamespace, Labels: labels})
	}
	return set
}

// elsewhere are the hosts of all servers that are no component.
func elsewhere(values *derived.Values) []string {
	var all []string
	for name, c := range values.Catalog.Components {
		var servers []string
		if c.External != nil {
			if e := values.Endpoint(name); e.Outside {
				servers = strings.Split(e.Servers, ",")
			}
		}
		for _, o := range c.Outside {
			if o.When.Holds(values.Env) {
				servers = append(servers, values.Servers(o.Servers)...)
			}
		}
		for _, server := range servers {
			if host, _, err := net.SplitHostPort(server); err == nil {
				all = append(all, host)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
