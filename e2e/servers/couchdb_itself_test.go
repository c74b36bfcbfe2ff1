package servers

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestIniOf(t *testing.T) {
	const text = "[couchdb]\n;max_document_size = 8000000 ; bytes\nuuid = 1\n; a word of explanation\n\n[log]\nwriter=stderr\n"
	for _, tt := range []struct {
		all  bool
		want map[string]map[string]string
	}{
		{false, map[string]map[string]string{"couchdb": {"uuid": "1"}, "log": {"writer": "stderr"}}},
		{true, map[string]map[string]string{"couchdb": {"uuid": "1", "max_document_size": "8000000 ; bytes"}, "log": {"writer": "stderr"}}},
	} {
		if got := iniOf(text, tt.all); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("with comments %v: %v, want %v", tt.all, got, tt.want)
		}
	}
}

// A folder that is none of an image is refused before anything starts.
func TestCouchDBFolderIsLookedAt(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(CouchDBFolder, folder)
	run := &Run{}
	for _, file := range []string{"docker-entrypoint.sh", "opt/couchdb/bin/couchdb", "opt/couchdb/etc/default.ini", "opt/couchdb/releases/start_erl.data"} {
		_, _, err := run.couchImage()
		if err == nil || !strings.Contains(err.Error(), CouchDBFolder) || !strings.Contains(err.Error(), file) {
			t.Errorf("without %s: %v", file, err)
		}
		path := filepath.Join(folder, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("13.1.5 3.3.3\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if version, err := releaseOf(folder); err != nil || version != "3.3.3" {
		t.Errorf("the version is %q: %v", version, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "opt/couchdb/releases/start_erl.data"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := releaseOf(folder); err == nil {
		t.Error("no version is one")
	}
}

func TestDifference(t *testing.T) {
	for _, tt := range []struct{ want, got, text string }{
		{"a\nb", "a\nb", ""},
		{"a\nb\nc", "a\nd", "without b\nwithout c\nwith d"},
		{"a", strings.Repeat("x", 500), "without a\nwith " + strings.Repeat("x", 400)},
	} {
		if got := difference(tt.want, tt.got); got != tt.text {
			t.Errorf("difference of %.9q and %.9q is %q", tt.want, tt.got, got)
		}
	}
}
