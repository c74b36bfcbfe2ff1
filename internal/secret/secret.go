// Package secret owns the files of clusters/<environment>/secrets/: Secrets that
// sops encrypted, or SealedSecrets, and the kustomization over them.
//
// In: an environment's derived values and the repository. Out: the objects that
// the folder builds, with findings about all that is not as the environment
// expects, and new manifests with new values. A value that is plain is in memory
// alone, on its way to who encrypts it; no finding and no error shows one.
package secret

import (
	"fmt"
	"path"
	"slices"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/finding"
)

// Codes of findings about the folder.
const (
	codeMissing     = "WO661" // a Secret that the installation expects, or a key of it, is not in clusters/<environment>/secrets/
	codePlain       = "WO662" // a value in clusters/<environment>/secrets/ is not encrypted
	codeRecipients  = "WO663" // a file is encrypted for other people than the environment says
	codeDamaged     = "WO664" // a file of clusters/<environment>/secrets/ is damaged, or is not what the environment says
	codeCertificate = "WO665" // the certificate of Sealed Secrets cannot be used, or soon cannot
	codeSOPS        = "WO666" // sops does not do what it is asked for
	codeGiven       = "WO667" // a value that only somebody else knows is not given
)

// Kustomization of the folder.
const Kustomization = "kustomization.yaml"

// file of a Secret, below the repository's root.
func file(v *derived.Values, name string) string {
	if name+".yaml" == Kustomization {
		name += "-secret"
	}
	return path.Join(delivery.SecretsOf(v.Env.Name), name+".yaml")
}

// expected is the Secret of a name; nil if the installation does not know it.
func expected(v *derived.Values, name string) *derived.Secret {
	all := v.Secrets()
	if i := slices.IndexFunc(all, func(s derived.Secret) bool { return s.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// wrong is a finding about a file below the root.
func wrong(code, file string, line int, message, help string) finding.Finding {
	f := finding.Finding{Code: code, Severity: finding.Error, Position: finding.Position{File: file, Line: line}, Message: message, Help: help, Hidden: true}
	if line > 0 {
		f.Column = 1
	}
	return f
}

// Findings is an error that is nothing but findings.
type Findings []finding.Finding

func (f Findings) Error() string { return fmt.Sprintf("%d findings", len(f)) }
