package secret

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Kinds of the folder's objects.
const (
	kindSecret    = "Secret"
	kindSealed    = "SealedSecret"
	sealedVersion = "bitnami.com/v1alpha1"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// values of an object, by key, encrypted as they are.
func values(o kustomize.Object) map[string]any {
	if o.Kind == kindSealed {
		return value.Map(o.Value, "spec", "encryptedData")
	}
	all := map[string]any{}
	maps.Copy(all, value.Map(o.Value, "data"))
	maps.Copy(all, value.Map(o.Value, "stringData"))
	return all
}

// judge says what is wrong with an object. What cannot be seen without a key,
// such as a value that was put into the place of another, is for who has it.
func (f *Folder) judge(v *derived.Values, o kustomize.Object) {
	sops, wanted := v.Env.Secrets.Source.SOPS != nil, kindSealed
	if sops {
		wanted = kindSecret
	}
	switch {
	case o.Kind == kindSecret && value.Map(o.Value, "sops") == nil:
		f.say(v, codePlain, o, fmt.Sprintf("the %s is in plain text, and in git for good once it is committed", o), f.remedy(v, o))
		return
	case o.Kind != wanted:
		f.say(v, codeDamaged, o, fmt.Sprintf("this is a %s, and the environment's Secrets come from %s", o.Kind, sourceName(sops)),
			fmt.Sprintf("leave objects of kind %s alone in this folder; overlays/%s/custom/ takes others", wanted, v.Env.Name))
		return
	case o.Namespace != v.Env.Namespace && o.Namespace != v.ActionNamespace:
		f.say(v, codeDamaged, o, fmt.Sprintf("%s is in the namespace %q, and the environment has %s and %s", o.Name, o.Namespace, v.Env.Namespace, v.ActionNamespace),
			"make it anew: neither sops nor Sealed Secrets lets anybody move one", "metadata", "namespace")
		return
	}
	if _, copied := value.Map(o.Value, "metadata", "annotations")[lastApplied]; copied {
		f.say(v, codePlain, o, "an annotation of kubectl's has a copy of the Secret in it, which nobody encrypted", f.remedy(v, o), "metadata", "annotations")
	}
	if sops {
		f.encrypted(v, o)
	} else {
		f.sealed(v, o)
	}
}

// lastApplied is what `kubectl apply` leaves in an object.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

func sourceName(sops bool) string {
	if sops {
		return "sops"
	}
	return "Sealed Secrets"
}

// remedy for what was plain: it is not secret any more if it was shared.
func (f *Folder) remedy(v *derived.Values, o kustomize.Object) string {
	if expected(v, o.Name) == nil {
		return "encrypt it before it is committed, and change the value if it was"
	}
	return fmt.Sprintf("delete the file, and run `whiskops secrets create %s`, which makes new values: whoever saw these knows them", v.Env.Name)
}

// Source: sops' aes package, its cipher's format.
var encryptedForm = regexp.MustCompile(`^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]+),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:(str|int|float|bool|bytes)\]$`)

const (
	ivBytes  = 32
	tagBytes = 16
)

func isEncrypted(v any) bool {
	text, _ := v.(string)
	m := encryptedForm.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	data, err := base64.StdEncoding.DecodeString(m[1])
	return err == nil && len(data) > 0 && decodedLength(m[2]) == ivBytes && decodedLength(m[3]) == tagBytes
}

func decodedLength(text string) int {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return -1
	}
	return len(data)
}

// encrypted judges what sops left.
func (f *Folder) encrypted(v *derived.Values, o kustomize.Object) {
	for _, part := range []string{"data", "stringData"} {
		fields := value.Map(o.Value, part)
		for _, k := range sortedKeys(fields) {
			text, _ := fields[k].(string)
			switch {
			case isEncrypted(text):
			case strings.HasPrefix(text, "ENC["):
				f.say(v, codeDamaged, o, fmt.Sprintf("the value of %s is damaged: it begins as one of sops', and is none", k), restore, part, k)
			default:
				f.say(v, codePlain, o, fmt.Sprintf("the value of %s is not encrypted", k), f.remedy(v, o), part, k)
			}
		}
	}
	sops := value.Map(o.Value, "sops")
	if !isEncrypted(sops["mac"]) {
		f.say(v, codeDamaged, o, "sops.mac, by which sops sees changes, is missing or damaged", restore, "sops", "mac")
	}
	f.recipients(v, o, sops)
}

