package kustomize

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"path"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// remembers is a Memory in memory.
type remembers struct {
	sync.Mutex
	values     map[[sha256.Size]byte][]byte
	hits, puts int
}

func newMemory() *remembers { return &remembers{values: map[[sha256.Size]byte][]byte{}} }

func (m *remembers) Get(_ string, key [sha256.Size]byte) ([]byte, bool) {
	m.Lock()
	defer m.Unlock()
	v, ok := m.values[key]
	if ok {
		m.hits++
	}
	return v, ok
}

func (m *remembers) Put(_ string, key [sha256.Size]byte, value []byte) {
	m.Lock()
	defer m.Unlock()
	m.puts++
	m.values[key] = value
}

// sameAsWhole compares a builder with the build of the whole.
func sameAsWhole(t *testing.T, b *Builder, overlay map[string][]byte, dir string) {
	t.Helper()
	want, wantErr := Build(&Tree{layers: []layer{b.base, newLayer(overlay)}}, dir)
	got, err := b.Build(overlay, dir)
	if (err != nil) != (wantErr != nil) || err != nil && err.Error() != wantErr.Error() {
		t.Fatalf("%s: got error %v, want %v", dir, err, wantErr)
	}
	if diff := cmp.Diff(string(Join(want)), string(Join(got))); diff != "" {
		t.Errorf("%s (-whole +parts):\n%s", dir, diff)
	}
	if err == nil && !reflect.DeepEqual(want, got) {
		t.Errorf("%s: objects (-whole +parts):\n%s", dir, cmp.Diff(want, got))
	}
}

// baseAndOverlays are the committed files, apart.
func baseAndOverlays(t testing.TB) (base, overlays map[string][]byte) {
	base, overlays = map[string][]byte{}, map[string][]byte{}
	for name, content := range committed(t) {
		if strings.HasPrefix(name, "base/") {
			base[name] = content
		} else {
			overlays[name] = content
		}
	}
	return base, overlays
}

// What is committed is built in parts, and comes out as the whole does: fresh,
// from the builder's own memory, and from that of another run.
func TestPartsAreTheWhole(t *testing.T) {
	base, overlays := baseAndOverlays(t)
	memory := newMemory()
	for _, b := range []*Builder{NewBuilder(base, nil), NewBuilder(base, memory), NewBuilder(base, memory)} {
		for _, dir := range environments(t) {
			own := below(overlays, dir)
			if _, ok := b.inParts(own, dir); !ok {
				t.Errorf("%s is not built in parts", dir)
			}
			sameAsWhole(t, b, own, dir)
		}
	}
	if memory.puts == 0 || memory.hits != memory.puts {
		t.Errorf("%d puts, %d hits: the second run built something again", memory.puts, memory.hits)
	}
}

// One line that differs is one folder that is built.
func TestOneChangeBuildsOneFolder(t *testing.T) {
	base, overlays := baseAndOverlays(t)
	memory := newMemory()
	const dir = "overlays/production"
	own := below(overlays, dir)
	if _, err := NewBuilder(base, memory).Build(own, dir); err != nil {
		t.Fatal(err)
	}
	memory.puts, memory.hits = 0, 0
	file := path.Join(dir, "core/kustomization.yaml")
	own[file] = bytes.Replace(own[file], []byte("count: 6"), []byte("count: 7"), 1)
	sameAsWhole(t, NewBuilder(base, memory), own, dir)
	if memory.puts != 1 || memory.hits != 7 {
		t.Errorf("%d folders were built and %d remembered, want 1 and 7", memory.puts, memory.hits)
	}
	// Base has its part in all of them.
	memory.puts = 0
	other := maps.Clone(base)
	other["base/nginx/unread"] = []byte("x")
	sameAsWhole(t, NewBuilder(other, memory), own, dir)
	if memory.puts != 8 {
		t.Errorf("%d folders were built of another base, want all 8", memory.puts)
	}
}

// The same environment under another name is not built again.
func TestEqualFoldersAreBuiltOnce(t *testing.T) {
	base, overlays := baseAndOverlays(t)
	memory := newMemory()
	b := NewBuilder(base, memory)
	const dir = "overlays/production"
	for _, name := range []string{"production", "staging", "x"} {
		own := map[string][]byte{}
		for file, content := range below(overlays, dir) {
			own["overlays/"+name+strings.TrimPrefix(file, dir)] = bytes.Replace(content, []byte("environment production;"), []byte("environment "+name+";"), 1)
		}
		sameAsWhole(t, b, own, "overlays/"+name)
	}
	if memory.puts != 8 {
		t.Errorf("%d folders were built, want 8", memory.puts)
	}
}

