package secret

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/sops"
)

// RulesFile tells sops what it encrypts, and for whom, when a person runs it.
const RulesFile = ".sops.yaml"

// Rules are the text of RulesFile, for all environments whose Secrets sops
// encrypts.
func Rules(envs []environment.Environment) []byte {
	var b strings.Builder
	b.WriteString("# Made by `whiskops secrets create`; yours to change. Recipients are those of the environments.\ncreation_rules:\n")
	for _, env := range envs {
		if env.Secrets.Source.SOPS != nil {
			b.WriteString(rule(&env))
		}
	}
	return []byte(b.String())
}

// rule of an environment. The folder's kustomization is matched too, and has
// nothing that is encrypted.
func rule(env *environment.Environment) string {
	return fmt.Sprintf("  - path_regex: (^|/)%s/[^/]+\\.yaml$\n    encrypted_regex: %s\n    age: %s\n",
		regexp.QuoteMeta(delivery.SecretsOf(env.Name)), sops.Values, strings.Join(env.Secrets.Source.SOPS.Recipients, ","))
}

// Lacks are lines to add to somebody's RulesFile, so that sops encrypts an
// environment's files as the environment says; empty if it does.
func Lacks(text []byte, env *environment.Environment) string {
	var have struct {
		Rules []struct {
			Path      string `yaml:"path_regex"`
			Encrypted string `yaml:"encrypted_regex"`
			Age       string `yaml:"age"`
		} `yaml:"creation_rules"`
	}
	if yaml.Unmarshal(text, &have) != nil {
		return rule(env)
	}
	for _, r := range have.Rules {
		form, err := regexp.Compile(r.Path)
		if err != nil || !form.MatchString(delivery.SecretsOf(env.Name)+"/a.yaml") {
			continue
		}
		var keys []string
		for k := range strings.SplitSeq(r.Age, ",") {
			keys = append(keys, strings.TrimSpace(k))
		}
		wanted := slices.Clone(env.Secrets.Source.SOPS.Recipients)
		slices.Sort(keys)
		slices.Sort(wanted)
		if r.Encrypted == sops.Values && slices.Equal(keys, wanted) {
			return ""
		}
		break // the first that matches holds
	}
	return rule(env)
}
