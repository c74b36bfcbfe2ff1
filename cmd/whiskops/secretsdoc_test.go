package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/sops/sopstest"
)

var fenced = regexp.MustCompile("(?ms)^```(cue|sh)\n(.*?)^```$")

// TestSecretsDocument runs what docs/secrets.md says, section by section: the
// environment of a section, and each line that begins with whiskops.
func TestSecretsDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/secrets.md")
	if err != nil {
		t.Fatal(err)
	}
	sopstest.Install(t)
	t.Setenv("FAKE_SOPS_KEY", "mine")
	ran := 0
	var root, whole string
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		name, _, _ := strings.Cut(section, "\n")
		blocks := fenced.FindAllStringSubmatch(section, -1)
		if strings.Contains(section, "edge: host") {
			root, whole = t.TempDir(), ""
			write(t, filepath.Join(root, "certificates", "production.pem"), string(madeCertificate(100)))
		}
		for _, b := range blocks {
			if b[1] == "cue" {
				whole += strings.TrimPrefix(b[2], "package environments\n")
				write(t, filepath.Join(root, "environments", "a.cue"), "package environments\n"+whole)
				continue
			}
			for line := range strings.Lines(b[2]) {
				words := strings.Fields(line)
				if len(words) == 0 || words[0] != "whiskops" {
					continue
				}
				in := "" // what the shell would pipe into it
				if words[len(words)-1] == "--stdin" {
					in = "couchdb/username=root\ncouchdb/password=hunter2-zebra\n"
				}
				var out, errs bytes.Buffer
				if code := run(words[1:], streams{in: strings.NewReader(in), out: &out, err: &errs, dir: root}); code != exitFine {
					t.Errorf("%s: %s exits with %d:\n%s%s", name, strings.TrimSpace(line), code, &out, &errs)
				}
				ran++
			}
		}
		if name == "External Secrets" {
			// What follows is about files again.
			root, whole = t.TempDir(), "production: {edge: host: \"a.example.com\", invoker: userMemory: \"8Gi\", couchdb: activations: keep: \"168h\", secrets: source: sops: recipients: [\"age1afwpz72gfvvr3c2vjhrskuhdyrqu9rllxxf85a0sf9dy47ylxs4quvqdxy\"]}\n"
			write(t, filepath.Join(root, "environments", "a.cue"), "package environments\n"+whole)
			if code := run([]string{"secrets", "create", "production"}, streams{in: strings.NewReader(""), out: &bytes.Buffer{}, err: os.Stderr, dir: root}); code != exitFine {
				t.Fatal(code)
			}
		}
	}
	if ran < 11 {
		t.Errorf("only %d lines were run", ran)
	}
}