func TestDamagedMemoryIsAMiss(t *testing.T) {
	base, overlays := baseAndOverlays(t)
	const dir = "overlays/ci"
	own := below(overlays, dir)
	for name, damage := range map[string]string{"no YAML": "a: [", "no mapping": "- 1\n", "tab": "\t"} {
		memory := newMemory()
		b := NewBuilder(base, memory)
		if _, err := b.Build(own, dir); err != nil {
			t.Fatal(err)
		}
		for key := range memory.values {
			memory.values[key] = []byte(damage)
		}
		t.Run(name, func(t *testing.T) { sameAsWhole(t, NewBuilder(base, memory), own, dir) })
	}
}

func TestManyAtOnce(t *testing.T) {
	base, overlays := baseAndOverlays(t)
	b := NewBuilder(base, newMemory())
	dirs := environments(t)
	outputs := make([][]byte, 4*len(dirs))
	var wg sync.WaitGroup
	for i := range outputs {
		wg.Go(func() {
			dir := dirs[i%len(dirs)]
			objects, err := b.Build(below(overlays, dir), dir)
			if err != nil {
				t.Error(err)
			}
			outputs[i] = Join(objects)
		})
	}
	wg.Wait()
	for i, output := range outputs {
		if !bytes.Equal(output, outputs[i%len(dirs)]) {
			t.Errorf("%s came out in two ways", dirs[i%len(dirs)])
		}
	}
}

// two is an overlay of two folders, a and b, without a base.
func two(a, b string) map[string][]byte {
	return files(
		"o/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a, b]\nsortOptions: {order: legacy}\n",
		"o/a/kustomization.yaml", "namespace: main\nresources: [all.yaml]\nconfigMapGenerator: [{name: settings, literals: [A=1]}]\n", "o/a/all.yaml", a,
		"o/b/kustomization.yaml", "namespace: main\nresources: [all.yaml]\n", "o/b/all.yaml", b,
	)
}

const (
	account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: account}\n"
	service = "apiVersion: v1\nkind: Service\nmetadata: {name: service}\n"
)

func objectOf(apiVersion, kind, rest string) string {
	return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: b}\n" + rest + "\n"
}

func binding(kind, subject string) string {
	return objectOf("rbac.authorization.k8s.io/v1", kind, "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: b}\nsubjects: ["+subject+"]")
}

