package install

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// The definitions that generated objects may need, each under its own license,
// without the descriptions.
//
//go:embed crds
var definitions embed.FS

var crdResource = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// Definitions makes the custom resources that generated objects may be of, and
// waits until the API server knows them.
func (i *Installer) Definitions(ctx context.Context) error {
	files, err := fs.Sub(definitions, "crds")
	if err != nil {
		return err
	}
	return i.Define(ctx, files)
}

// Define does the same with the definitions in a folder, a file each.
func (i *Installer) Define(ctx context.Context, folder fs.FS) error {
	files, err := fs.ReadDir(folder, ".")
	if err != nil {
		return err
	}
	client := i.dynamic.Resource(crdResource)
	var names []string
	for _, f := range files {
		data, err := fs.ReadFile(folder, f.Name())
		if err != nil {
			return err
		}
		o := &objects.Object{}
		if err := yaml.Unmarshal(data, &o.Object); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		if _, err := client.Create(ctx, o, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		names = append(names, o.GetName())
	}
	for _, name := range names {
		for {
			o, err := client.Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return err
			}
			if established(o) {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("definition %s is not established: %w", name, ctx.Err())
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	i.taken() // what is said about definitions is not about us
	return nil
}

func established(o *objects.Object) bool {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == "Established" {
			return c["status"] == "True"
		}
	}
	return false
}

var (
	command = regexp.MustCompile(`kubectl -n (\S+) create secret (generic|tls) (\S+)((?:\\\n|[^\n])*)`)
	literal = regexp.MustCompile(`--from-(?:literal|file)=([^=\s]+)=`)
)

// Asked are the Secrets that the commands in an environment's README make. The
// values are made up: no server reads them here.
func Asked(readme string) []*corev1.Secret {
	var all []*corev1.Secret
	for _, m := range command.FindAllStringSubmatch(readme, -1) {
		s := secret(m[1], m[3])
		if m[2] == "tls" {
			s.Type = corev1.SecretTypeTLS
			s.StringData = map[string]string{"tls.crt": "certificate", "tls.key": "key"}
		}
		for _, key := range literal.FindAllStringSubmatch(m[4], -1) {
			s.StringData[key[1]] = "value"
		}
		all = append(all, s)
	}
	return all
}

// Issued are the Secrets that cert-manager would make of the Certificates.
func Issued(all []*objects.Object) []*corev1.Secret {
	var secrets []*corev1.Secret
	for _, o := range objects.OfKind(all, "Certificate") {
		name, _, _ := unstructured.NestedString(o.Object, "spec", "secretName")
		s := secret(o.GetNamespace(), name)
		s.Type = corev1.SecretTypeTLS
		s.StringData = map[string]string{"tls.crt": "certificate", "tls.key": "key"}
		secrets = append(secrets, s)
	}
	return secrets
}

func secret(namespace, name string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		StringData: map[string]string{},
	}
}

// Before does what the README asks for before the rest is applied: it makes the
// namespaces and then the Secrets.
func (i *Installer) Before(ctx context.Context, set kubernetes.Interface, all []*objects.Object, secrets []*corev1.Secret) error {
	r := i.Apply(ctx, objects.OfKind(all, "Namespace"))
	if len(r.Problems) > 0 {
		return fmt.Errorf("namespaces: %v", r.Problems)
	}
	var errs []error
	for _, s := range secrets {
		_, err := set.CoreV1().Secrets(s.Namespace).Create(ctx, s, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			errs = append(errs, fmt.Errorf("Secret %s/%s: %w", s.Namespace, s.Name, err))
		}
	}
	return errors.Join(errs...)
}

func isGone(err error) bool { return apierrors.IsNotFound(err) }