const restore = "take the file back from git"

// others are lists of keys that are no age keys.
// Source: sops' stores package, Metadata.
var others = []string{"kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "pgp", "key_groups"}

// recipients holds those of a file against the environment's.
func (f *Folder) recipients(v *derived.Values, o kustomize.Object, sops map[string]any) {
	const help = "if it is right, write it to secrets: source: sops: recipients; else run `sops updatekeys` on the file, or `whiskops secrets rotate`, which encrypts for the environment's recipients, and change what the others know"
	for _, kind := range others {
		if list, _ := sops[kind].([]any); len(list) > 0 {
			f.say(v, codeRecipients, o, fmt.Sprintf("keys of the kind %s open the file too, and the environment says that age keys alone do", kind), help, "sops", kind)
		}
	}
	have := map[string]bool{}
	keys, _ := sops["age"].([]any)
	for _, k := range keys {
		recipient, _ := value.Map(k)["recipient"].(string)
		have[recipient] = true
	}
	for _, r := range v.Env.Secrets.Source.SOPS.Recipients {
		if !have[r] {
			f.say(v, codeRecipients, o, fmt.Sprintf("%s, which is a recipient of the environment's, cannot open the file", r),
				fmt.Sprintf("whoever can opens it for that one too: `sops updatekeys %s`, or `whiskops secrets rotate`", f.name(v, o)), "sops", "age")
		}
		delete(have, r)
	}
	for _, r := range sortedKeys(have) {
		f.say(v, codeRecipients, o, fmt.Sprintf("%q opens the file too, and is no recipient of the environment's", r), help, "sops", "age")
	}
}

func (f *Folder) name(v *derived.Values, o kustomize.Object) string {
	name, _ := f.at(v, o)
	return name
}

// sealed judges a SealedSecret.
func (f *Folder) sealed(v *derived.Values, o kustomize.Object) {
	if o.APIVersion != sealedVersion {
		f.say(v, codeDamaged, o, fmt.Sprintf("apiVersion %q of a SealedSecret is unknown", o.APIVersion), "write "+sealedVersion, "apiVersion")
	}
	fields := values(o)
	for _, k := range sortedKeys(fields) {
		if text, _ := fields[k].(string); !isSealed(text) {
			f.say(v, codePlain, o, fmt.Sprintf("the value of %s is not sealed, or was damaged", k), f.remedy(v, o), "spec", "encryptedData", k)
		}
	}
	for _, k := range sortedKeys(value.Map(o.Value, "spec", "template", "data")) {
		f.say(v, codePlain, o, fmt.Sprintf("the value of %s in the template is not sealed", k), f.remedy(v, o), "spec", "template", "data", k)
	}
	of := value.Map(o.Value, "spec", "template", "metadata")
	for field, want := range map[string]string{"name": o.Name, "namespace": o.Namespace} {
		if got, given := of[field].(string); given && got != want {
			f.say(v, codeDamaged, o, fmt.Sprintf("the template's %s is %q, and the values were sealed for %q", field, got, want), "make it anew", "spec", "template", "metadata", field)
		}
	}
}

// isSealed tells whether a text is what the controller opens: the length of an
// RSA ciphertext, that, and at least the tag of AES-GCM.
// Source: sealed-secrets pkg/crypto.
func isSealed(text string) bool {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) < 2 {
		return false
	}
	n := int(binary.BigEndian.Uint16(data))
	return n >= 256 && n <= 2048 && len(data) >= 2+n+tagBytes
}
