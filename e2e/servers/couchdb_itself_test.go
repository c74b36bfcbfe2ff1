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
		{"a\nb", "b\na", "the same lines, in another order or number: b\na"},
		{"a", strings.Repeat("x", 500), "without a\nwith " + strings.Repeat("x", 400)},
	} {
		if got := difference(tt.want, tt.got); got != tt.text {
			t.Errorf("difference of %.9q and %.9q is %q", tt.want, tt.got, got)
		}
	}
}

// A fault made on purpose that only CouchDB itself shows.
func TestCouchDBMutations(t *testing.T) {
	if os.Getenv(CouchDBFolder) == "" {
		t.Skip(CouchDBFolder + " is not set")
	}
	for _, tt := range []struct {
		name, file, from, to string
		want                 []string
	}{
		{"name of a setting", "configmap-couchdb.yaml", "reduce_limit = false", "reduce_limits = false", []string{"CouchDB knows no setting reduce_limits of [query_server_config]"}},
		{"section of a setting", "configmap-couchdb.yaml", "    [chttpd]\n    bind_address = 0.0.0.0\n", "    [chttpd]\n    bind_address = 0.0.0.0\n    single_node = true\n", []string{"no setting single_node of [chttpd]"}},
		{"who may ask", "configmap-couchdb.yaml", "require_valid_user_except_for_up = true", "require_valid_user_except_for_up = false", []string{"without a user: status 200"}},
		{"where the image writes", "statefulset-couchdb.yaml", "        - mountPath: /opt/couchdb/etc/local.d\n          name: opt-couchdb-etc-local-d\n", "", []string{"couchdb-0", "Read-only file system"}},
		{"where the server listens", "configmap-couchdb.yaml", "    bind_address = 0.0.0.0\n", "", []string{"couchdb-0", "5984", "connection refused"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env, err := load(t, "ci").Changed(tt.file, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			err = try(t, env, func(r *Run) error {
				c, err := newCouch(r)
				if err == nil {
					err = c.begin()
				}
				if err == nil {
					_, err = c.runInit()
				}
				if err == nil {
					err = c.alone()
				}
				return err
			})
			if err == nil {
				t.Fatal("the fault is not found")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the message does not have %q: %v", want, err)
				}
			}
		})
	}
}
