package servers

import (
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controlplane"
	"github.com/whiskops/whiskops/e2e/servers/actionnode"
	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// actionCluster is the Kubernetes in which invokers start actions' pods: its real
// control plane, with what the environment has for them, and a node.
type actionCluster struct {
	set  kubernetes.Interface
	node *actionnode.Node
	// audit is a file of the requests that were answered.
	audit string
	// host and port of the API server, token the Secret of the invokers as the
	// controllers filled it.
	host, port string
	token      map[string]string
}

const tokenSecret = "invoker-token"

// newActionCluster starts it at an address that invokers reach.
func newActionCluster(r *Run) (*actionCluster, error) {
	binary, err := controlplane.Binary(r.Context, controlplane.Default, func(format string, args ...any) { r.Print(fmt.Sprintf(format, args...)) })
	if err != nil {
		return nil, err
	}
	address, err := r.addresses()
	if err != nil {
		return nil, err
	}
	folder, err := r.Guard.Folder("audit")
	if err != nil {
		return nil, err
	}
	k := &actionCluster{audit: filepath.Join(folder, "audit.log")}
	plane, err := controlplane.StartWith(r.Context, binary, controlplane.Options{Address: address, Audit: k.audit})
	if err != nil {
		return nil, err
	}
	r.atEnd(func() {
		if err := plane.Stop(); err != nil {
			r.Print(err.Error())
		}
	})
	at, err := url.Parse(plane.Config.Host)
	if err != nil {
		return nil, err
	}
	k.host, k.port = at.Hostname(), at.Port()
	if k.set, err = kubernetes.NewForConfig(plane.Config); err != nil {
		return nil, err
	}
	all, err := actionObjects(r.Env)
	if err != nil {
		return nil, err
	}
	installer, err := install.New(plane.Config)
	if err != nil {
		return nil, err
	}
	if result := installer.Apply(r.Context, all); len(result.Problems) > 0 {
		return nil, fmt.Errorf("apply: %s", strings.Join(result.Problems, "; "))
	}
	if err := k.takeToken(r); err != nil {
		return nil, err
	}
	return k, k.join(r)
}

// actionObjects are the environment's objects that invokers and their pods are
// subject to.
func actionObjects(env *golden.Env) ([]*objects.Object, error) {
	var all []*objects.Object
	for _, file := range slices.Sorted(maps.Keys(env.Files)) {
		for text := range strings.SplitSeq("\n"+env.Files[file], "\n---\n") {
			o := &objects.Object{}
			if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil || o.Object == nil || o.GetKind() == "" {
				continue // a README
			}
			labels, kind := o.GetLabels(), o.GetKind()
			ofInvoker := labels["app.kubernetes.io/name"] == "invoker" && (kind == "ServiceAccount" || kind == "Secret")
			if kind == "Namespace" || labels["app.kubernetes.io/component"] == "actions" || ofInvoker {
				all = append(all, o)
			}
		}
	}
	return all, nil
}

// takeToken waits until the Secret has what is mounted from it.
func (k *actionCluster) takeToken(r *Run) error {
	w, err := r.Env.Workload("invoker")
	if err != nil {
		return err
	}
	return eventually(r.Context, time.Minute, func() error {
		secret, err := k.set.CoreV1().Secrets(w.Metadata.Namespace).Get(r.Context, tokenSecret, metav1.GetOptions{})
		if err != nil {
			return err
		}
		k.token = map[string]string{}
		for key, value := range secret.Data {
			k.token[key] = string(value)
		}
		if k.token["token"] == "" {
			return fmt.Errorf("secret %s gets no token", tokenSecret)
		}
		return nil
	})
}

// join adds a node of the pool of invokers, where the pods of actions go. It is tainted
// where the environment has a pool for invokers alone; a pod that did not tolerate it
// would wait for another node for ever.
func (k *actionCluster) join(r *Run) error {
	w, err := r.Env.Workload("invoker")
	if err != nil {
		return err
	}
	pool := fakenode.Role("invoker", 1, "4", "16Gi", 1)
	if len(w.Spec.Template.Spec.Tolerations) > 0 {
		pool = pool.Tainted()
	}
	if k.node, err = actionnode.New(r.Guard, r.addresses); err != nil {
		return err
	}
	r.atEnd(k.node.Close)
	for _, n := range pool.Nodes() {
		n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: k.node.Address}}
		n.Status.DaemonEndpoints.KubeletEndpoint.Port = k.node.KubeletPort
		if err := fakenode.Join(r.Context, k.set, n); err != nil {
			return err
		}
	}
	return fakenode.ServeWith(r.Context, k.set, fakenode.Pace{Stop: 200 * time.Millisecond}, k.node)
}

// pods of actions that an invoker has, or that all have, as the API server keeps
// them. One that is being deleted is none.
func (k *actionCluster) pods(r *Run, invoker string) ([]corev1.Pod, error) {
	selector := "user-action-pod=true"
	if invoker != "" {
		selector += ",invoker=" + invoker
	}
	list, err := k.set.CoreV1().Pods(metav1.NamespaceAll).List(r.Context, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list.Items, func(p corev1.Pod) bool { return p.DeletionTimestamp != nil }), nil
}
