package render

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/kustomize"
)

func TestSized(t *testing.T) {
	object := func(kind, field, text string) kustomize.Object {
		o := kustomize.Object{Kind: kind, Name: "a", Value: map[string]any{field: map[string]any{"key": text}}}
		o.YAML, _ = kustomize.MarshalYAML(o.Value)
		return o
	}
	text := strings.Repeat("x", maxData)
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	const spec = len(`{"spec":{"key":""}}`)
	for _, tt := range []struct {
		name   string
		object kustomize.Object
		want   string
	}{
		{"data at", object("ConfigMap", "data", text), ""},
		{"data above", object("ConfigMap", "data", text+"x"), "ConfigMap a has 1048577 bytes, and an API server takes 1048576"},
		{"binary at", object("ConfigMap", "binaryData", encoded(text)), ""},
		{"binary above", object("ConfigMap", "binaryData", encoded(text+"x")), "ConfigMap a has 1048577 bytes, and an API server takes 1048576"},
		{"secret at", object("Secret", "data", encoded(text)+"\n"), ""},
		{"secret above", object("Secret", "data", encoded(text+"x")), "Secret a has 1048577 bytes, and an API server takes 1048576"},
		{"plain secret above", object("Secret", "stringData", text+"x"), "Secret a has 1048577 bytes, and an API server takes 1048576"},
		{"object at", object("Widget", "spec", strings.Repeat("x", maxObject-spec)), ""},
		{"object above", object("Widget", "spec", strings.Repeat("x", maxObject-spec+1)), "Widget a has 1572865 bytes, and an API server takes 1572864"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := sized("overlays/a/custom", []kustomize.Object{tt.object})
			got := ""
			if custom := (*CustomError)(nil); errors.As(err, &custom) {
				got = custom.Finding.Message
			}
			if got != tt.want {
				t.Errorf("finding %q, want %q", got, tt.want)
			}
		})
	}
}