// TestFoldersThatMeanEachOther are objects for whose sake the whole is not what
// the folders are, or could be another: then the whole is built.
func TestFoldersThatMeanEachOther(t *testing.T) {
	const pod = "spec: {template: {spec: {containers: [{name: c, envFrom: [{configMapRef: {name: %}}]}], volumes: [{name: v, %v}]}}}"
	deployment := func(name, volume string) string {
		return objectOf("apps/v1", "Deployment", strings.NewReplacer("%v", volume, "%", name).Replace(pod))
	}
	generated := func(name, namespace string) map[string]string {
		return map[string]string{"o/b/kustomization.yaml": "namespace: " + namespace + "\nresources: [all.yaml]\nconfigMapGenerator: [{name: " + name + ", literals: [B=2]}]\n"}
	}
	for name, tt := range map[string]struct {
		a, b  string
		more  map[string]string
		parts bool
	}{
		"strangers":                   {a: account, b: deployment("other", "emptyDir: {}"), parts: true},
		"a name elsewhere":            {a: account, b: objectOf("v1", "Service", "spec: {ports: [{name: settings, port: 1}], selector: {app: account}}"), parts: true},
		"every kind in order":         {a: account + "---\n" + service + "---\n" + objectOf("a.example.com/v1", "Thing", ""), b: objectOf("b.example.com/v1", "Thing", "") + "---\n" + objectOf("v1", "Namespace", "") + "---\n" + objectOf("policy/v1", "PodDisruptionBudget", ""), parts: true},
		"hashed name, variables":      {a: account, b: deployment("settings", "emptyDir: {}")},
		"hashed name, volume":         {a: account, b: deployment("other", "configMap: {name: settings}")},
		"hashed name, projected":      {a: account, b: deployment("other", "projected: {sources: [{configMap: {name: settings}}]}")},
		"hashed name, role":           {a: account, b: objectOf("rbac.authorization.k8s.io/v1", "Role", "rules: [{apiGroups: [''], resources: [secrets], resourceNames: [settings], verbs: [get]}]")},
		"hashed name, cluster role":   {a: account, b: objectOf("rbac.authorization.k8s.io/v1", "ClusterRole", "rules: [{apiGroups: [''], resources: [pods], resourceNames: [settings], verbs: [get]}]")},
		"hashed name, ingress":        {a: account, b: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: b, annotations: {nginx.ingress.kubernetes.io/fastcgi-params-configmap: settings}}\n"},
		"hashed twice, one namespace": {a: account, b: service, more: generated("settings", "main")},
		"hashed twice, two":           {a: account, b: service, more: generated("settings", "other"), parts: true},
		"hashed twice, and meant": {
			a: account, b: objectOf("rbac.authorization.k8s.io/v1", "ClusterRole", "rules: [{apiGroups: [''], resources: [configmaps], resourceNames: [settings], verbs: [get]}]"), more: generated("settings", "other"),
		},
		"same identity":                    {a: account, b: account},
		"same name, two namespaces":        {a: account, b: account, more: map[string]string{"o/b/kustomization.yaml": "namespace: other\nresources: [all.yaml]\n"}, parts: true},
		"account without a namespace":      {a: account, b: binding("RoleBinding", "{kind: ServiceAccount, name: account}")},
		"account with its namespace":       {a: account, b: binding("RoleBinding", "{kind: ServiceAccount, name: account, namespace: main}"), parts: true},
		"account of the default namespace": {a: account, b: binding("RoleBinding", "{kind: ServiceAccount, name: account, namespace: default}")},
		"account of a third namespace":     {a: account, b: binding("ClusterRoleBinding", "{kind: ServiceAccount, name: account, namespace: third}"), parts: true},
		"a user of that name":              {a: account, b: binding("ClusterRoleBinding", "{kind: User, name: account}")},
		"account in both": {
			a: account, b: account + "---\n" + binding("RoleBinding", "{kind: ServiceAccount, name: account}"),
			more: map[string]string{"o/b/kustomization.yaml": "namespace: other\nresources: [all.yaml]\n"},
		},
		"webhook":               {a: service, b: objectOf("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "webhooks: [{name: w, clientConfig: {service: {name: service}}}]")},
		"another Namespace":     {a: objectOf("v1", "Namespace", ""), b: objectOf("example.com/v1", "Namespace", "")},
		"dropped by the engine": {a: "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: account, annotations: {config.kubernetes.io/local-config: 'true'}}\n", b: binding("RoleBinding", "{kind: ServiceAccount, name: account}")},
		"a field that reaches":  {a: account, b: service, more: map[string]string{"o/b/kustomization.yaml": "namePrefix: x-\nresources: [all.yaml]\n"}},
		"the other's folder":    {a: account, b: service, more: map[string]string{"o/b/kustomization.yaml": "resources: [../a]\n"}},
		"a broken folder":       {a: account, b: "a: ["},
		"no order":              {a: account, b: service, more: map[string]string{"o/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [b, a]\nsortOptions: {order: fifo}\n"}},
		"more at the top":       {a: account, b: service, more: map[string]string{"o/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a, b]\nnamePrefix: x-\nsortOptions: {order: legacy}\n"}},
		"a file at the top":     {a: account, b: service, more: map[string]string{"o/x.yaml": account, "o/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [b, x.yaml]\nsortOptions: {order: legacy}\n"}},
		"a folder twice":        {a: account, b: service, more: map[string]string{"o/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a, a]\nsortOptions: {order: legacy}\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			overlay := two(tt.a, tt.b)
			for file, content := range tt.more {
				overlay[file] = []byte(content)
			}
			b := NewBuilder(map[string][]byte{}, nil)
			if _, ok := b.inParts(overlay, "o"); ok != tt.parts {
				t.Errorf("built in parts: %v, want %v", ok, tt.parts)
			}
			sameAsWhole(t, b, overlay, "o")
		})
	}
}
