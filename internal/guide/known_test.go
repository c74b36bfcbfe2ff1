package guide

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/overlay"
)

// A reason is shown as it was written: no sign in it means anything to Markdown,
// at the beginning of a sentence, which has a line of its own, neither.
func TestProse(t *testing.T) {
	for in, want := range map[string]string{
		"two zones are all we have": "two zones are all we have",
		"max_pods, well-known":      `max\_pods, well-known`,
		"# no heading":              `\# no heading`,
		"So. # no heading":          `So. \# no heading`,
		"So. - no item":             `So. \- no item`,
		"So. 12. no item":           `So. 12\. no item`,
		"1) no item":                `1\) no item`,
		"2 of 3":                    "2 of 3",
		"<b>, [x](y) & `code`":      "\\<b\\>, \\[x\\](y) \\& \\`code\\`",
		`a\b | c ~~d~~ *e*`:         `a\\b \| c \~\~d\~\~ \*e\*`,
		"https://example.com/a-b":   "https://example.com/a-b",
	} {
		if got := prose(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Nothing is said of warnings where none is acknowledged, and no secret with them.
func TestKnownHidesSecrets(t *testing.T) {
	secret := "hunter2hunter2"
	src := `package environments
e: {
	profile: "development"
	edge: host: "functions.example.com"
	acknowledge: WO205: "the password is ` + secret + `"
	secrets: plain: {
		couchdb: {admin: {username: "a", password: "` + secret + `"}, controller: {username: "c", password: "c-1"}, invoker: {username: "i", password: "i-1"}}
		openwhisk: {controller: {username: "c", password: "c-2"}, invoker: {username: "i", password: "i-2"}}
		subjects: guest: "00000000-0000-4000-8000-000000000002:1developmentonly1developmentonly1developmentonly1developmentonly"
	}
}
`
	envs, found, err := environment.LoadBytes("environments", map[string][]byte{"a.cue": []byte(src)})
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	v, err := derived.New(&envs[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := string(Markdown(v, overlay.NoCustom)); strings.Contains(got, secret) || !strings.Contains(got, "## Known warnings") {
		t.Error("the guide shows a secret, or no warning")
	}
	envs[0].Acknowledge = nil
	if strings.Contains(string(Markdown(v, overlay.NoCustom)), "## Known warnings") {
		t.Error("the guide speaks of warnings that nobody acknowledges")
	}
}
