package cluster_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// TestIdentity does with an invoker's token what an invoker does, and what it must
// not be able to do.
func TestIdentity(t *testing.T) {
	each(t, func(t *testing.T, release string) {
		e := environments(t)[0]
		g := newGround(t, release, e.classes)
		none(t, g.install(t, e.objects, e.readme).Problems)
		holds(t, e.name, release, "an invoker's token lasts and does what an invoker does, no more", func(t *testing.T) {
			token := g.token(t, e.namespace())
			as := g.as(t, token)
			works(t, g.ctx, as, e)
			refused(t, g.ctx, as, e)
		})
		holds(t, e.name, release, "an invoker's token ends with its Secret", func(t *testing.T) {
			as := g.as(t, g.token(t, e.namespace()))
			if err := g.set.CoreV1().Secrets(e.namespace()).Delete(g.ctx, "invoker-token", metav1.DeleteOptions{}); err != nil {
				t.Fatal(err)
			}
			none(t, eventually(30*time.Second, func() string {
				_, err := as.CoreV1().Pods(actions(e)).List(g.ctx, metav1.ListOptions{})
				if apierrors.IsUnauthorized(err) {
					return ""
				}
				return fmt.Sprintf("the token of a deleted Secret: %v", err)
			}))
			none(t, g.installer.Apply(g.ctx, e.objects).Problems)
			works(t, g.ctx, g.as(t, g.token(t, e.namespace())), e)
		})
	})
}

func actions(e *environment) string { return e.namespace() + "-actions" }

// token that the control plane has put into the Secret.
func (g *ground) token(t *testing.T, namespace string) []byte {
	t.Helper()
	var token []byte
	none(t, eventually(30*time.Second, func() string {
		s, err := g.set.CoreV1().Secrets(namespace).Get(g.ctx, "invoker-token", metav1.GetOptions{})
		if err != nil {
			return err.Error()
		}
		token = s.Data["token"]
		for _, key := range []string{"ca.crt", "namespace", "token"} {
			if len(s.Data[key]) == 0 {
				return "the Secret has no " + key
			}
		}
		return ""
	}))
	return token
}

// as is a client with a token.
func (g *ground) as(t *testing.T, token []byte) kubernetes.Interface {
	t.Helper()
	c := rest.AnonymousClientConfig(g.plane.Config)
	c.BearerToken = string(token)
	set, err := kubernetes.NewForConfig(c)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// works makes an action pod of the template, and goes through its life.
func works(t *testing.T, ctx context.Context, as kubernetes.Interface, e *environment) {
	t.Helper()
	var template string
	for _, o := range objects.OfKind(e.objects, "ConfigMap") {
		data, _ := o.Object["data"].(map[string]any)
		if text, ok := data["pod.yaml"].(string); ok {
			template = text
		}
	}
	var pod corev1.Pod
	if err := yaml.UnmarshalStrict([]byte(template), &pod); err != nil {
		t.Fatal(err)
	}
	pod.Name = "wskinvoker-0-1-prewarm"
	pod.Labels["user-action-pod"] = "true"
	pod.Spec.Containers = []corev1.Container{{Name: "user-action", Image: "example.com/action:1"}}
	pods := as.CoreV1().Pods(actions(e))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	made, err := pods.Create(ctx, &pod, metav1.CreateOptions{})
	must(err)
	if err == nil && made.Annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] != "true" {
		t.Errorf("annotations %v", made.Annotations)
	}
	_, err = pods.Get(ctx, pod.Name, metav1.GetOptions{})
	must(err)
	_, err = pods.Patch(ctx, pod.Name, types.JSONPatchType, []byte(`[{"op": "add", "path": "/metadata/labels/action", "value": "hello"}]`), metav1.PatchOptions{})
	must(err)
	_, err = as.CoreV1().Events(actions(e)).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + pod.Name})
	must(err)
	// The pod is on no node, which has the log: the right is what is asked for.
	if _, err := pods.GetLogs(pod.Name, &corev1.PodLogOptions{}).DoRaw(ctx); apierrors.IsForbidden(err) {
		t.Error(err)
	}
	list, err := pods.List(ctx, metav1.ListOptions{LabelSelector: "user-action-pod=true"})
	must(err)
	for _, p := range list.Items {
		must(pods.Delete(ctx, p.Name, metav1.DeleteOptions{}))
	}
}

// refused is what no invoker asks for.
func refused(t *testing.T, ctx context.Context, as kubernetes.Interface, e *environment) {
	t.Helper()
	pods := as.CoreV1().Pods(actions(e))
	for what, ask := range map[string]func() error{
		"watch pods":      func() error { _, err := pods.Watch(ctx, metav1.ListOptions{}); return err },
		"delete all pods": func() error { return pods.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}) },
		"read its Secret": func() error {
			_, err := as.CoreV1().Secrets(e.namespace()).Get(ctx, "invoker-token", metav1.GetOptions{})
			return err
		},
		"list pods at home":  func() error { _, err := as.CoreV1().Pods(e.namespace()).List(ctx, metav1.ListOptions{}); return err },
		"list Secrets there": func() error { _, err := as.CoreV1().Secrets(actions(e)).List(ctx, metav1.ListOptions{}); return err },
	} {
		if err := ask(); !apierrors.IsForbidden(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// eventually asks until nothing is wrong, and gives what is at the end.
func eventually(long time.Duration, wrong func() string) []string {
	for end := time.Now().Add(long); ; time.Sleep(200 * time.Millisecond) {
		w := wrong()
		if w == "" {
			return nil
		}
		if time.Now().After(end) {
			return []string{w}
		}
	}
}
