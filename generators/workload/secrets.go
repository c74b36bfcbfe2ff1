package workload

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// secretsAnnotation of a pod template changes with what the pods read of Secrets.
const secretsAnnotation = "whiskops.github.io/secrets"

// secretsHash is a hash of the versions of what the pods read of Secrets: of the
// keys that become variables, and of all keys of those that are mounted. It is
// empty where no version is known.
func secretsHash(s Spec) string {
	read := map[string]map[string]string{}
	note := func(name, key, version string) {
		if read[name] == nil {
			read[name] = map[string]string{}
		}
		read[name][key] = version
	}
	for _, env := range variables(s) {
		ref := value.Map(env, "valueFrom", "secretKeyRef")
		name, _ := ref["name"].(string)
		key, _ := ref["key"].(string)
		if version, known := versionOf(s.Secrets[name], key); known {
			note(name, key, version)
		}
	}
	if !s.Rereads {
		for _, name := range mountedSecrets(s) {
			for key, version := range s.Secrets[name] {
				note(name, key, version)
			}
		}
	}
	if len(read) == 0 {
		return ""
	}
	text, err := json.Marshal(read) // with sorted keys
	if err != nil {
		panic(err) // maps of strings encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:4])
}

// versionOf a key of a Secret.
func versionOf(versions map[string]string, key string) (string, bool) {
	if version, known := versions[key]; known {
		return version, true
	}
	version, known := versions[""]
	return version, known
}

// variables of all containers.
func variables(s Spec) []krm.M {
	var all []krm.M
	for _, w := range s.Waits {
		all = append(all, w.Env...)
	}
	for _, c := range s.Init {
		all = append(all, c.Env...)
	}
	return append(all, s.Main.Env...)
}

// mountedSecrets are the names of the Secrets behind the volumes.
func mountedSecrets(s Spec) []string {
	var volumes krm.L
	for _, v := range s.Volumes {
		volumes = append(volumes, v)
	}
	var names []string
	for _, r := range value.References(krm.M{"kind": "Pod", "spec": krm.M{"volumes": volumes}}) {
		if r.Kind == "Secret" {
			names = append(names, r.Name)
		}
	}
	return names
}
