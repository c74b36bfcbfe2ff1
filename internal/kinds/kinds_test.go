package kinds

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

func read(t *testing.T, text string) map[string]any {
	t.Helper()
	v, err := value.Read(yaml.MustParse(text).YNode())
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

func TestCheck(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n"
	for _, tt := range []struct {
		name, object string
		minor        int
		want         string
	}{
		{"fine", pod + "    image: b\n    restartPolicyRules: [{action: Restart}]\n", 34, ""},
		{"null", pod + "    image:\n", 34, ""},
		{"misspelt", pod + "    imagge: b\n", 34, `spec.containers.0.imagge: Kubernetes has no field "imagge" there; did you mean "image"?`},
		{"letters", pod + "    imagePullpolicy: Always\n", 34, `spec.containers.0.imagePullpolicy: Kubernetes has no field "imagePullpolicy" there; did you mean "imagePullPolicy"?`},
		{"too new", pod + "    restartPolicyRules: []\n", 33, `spec.containers.0.restartPolicyRules: Kubernetes 1.33 has no field "restartPolicyRules" there: it came with 1.34; leave it out, or say in cluster: kubernetes that the cluster is newer`},
		{"a version that is not known", pod + "    imagge: b\n", Newest() + 1, ""},
		{"number", pod + "    image: 1\n", 34, `spec.containers.0.image: must be text, and is the number 1; put it in quotes`},
		{"quoted", "apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: '3'}\n", 34, `spec.replicas: must be a whole number, and is the text "3"; write a whole number, without quotes`},
		{"annotation", "apiVersion: v1\nkind: ConfigMap\nmetadata: {annotations: {a: true}}\n", 34, `metadata.annotations.a: must be text, and is true; put it in quotes`},
		{"a list", "apiVersion: v1\nkind: Service\nspec: {ports: {port: 1}}\n", 34, `spec.ports: must be a list, and is a mapping; write a list: each element on a line that begins with a dash`},
		{"a mapping", "apiVersion: v1\nkind: Service\nspec: []\n", 34, `spec: must be a mapping, and is a list; write its fields below it, further to the right`},
		{"either", "apiVersion: v1\nkind: Service\nspec: {ports: [{port: 1, targetPort: a}, {port: 2, targetPort: 2}]}\n", 34, ""},
		{"gone", "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\n", 34, `: Kubernetes 1.34 has no FlowSchema of flowcontrol.apiserver.k8s.io/v1beta3: it was gone after 1.31; write apiVersion: flowcontrol.apiserver.k8s.io/v1`},
		{"not yet", "apiVersion: networking.k8s.io/v1\nkind: IPAddress\n", 31, `: Kubernetes 1.31 has no IPAddress of networking.k8s.io/v1: it came with 1.33; write apiVersion: networking.k8s.io/v1beta1`},
		{"another group", "apiVersion: extensions/v1beta1\nkind: Ingress\n", 34, `: Kubernetes 1.34 has no kind "Ingress" of apiVersion "extensions/v1beta1"; write apiVersion: networking.k8s.io/v1`},
		{"wrong version", "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n", 34, `: Kubernetes 1.34 has no kind "PodDisruptionBudget" of apiVersion "policy/v1beta1"; write apiVersion: policy/v1`},
		{"wrong kind", "apiVersion: apps/v1\nkind: Deploiment\n", 34, `: Kubernetes 1.34 has no kind "Deploiment" of apiVersion "apps/v1"; did you mean Deployment?`},
		{"custom", "apiVersion: cert-manager.io/v1\nkind: Certificate\nspec: {what: ever}\n", 34, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, w := range Check(read(t, tt.object), tt.minor) {
				got = append(got, strings.Join(w.Path, ".")+": "+w.Message+"; "+w.Help)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is generated has no field that any version refuses.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../../golden/*/*.yaml")
	if err != nil || len(files) < 100 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		o := read(t, string(text))
		for minor := Oldest(); minor <= Newest(); minor++ {
			for _, w := range Check(o, minor) {
				t.Errorf("%s: 1.%d: %v", name, minor, w)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for text, wrong := range map[string]string{
		"minors 29 37\nwhat is this\n": `"what is this\n" is no line`,
		"minors 29\n":                  `"minors 29\n"`,
		"# none\nkind v1 Pod v1.Pod\n": "no line has the minors",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%q: %v, want %s", text, err, wrong)
		}
	}
	// The minors are known without the rest.
	if oldest, newest, err := minors("# of nobody\nminors 29 37\nwhat is this\n"); oldest != 29 || newest != 37 || err != nil {
		t.Error(oldest, newest, err)
	}
	for name, fields := range known().types {
		for field, entries := range fields {
			for _, e := range entries {
				is := strings.TrimLeft(e.is, "[]{}")
				if words[is] == "" && is != "any" && known().types[is] == nil {
					t.Errorf("%s.%s is of type %q, which is not known", name, field, is)
				}
			}
		}
	}
}
