package kustomize

import (
	"testing"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// The engine's own hash is asked for in tests alone.
func TestHashedNameIsTheEngines(t *testing.T) {
	for _, text := range []string{
		"data: {A: '1'}", `data: {A: '1', b.c: "<&> \u2028 é 🐙 \"\\ \n\t"}`, "data: {A: ''}", "data: {}", "", "binaryData: {x: AA==}", "binaryData: {}",
		"data: {z: 'yes', a: '0x1', m: '1e3'}\nbinaryData: {x: AA==, b: AQ==}", "data: {A: '1'}\nimmutable: true",
	} {
		n := yaml.MustParse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {a: b}}\n" + text)
		hash, err := (&hasher.Hasher{}).Hash(n)
		if err != nil {
			t.Fatal(err)
		}
		v, err := value.Read(n.YNode())
		if err != nil {
			t.Fatal(err)
		}
		got, err := HashedName("c", v.(map[string]any))
		if err != nil || got != "c-"+hash {
			t.Errorf("%q: got %s (%v), want c-%s", text, got, err, hash)
		}
		if unhashed(got) != "c" {
			t.Errorf("%s is not taken for a name with a hash", got)
		}
	}
}

func TestUnhashed(t *testing.T) {
	for name, want := range map[string]string{
		"settings-2456789bcd": "settings", "settings": "settings", "a-fghkmt2222": "a", "-2456789bcd": "-2456789bcd",
		"a-2456789bc": "a-2456789bc", "a-2456789bcdf": "a-2456789bcdf", "a-2456789bca": "a-2456789bca", "": "", "a-b-2456789bcd": "a-b",
	} {
		if got := unhashed(name); got != want {
			t.Errorf("unhashed(%q) = %q, want %q", name, got, want)
		}
	}
}
