package page

import (
	"html"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/finding"
)

// TestSecretsAreHidden: what a Secret keeps is on no page, however it is written; that
// it differs, and which keys there are, is.
func TestSecretsAreHidden(t *testing.T) {
	const was, is = "b2xkc2VjcmV0", "bmV3c2VjcmV0"
	secret := func(value string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    last: '" + value + "'\ndata:\n  key: " + value + "\n  same: x\n"
	}
	for name, test := range map[string]struct {
		file, old, new string
		shows          string
	}{
		"data":              {"s.yaml", secret(was), secret(is), "key: '*** (another)'"},
		"new":               {"s.yaml", "", secret(is), "key: ***"},
		"gone":              {"s.yaml", secret(was), "", "key: ***"},
		"quoted kind":       {"s.yaml", strings.Replace(secret(was), "kind: Secret", `"kind": 'Secret'`, 1), secret(is), "key: '*** (another)'"},
		"JSON":              {"s.yaml", `{"kind": "Secret", "stringData": {"key": "` + was + `"}}`, `{"kind": "Secret", "stringData": {"key": "` + is + `"}}`, "key: '*** (another)'"},
		"in a list":         {"l.yaml", "kind: List\nitems:\n- kind: Secret\n  data: {key: " + was + "}\n", "kind: List\nitems:\n- kind: Secret\n  data: {key: " + is + "}\n", "key: '*** (another)'"},
		"data is text":      {"s.yaml", "kind: Secret\ndata: " + was + "\n", "kind: Secret\ndata: " + is + "\nx: y\n", "data: ***"},
		"values are maps":   {"s.yaml", "kind: Secret\ndata: {a: {b: " + was + "}}\n", "kind: Secret\ndata: {a: {b: " + is + "}}\n", "a: '*** (another)'"},
		"another kind":      {"s.yaml", "kind: ConfigMap\ndata: {a: b}\n", secret(is), "key: ***"},
		"was another kind":  {"s.yaml", secret(was), "kind: ConfigMap\ndata: {a: b}\n", "key: ***"},
		"two documents":     {"s.yaml", "kind: ConfigMap\n---\n" + secret(was), secret(is), "It is no YAML of one object"},
		"no YAML":           {"s.yaml", "<<<<<<< HEAD\n" + secret(was), secret(is), "It is no YAML of one object"},
		"only how it reads": {"s.yaml", secret(is), secret(is) + "# a comment\n", "What differs is hidden"},
		"known":             {"a.txt", "the value " + was, "the value " + is, "the value ***"},
		"known and short":   {"a.yaml", "pin: zq9\nx: 1\n", "pin: \"zq9\"\nx: 1\n", "pin: ***"},
	} {
		t.Run(name, func(t *testing.T) {
			secrets := &finding.Secrets{}
			for _, value := range []string{was, is, "zq9"} {
				if strings.HasPrefix(name, "known") {
					secrets.Add(value)
				}
			}
			bytes := func(text string) []byte {
				if text == "" {
					return nil
				}
				return []byte(text)
			}
			got := html.UnescapeString(written(t, Page{Environments: []Environment{{Name: "a", Files: []File{{test.file, bytes(test.old), bytes(test.new)}}}}}, Options{Secrets: secrets}))
			for _, value := range []string{was, is, "zq9"} {
				if strings.Contains(got, value) {
					t.Errorf("%s is shown", value)
				}
			}
			if !strings.Contains(got, test.shows) {
				t.Errorf("%q is not shown:\n%s", test.shows, got[strings.Index(got, "<main>"):])
			}
		})
	}
}

// TestNamesAreSealed: a secret is in no name of a picture either.
func TestNamesAreSealed(t *testing.T) {
	secrets := &finding.Secrets{}
	secrets.Add("hunter2zebra")
	p := sample(" hunter2zebra")
	p.Outline = sample("").Outline // sealed by who made it
	if got := written(t, p, Options{Secrets: secrets}); strings.Contains(got, "hunter2") || !strings.Contains(got, finding.Mask) {
		t.Error("a name shows a secret")
	}
}
