package whiskenv

import (
	"bufio"
	"bytes"
	_ "embed"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/names.tsv
var namesTSV []byte

//go:embed testdata/unreachable.txt
var unreachableTXT []byte

// lines of a test file, without its comment.
func lines(data []byte) []string {
	var all []string
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		if !strings.HasPrefix(s.Text(), "#") {
			all = append(all, s.Text())
		}
	}
	return all
}

func TestEveryReachableKeyOfTheReleases(t *testing.T) {
	recorded := lines(namesTSV)
	if len(recorded) != 525 {
		t.Fatalf("%d recorded pairs, want 525", len(recorded))
	}
	for _, line := range recorded {
		name, key, _ := strings.Cut(line, "\t")
		if got, ok := Name(key); got != name || !ok {
			t.Errorf("Name(%q) = %q, %v, want %q", key, got, ok, name)
		}
		if got, ok := Key(name); got != key || !ok {
			t.Errorf("Key(%q) = %q, %v, want %q", name, got, ok, key)
		}
	}
}

func TestUnreachableKeysOfTheReleases(t *testing.T) {
	recorded := lines(unreachableTXT)
	if len(recorded) != 21 {
		t.Fatalf("%d recorded keys, want 21", len(recorded))
	}
	for _, key := range recorded {
		if got, ok := Name(key); got != "" || ok {
			t.Errorf("Name(%q) = %q, %v, want none", key, got, ok)
		}
	}
}

func TestName(t *testing.T) {
	for _, tt := range []struct {
		key, want string
	}{
		{"whisk.time-limit.max", "CONFIG_whisk_timeLimit_max"},
		{"whisk.spi.LogStoreProvider", "CONFIG_whisk_spi_LogStoreProvider"},
		{"akka.cluster.seed-nodes.0", "CONFIG_akka_cluster_seedNodes_0"},
		{"a.foo-uRLBar", "CONFIG_a_fooURLBar"},
		{"a.http2-max", "CONFIG_a_http2Max"},
		{"", ""},
		{".a", ""},
		{"a..b", ""},
		{"a.-b", ""},
		{"a.b-", ""},
		{"a.b--c", ""},
		{"a.b-C", ""},
		{"a.aes-128", ""},
		{"a.Class-name", ""},
		{"a.perMinute", ""},
		{"a.b_c", ""},
		{`a."b"`, ""},
		{"a.é", ""},
	} {
		got, ok := Name(tt.key)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Name(%q) = %q, %v, want %q", tt.key, got, ok, tt.want)
		}
	}
}

func TestKey(t *testing.T) {
	type result struct {
		Key string
		OK  bool
	}
	for name, want := range map[string]result{
		"CONFIG_whisk_timeLimit_max": {"whisk.time-limit.max", true},
		"CONFIG_a__b_":               {"a.b", true},
		"MY_CONFIG_x_fooBar":         {"MY.CONFIG.x.foo-bar", true},
		"CONFIG_CONFIG_a":            {"CONFIG.a", true},
		"CONFIG_":                    {},
		"CONFIG___":                  {},
		"CONFIG":                     {},
		"OPENWHISK_CONFIG":           {},
		"config_a":                   {},
		"CONFIG_a.b":                 {},
		"CONFIG_a-b":                 {},
		"1CONFIG_a":                  {},
		"CONFIG_é":                   {},
		"":                           {},
	} {
		key, ok := Key(name)
		if diff := cmp.Diff(want, result{key, ok}); diff != "" {
			t.Errorf("Key(%q) (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzNameAndKeyAreInverse(f *testing.F) {
	for _, line := range lines(unreachableTXT) {
		f.Add(line)
	}
	f.Add("whisk.time-limit.max")
	f.Add("CONFIG.a")
	f.Fuzz(func(t *testing.T, key string) {
		name, ok := Name(key)
		if !ok {
			return
		}
		if got, ok := Key(name); got != key || !ok {
			t.Errorf("Name(%q) = %q, but Key of that is %q, %v", key, name, got, ok)
		}
	})
}
