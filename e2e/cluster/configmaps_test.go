package cluster_test

import (
	"context"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	authv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

const (
	mapsComponent = "configmap-cleanup"
	// An orphan's name ends as a generated one does.
	orphan, held = "orphan-24567k89bt", "held-24567k89bt"
)

// TestConfigMapCleanup runs the generated program with the generated account
// against a real API server.
func TestConfigMapCleanup(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	each(t, func(t *testing.T, release string) {
		all := environments(t)
		e := all[slices.IndexFunc(all, func(e *environment) bool { return e.name == "production" })]
		g := newGround(t, release, e.classes)
		for _, o := range objects.OfKind(e.objects, "ConfigMap") {
			o.SetAnnotations(map[string]string{"kustomize.toolkit.fluxcd.io/prune": "disabled"})
		}
		none(t, g.install(t, e.objects, e.readme).Problems)
		c := newMapsCleaner(t, g, e, node)
		c.strangers(t)
		holds(t, e.name, release, "ConfigMaps that nothing refers to are deleted when they are old enough, those of revisions stay", c.deletes)
		holds(t, e.name, release, "the clean-up of ConfigMaps has the rights that it needs, no more", c.refused)
	})
}

// mapsCleaner is the clean-up of an environment's ConfigMaps.
type mapsCleaner struct {
	*ground
	e     *environment
	node  string
	token string
	// files of the program, by name.
	files map[string]string
}

func newMapsCleaner(t *testing.T, g *ground, e *environment, node string) *mapsCleaner {
	t.Helper()
	c := &mapsCleaner{ground: g, e: e, node: node}
	given, err := g.set.CoreV1().ServiceAccounts(e.namespace()).CreateToken(g.ctx, mapsComponent, &authv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c.token = given.Status.Token
	for _, o := range objects.OfKind(e.objects, "ConfigMap") {
		data, _ := o.Object["data"].(map[string]any)
		if data["configmaps.js"] == nil {
			continue
		}
		c.files = map[string]string{}
		for name, text := range data {
			c.files[name], _ = text.(string)
		}
	}
	if c.files == nil {
		t.Fatal("no ConfigMap has the program")
	}
	return c
}

// run runs the program once, with another age from which ConfigMaps go.
func (c *mapsCleaner) run(t *testing.T, least string) string {
	t.Helper()
	files := maps.Clone(c.files)
	files["configmaps.js"] = strings.Replace(files["configmaps.js"], "const least = 3600;", "const least = "+least+";", 1)
	maps.Copy(files, map[string]string{"token": c.token, "ca.crt": string(c.plane.Config.CAData), "namespace": c.e.namespace()})
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at, err := url.Parse(c.plane.Config.Host)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(c.ctx, c.node, filepath.Join(dir, "configmaps.js"))
	cmd.Env = []string{"ACCOUNT=" + dir, "KUBERNETES_SERVICE_HOST=" + at.Hostname(), "KUBERNETES_SERVICE_PORT=" + at.Port()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// strangers are ConfigMaps that are not in the tree: one that nothing refers to,
// one of a pod alone, and one that is somebody else's.
func (c *mapsCleaner) strangers(t *testing.T) {
	t.Helper()
	made := func(name, by string) {
		m := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: map[string]string{"app.kubernetes.io/managed-by": by}, Annotations: map[string]string{"kustomize.toolkit.fluxcd.io/prune": "disabled"},
		}}
		if _, err := c.set.CoreV1().ConfigMaps(c.e.namespace()).Create(c.ctx, m, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	made(orphan, "whiskops")
	made(held, "whiskops")
	made("theirs-24567k89bt", "helm")
	var pod corev1.Pod
	if err := yaml.UnmarshalStrict([]byte(`
metadata: {name: holder}
spec:
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: holder
    image: example.com/holder:1
    envFrom: [{configMapRef: {name: `+held+`}}]
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`), &pod); err != nil {
		t.Fatal(err)
	}
	if _, err := c.set.CoreV1().Pods(c.e.namespace()).Create(c.ctx, &pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// names of the namespace's ConfigMaps.
func (c *mapsCleaner) names(t *testing.T) (all []string) {
	t.Helper()
	list, err := c.set.CoreV1().ConfigMaps(c.e.namespace()).List(c.ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Items {
		all = append(all, m.Name)
	}
	return all
}

func (c *mapsCleaner) deletes(t *testing.T) {
	before := c.names(t)
	if said := c.run(t, "3600"); !strings.Contains(said, "0 deleted, ") || !strings.Contains(said, "left "+orphan+": it is younger than an hour") {
		t.Errorf("of none that is old: %s", said)
	}
	old := c.rolled(t)
	time.Sleep(3 * time.Second) // a creation's time is in whole seconds
	said := c.run(t, "2")
	want := append(slices.DeleteFunc(slices.Clone(before), func(name string) bool { return name == orphan }), old+"-new")
	got := c.names(t)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || !strings.Contains(said, "1 deleted, ") {
		t.Errorf("ConfigMaps %v, want %v: %s", got, want, said)
	}
	for _, line := range []string{"left " + old + ": replicasets/", "left " + held + ": pods/holder refers to it"} {
		if !strings.Contains(said, line) {
			t.Errorf("it does not say %q: %s", line, said)
		}
	}
	if said := c.run(t, "2"); !strings.Contains(said, "0 deleted, ") {
		t.Errorf("a second run: %s", said)
	}
}

// rolled gives a Deployment another ConfigMap, and no pods, and returns the name of
// the old one, which a ReplicaSet alone still has.
func (c *mapsCleaner) rolled(t *testing.T) string {
	t.Helper()
	deployments := c.set.AppsV1().Deployments(c.e.namespace())
	d, err := deployments.Get(c.ctx, "nginx", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	old := ""
	for i, v := range d.Spec.Template.Spec.Volumes {
		if v.ConfigMap != nil {
			old, d.Spec.Template.Spec.Volumes[i].ConfigMap.Name = v.ConfigMap.Name, v.ConfigMap.Name+"-new"
		}
	}
	d.Spec.Replicas = new(int32)
	m := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: old + "-new"}}
	if _, err := c.set.CoreV1().ConfigMaps(c.e.namespace()).Create(c.ctx, m, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := deployments.Update(c.ctx, d, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	none(t, eventually(time.Minute, func() string {
		its := metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=nginx"}
		sets, err := c.set.AppsV1().ReplicaSets(c.e.namespace()).List(c.ctx, its)
		if err != nil || len(sets.Items) < 2 {
			return "the Deployment has no second revision"
		}
		pods, err := c.set.CoreV1().Pods(c.e.namespace()).List(c.ctx, its)
		if err != nil || len(pods.Items) > 0 {
			return "the Deployment has pods"
		}
		return ""
	}))
	return old
}

// refused is what the clean-up never asks for.
func (c *mapsCleaner) refused(t *testing.T) {
	as, home := c.as(t, []byte(c.token)), c.e.namespace()
	for what, ask := range beyond(c.ctx, as, home, actions(c.e)) {
		if err := ask(); !apierrors.IsForbidden(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func beyond(ctx context.Context, as kubernetes.Interface, home, actions string) map[string]func() error {
	maps := as.CoreV1().ConfigMaps(home)
	list := metav1.ListOptions{}
	return map[string]func() error{
		"read a ConfigMap":             func() error { _, err := maps.Get(ctx, orphan, metav1.GetOptions{}); return err },
		"watch ConfigMaps":             func() error { _, err := maps.Watch(ctx, list); return err },
		"make a ConfigMap":             func() error { _, err := maps.Create(ctx, &corev1.ConfigMap{}, metav1.CreateOptions{}); return err },
		"delete all ConfigMaps":        func() error { return maps.DeleteCollection(ctx, metav1.DeleteOptions{}, list) },
		"delete a pod":                 func() error { return as.CoreV1().Pods(home).Delete(ctx, "holder", metav1.DeleteOptions{}) },
		"delete a Deployment":          func() error { return as.AppsV1().Deployments(home).Delete(ctx, "nginx", metav1.DeleteOptions{}) },
		"list Secrets":                 func() error { _, err := as.CoreV1().Secrets(home).List(ctx, list); return err },
		"list pods of actions":         func() error { _, err := as.CoreV1().Pods(actions).List(ctx, list); return err },
		"list ConfigMaps of actions":   func() error { _, err := as.CoreV1().ConfigMaps(actions).List(ctx, list); return err },
		"list all namespaces' objects": func() error { _, err := as.CoreV1().ConfigMaps("").List(ctx, list); return err },
	}
}
