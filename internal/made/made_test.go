package made

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"a": []byte("1\n"), "sub/b": []byte("2\n")}
	if err := write(dir, func() (map[string][]byte, error) { return files, nil }); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil || string(got) != string(want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestWriteFails(t *testing.T) {
	wrong := errors.New("wrong")
	if err := write(t.TempDir(), func() (map[string][]byte, error) { return nil, wrong }); !errors.Is(err, wrong) {
		t.Errorf("%v, want what went wrong", err)
	}
	nowhere := map[string][]byte{"no/such/folder": nil}
	if err := write(t.TempDir(), func() (map[string][]byte, error) { return nowhere, nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want that there is no folder", err)
	}
}
