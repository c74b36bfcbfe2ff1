package overlay

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const hashedConfig = "# core/c\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: main, annotations: {kustomize.config.k8s.io/needs-hash: 'true'}}\n"

func TestGenerators(t *testing.T) {
	long := strings.Repeat("x", longLine)
	for name, tt := range map[string]struct{ config, emitted, options string }{
		"lines":       {"data: {A: '1', B: it's}\n", "  envs:\n  - c.env\n", ""},
		"just a line": {"data: {A: " + long[1:] + "}\n", "  envs:\n  - c.env\n", ""},
		"too long":    {"data: {A: " + long + "}\n", "  files:\n  - A\n", ""},
		"a break":     {"data: {A: \"a\\nb\", B: b}\n", "  files:\n  - A\n  - B\n", ""},
		"a dot":       {"data: {a.b: '1'}\n", "  files:\n  - a.b\n", ""},
		"binary":      {"data: {A: '1'}\nbinaryData: {B: AP8=}\n", "  envs:\n  - c.env\n  files:\n  - B\n", ""},
		"immutable":   {"immutable: true\n", "", "    immutable: true\n"},
		"taken":       {"data: {kustomization.yaml: '1', Patches: '2'}\n", "  files:\n  - Patches=c-Patches\n  - kustomization.yaml=c-kustomization.yaml\n", ""},
		"empty":       {"data: {}\n", "", ""},
	} {
		f, pairs := found(t, findGenerators, service("core", "a", "a", "main"), service("core", "a", "a", "main")+"---\n"+hashedConfig+tt.config)
		want := "configMapGenerator:\n- name: c\n" + tt.emitted + "  options:\n    labels:\n      app.kubernetes.io/component: core\n      app.kubernetes.io/name: c\n" + tt.options
		if diff := cmp.Diff(want, emitted(t, f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if now(pairs, "c", "kind") != "ConfigMap" {
			t.Errorf("%s: nothing is made", name)
		}
	}
	for name, binary := range map[string]string{"not base64": "{B: '?'}", "text": "{B: YQ==}"} {
		f, _ := found(t, findGenerators, service("core", "a", "a", "main"), service("core", "a", "a", "main")+"---\n"+hashedConfig+"binaryData: "+binary+"\n")
		if err := f.emit(&sheet{folder: newFolder("")}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
