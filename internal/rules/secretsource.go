package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/field"
)

// secretSource looks at where the Secrets come from.
func (c *checker) secretSource() {
	const field = "secrets.source"
	source := c.Env.Secrets.Source
	var given []string
	for _, s := range []struct {
		name  string
		given bool
	}{
		{"existing", source.Existing != nil}, {"sops", source.SOPS != nil}, {"sealed", source.Sealed != nil}, {"external", source.External != nil},
	} {
		if s.given {
			given = append(given, field+"."+s.name)
		}
	}
	if c.Env.Secrets.Plain != nil {
		given = append([]string{"secrets.plain"}, given...)
	}
	if len(given) > 1 {
		c.fail("WO651", given[1],
			fmt.Sprintf("%s and %s are both given: each of them makes the Secrets, and the last to write wins", given[0], given[1]),
			"leave one of them")
		return
	}
	switch {
	case source.SOPS != nil:
		c.sops()
	case source.External != nil:
		c.externalSecrets()
	}
}

func (c *checker) sops() {
	const field = "secrets.source.sops"
	if c.Env.GitOps.ArgoCD != nil {
		c.fail("WO652", field,
			"Argo CD decrypts nothing: it would apply Secrets whose values are what sops wrote",
			"write secrets: source: sealed or external, or gitops: flux")
	}
	seen := map[string]bool{}
	for i, r := range c.Env.Secrets.Source.SOPS.Recipients {
		at := fmt.Sprintf("%s.recipients[%d]", field, i)
		switch {
		case seen[r]:
			c.fail("WO654", at, fmt.Sprintf("%s is %q, which stands before it already", at, r), "leave it once")
		case !bech32(r):
			c.fail("WO654", at, fmt.Sprintf("%s is %q, and its last six characters are no sum of the others: a character is wrong", at, r),
				"copy it anew from the line \"# public key:\" of the key's file, or from `age-keygen -y FILE`")
		}
		seen[r] = true
	}
}

func (c *checker) externalSecrets() {
	const field = "secrets.source.external"
	external := c.Env.Secrets.Source.External
	switch {
	case external.Store == nil && !external.Generate:
		c.fail("WO653", field, field+" has neither a store nor generate: nothing says where the values are",
			"write store: name, or generate: true")
	case external.Store != nil && external.Generate:
		c.fail("WO653", c.written(field+".generate", field),
			field+" has both a store and generate: what the operator makes is in no store",
			"leave one of them")
	case external.Generate && c.Env.CouchDB.External != nil:
		c.fail("WO655", field+".generate",
			"the operator would make an administrator's password that CouchDB at "+c.Env.CouchDB.External.Host+" does not have",
			"write secrets: source: external: store, with the login that is valid there")
	case external.Generate:
		c.unknownThere(field + ".generate")
	}
}

// unknownThere refuses a password that the server outside would have to know.
func (c *checker) unknownThere(at string) {
	for _, s := range c.Secrets() {
		for _, key := range slices.Sorted(maps.Keys(s.Values)) {
			outside := s.Values[key].Outside
			if s.Values[key].Length > 0 && outside != "" && field.Given(field.Of(c.Env, outside)) {
				c.fail("WO655", at,
					fmt.Sprintf("the operator would make the %s of Secret %s, which the server of %s does not have", key, s.Name, outside),
					"write secrets: source: external: store, with the login that is valid there")
				return
			}
		}
	}
}

// bech32 tells whether the checksum of a recipient holds.
// Source: BIP 173, the only checksum of age's recipients.
func bech32(text string) bool {
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	hrp, data, _ := strings.Cut(text, "1")
	var all []int
	for _, r := range hrp {
		all = append(all, int(r)>>5)
	}
	all = append(all, 0)
	for _, r := range hrp {
		all = append(all, int(r)&31)
	}
	for _, r := range data {
		all = append(all, strings.IndexRune(alphabet, r))
	}
	if slices.Contains(all, -1) {
		return false
	}
	sum := 1
	for _, v := range all {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ v
		for i, g := range [...]int{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	return sum == 1
}
