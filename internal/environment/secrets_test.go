package environment

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/internal/finding"
)

// Passwords reach their fields on each of the ways that CUE has. "•" is where
// one stands: each of them gets parts that are nowhere else.
const waysOfSecrets = `package environments

import "strings"

_shared: "•"
_logins: {invoker: {pw: "•"}, more: ["•", "•"]}
#Login: {username: string | *"someone", password: *"•" | string}
let hidden = "•"
_keys: [N=string]: {name: N, key: "00000000-1111-4222-8333-•:\(strings.Repeat("•", 5))"}
_keys: guest: {}
ci: edge: host: "a.example.com"
ci: profile: "development"
ci: secrets: plain: {
	couchdb: {
		admin: {username: "•", password: _shared}
		controller: {username: "c", password: "\(hidden)-•"}
		invoker: {username: "i", password: _logins.invoker.pw}
	}
	openwhisk: {
		controller: #Login & {username: "c"}
		X=invoker: {username: "i" + "•", password: strings.Join(_logins.more, "")}
	}
	subjects: {for n, k in _keys {(n): k.key}, "whisk.system": _keys.guest.key}
}
ci: {kafka: replicas: 3, namespace: "plain-text"}
`

// A mistake of one character, anywhere, shows no secret, whatever it breaks.
func TestMistakesShowNoSecret(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	src, secrets := waysOfSecrets, []string(nil)
	for i := 0; strings.Contains(src, "•"); i++ {
		secret := fmt.Sprintf("qz%dx%dv%dj", i, i+11, i+37)
		secrets = append(secrets, secret)
		src = strings.Replace(src, "•", secret, 1)
	}
	junk := []rune("\"'`{}[]()\\:,?!&|*+-=#_@ \n\t1axé.")
	tries := 600
	if testing.Short() {
		tries = 40
	}
	for range tries {
		text := []rune(src)
		at := rng.IntN(len(text))
		switch r := junk[rng.IntN(len(junk))]; rng.IntN(3) {
		case 0:
			text = slices.Delete(text, at, at+1)
		case 1:
			text[at] = r
		case 2:
			text = slices.Insert(text, at, r)
		}
		shown := print(t, string(text))
		for _, secret := range secrets {
			// The mistake may stand in the middle of the secret.
			if half := len(secret) / 2; strings.Contains(shown, secret[:half+1]) || strings.Contains(shown, secret[half-1:]) {
				t.Fatalf("%s is shown:\n%s\nof:\n%s", secret, shown, string(text))
			}
		}
	}
}

// print gives all that is said of a file, for people and for machines.
func print(t *testing.T, src string) string {
	t.Helper()
	files := map[string][]byte{"environments/a.cue": []byte(src)}
	_, fs, err := LoadBytes("environments", files)
	if err != nil {
		t.Fatalf("%v of:\n%s", err, src)
	}
	var b strings.Builder
	if err := finding.WriteJSON(&b, fs, finding.Options{}); err != nil {
		t.Fatal(err)
	}
	return text(t, fs, files) + b.String()
}

// The names of Secrets of services outside, of a bucket and of tenants are no secrets:
// a finding about the word would hide it wherever it stands.
func TestWhatMayBeASecret(t *testing.T) {
	for path, want := range map[string]bool{
		"kafka.external.tls.ca.secret":          false,
		"kafka.external.tls.certificate.secret": false,
		"couchdb.external.ca.secret":            false,
		"redis.external.tls.ca.secret":          false,
		"couchdb.backup.s3.secret":              false,
		"tenants.alice.secret":                  false,
		"tenants.alice.limits.secret":           true,
		"kafka.external.secret":                 true,
		"secrets.plain.redis.password":          true,
		"secrets.tenants":                       false,
		"secrets.revisions.couchdb":             false,
		"secrets.subjects.guest":                true,
		"secrets.plain.couchdb":                 true,
		"secrets.token":                         true,
	} {
		if got := maySecret(strings.Split(path, "."), false); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

// What is written where a Secret is named is hidden if no Secret can have that name: it may
// be a password at the wrong place. A name is shown, and so is a number of a revision.
func TestWhatNamesNoSecretIsHidden(t *testing.T) {
	for written, shown := range map[string]bool{
		`couchdb: "ours.couchdb-1"`:                       true,
		`tenants: "our-tenants"`:                          true,
		`revisions: couchdb: 3`:                           true,
		`couchdb: "ours" + "-couchdb"`:                    false, // in doubt
		`couchdb: "Hunter2"`:                              false,
		`couchdb: "correct horse"`:                        false,
		`redis: "hunter-2!"`:                              false,
		`revisions: couchdb: "Hunter2"`:                   false,
		`subjects: guest: "hunter"`:                       false,
		`plain: couchdb: admin: password: "ours-couchdb"`: false,
	} {
		src := "package environments\n\nown: secrets: " + written + "\n"
		pkg, _, _, err := Repository{}.load("environments", map[string][]byte{"environments/a.cue": []byte(src)})
		if err != nil {
			t.Fatal(err)
		}
		if hidden := pkg.Secrets.Holds("environments/a.cue", 3); hidden == shown {
			t.Errorf("%s: hidden %v, want shown %v", written, hidden, shown)
		}
	}
}
