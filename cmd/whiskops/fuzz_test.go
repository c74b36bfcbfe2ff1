package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzFunction gives bytes to fn as its standard input: it makes a list, or
// says in words what is wrong.
func FuzzFunction(f *testing.F) {
	script, err := txtar.ParseFile("testdata/script/commands.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range script.Files {
		if strings.HasSuffix(file.Name, ".yaml") {
			f.Add(file.Data)
		}
	}
	for _, s := range []string{"", "a", "[", "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n", "kind: ResourceList\nfunctionConfig: {kind: AddVolume}\nitems: [1]\n", "kind: List\nitems: []\n---\n{}\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		var stderr bytes.Buffer
		code := run([]string{"fn"}, streams{in: bytes.NewReader(input), out: io.Discard, err: &stderr})
		said := stderr.String()
		if code != exitFine && code != exitFinding || code == exitFinding && !strings.Contains("\n"+said, "\nerror: ") || strings.Contains(said, "runtime error") {
			t.Errorf("exit code %d: %s", code, said)
		}
	})
}
