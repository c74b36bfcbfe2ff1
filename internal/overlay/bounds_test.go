package overlay

import (
	"strings"
	"testing"
)

// The engine stops reading an env file at a line of 64 KiB, without a word: half
// of that is the most that is given to it.
func TestLinesOfAnEnvFile(t *testing.T) {
	for _, tt := range []struct {
		key, text string
		want      bool
	}{
		{"A", strings.Repeat("x", 32<<10-1), true},
		{"A", strings.Repeat("x", 32<<10), false},
		{"A", strings.Repeat("x", 32<<10+1), false},
		{"A", "", true}, {"A", "a b", true}, {"A", "a\nb", false}, {"A", "a\r", false},
		{"_", "x", true}, {"a9", "x", true}, {"9a", "x", false}, {"a-b", "x", false}, {"", "x", false},
	} {
		if got := asLine(tt.key, tt.text); got != tt.want {
			t.Errorf("%q with %d bytes is a line: %v", tt.key, len(tt.text), got)
		}
	}
}

// Quotes at an end are taken off a literal; within it they stay.
func TestLiterals(t *testing.T) {
	for text, want := range map[string]bool{
		"a": true, "": true, "it's": true, `a"b`: true, `"a`: false, `a"`: false, "'a'": false, "a'": false, "a\nb": false,
		strings.Repeat("x", 32<<10-1): true, strings.Repeat("x", 32<<10): false,
	} {
		if got := asLiteral(text); got != want {
			t.Errorf("%.20q is a literal: %v", text, got)
		}
	}
}

// The engine fills in a namespace where there is none: one that is said stays.
func TestNamespaceOfAccount(t *testing.T) {
	for _, tt := range []struct{ said, of, want any }{
		{nil, "openwhisk", "openwhisk"}, {"other", "openwhisk", "other"}, {"openwhisk", "openwhisk", "openwhisk"}, {nil, "", nil}, {"other", "", "other"},
	} {
		subject := map[string]any{"kind": "ServiceAccount", "name": "invoker"}
		if tt.said != nil {
			subject["namespace"] = tt.said
		}
		account := &object{kind: "ServiceAccount", name: "invoker", namespace: tt.of.(string), tier: "core"}
		binding := &object{kind: "RoleBinding", name: "invoker", tier: "core", value: map[string]any{"subjects": []any{subject}}}
		expanded := newAccounts([]*object{account}).expand(binding, binding.value)
		if got := expanded["subjects"].([]any)[0].(map[string]any)["namespace"]; got != tt.want {
			t.Errorf("%v of an account in %q becomes %v, want %v", tt.said, tt.of, got, tt.want)
		}
	}
}

// An entry of images says what is another, and no more.
func TestImageEntry(t *testing.T) {
	const one, two = "@sha256:1", "@sha256:2"
	for _, tt := range []struct {
		from, to                string
		newName, newTag, digest string
	}{
		{"a:1", "b:1", "b", "", ""}, {"a:1", "a:2", "", "2", ""}, {"a:1", "b:2", "b", "2", ""},
		{"a" + one, "b" + one, "b", "", ""}, {"a" + one, "a" + two, "", "", "sha256:2"},
		{"a:1" + one, "a:1" + two, "", "1", "sha256:2"}, {"a:1" + one, "a:2" + one, "", "2", "sha256:1"}, {"a:1", "a:1" + one, "", "1", "sha256:1"},
	} {
		e := newImageEntry(tt.from, tt.to)
		if e.newName != tt.newName || e.newTag != tt.newTag || e.digest != tt.digest {
			t.Errorf("%s to %s: %q %q %q", tt.from, tt.to, e.newName, e.newTag, e.digest)
		}
		if got := e.apply(tt.from); got != tt.to {
			t.Errorf("%s becomes %s, want %s", tt.from, got, tt.to)
		}
	}
}

func TestFileSafe(t *testing.T) {
	if got := fileSafe(`system:a/b\c.d-e`); got != "system-a-b-c.d-e" {
		t.Error(got)
	}
}

// The namespace of a subject is left out where the engine fills in the same.
func TestShortenNamespace(t *testing.T) {
	for _, tt := range []struct{ said, of, want any }{
		{"openwhisk", "openwhisk", nil}, {"other", "openwhisk", "other"}, {"", "", ""}, {"other", "", "other"},
	} {
		account := &object{kind: "ServiceAccount", name: "invoker", namespace: tt.of.(string), tier: "core"}
		subject := map[string]any{"kind": "ServiceAccount", "name": "invoker", "namespace": tt.said}
		binding := &object{kind: "RoleBinding", name: "invoker", tier: "core", value: map[string]any{"subjects": []any{subject}}}
		short := newAccounts([]*object{account}).shorten(binding)
		if got := short["subjects"].([]any)[0].(map[string]any)["namespace"]; got != tt.want {
			t.Errorf("%v of an account in %q becomes %v, want %v", tt.said, tt.of, got, tt.want)
		}
	}
}

// Text in binaryData would end in data, and what is no base64 nowhere.
func TestBinaryData(t *testing.T) {
	for text, want := range map[string]bool{"/w==": true, "YQ==": false, "%": false} {
		f := newFolder("")
		sources, err := f.dataFiles("c", nil, map[string]string{"k": text})
		if (err == nil) != want || want && (len(sources) != 1 || string(f.files["k"]) != "\xff") {
			t.Errorf("%s: %v, %v", text, sources, err)
		}
	}
}

// The number of a second name stands before the extension; a name that begins
// with a dot has none.
func TestNamesThatAreTaken(t *testing.T) {
	n := names{}
	for _, want := range []string{"a.env", "a-2.env", "a-3.env"} {
		if got := n.take("a.env"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for name, want := range map[string]string{".env": ".env-2", "B.Env": "B-2.Env", "c": "c-2", "d.e.f": "d.e-2.f"} {
		n.take(strings.ToLower(name))
		if got := n.take(name); got != want {
			t.Errorf("%s becomes %s, want %s", name, got, want)
		}
	}
}
