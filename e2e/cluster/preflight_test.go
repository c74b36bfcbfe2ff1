package cluster_test

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/install"
	place "github.com/whiskops/whiskops/e2e/ground"
)

// TestPreflight asks a real API server, with the kubectl in the path, for what an
// environment takes for granted: what is there is found, and what is missing named,
// by the script that is printed and by --run alike.
func TestPreflight(t *testing.T) {
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("there is no kubectl in the path")
	}
	each(t, func(t *testing.T, release string) {
		e := environments(t)[0]
		g := newGround(t, release, e.classes, e.pools...)
		port := g.apiPort(t)
		// A person must look at what no fake node and no fake plugin shows. Such nodes
		// have no kubelet, and so none that is new enough.
		look := []string{"class-grows/gp3", "dns-domain", "images", "load-balancer", "network-policies", "private-addresses", "seccomp"}

		holds(t, e.name, release, "preflight finds what an empty cluster has, and names what it lacks", func(t *testing.T) {
			p := g.preflight(t, "../..", e.name)
			wrong := []string{
				"api-port", "dns-service", "flux", "issuer", "node-version", "secret/couchdb-admin", "secret/openwhisk-admin", "secret/openwhisk-subjects",
			}
			p.compare(t, wrong, look)
			want := fmt.Sprintf("api-port: the API server listens on port 443 or 6443 behind its Service; shown: %d", port)
			if !strings.Contains(p.text, want) {
				t.Errorf("it does not say %q:\n%s", want, p.text)
			}
		})
		holds(t, e.name, release, "preflight finds what was made since, and no more", func(t *testing.T) {
			if err := g.installer.Before(g.ctx, g.set, e.objects, install.Asked(e.readme)); err != nil {
				t.Fatal(err)
			}
			g.endpoints(t, "kube-system", "kube-dns", "10.244.0.2", 53, corev1.ProtocolUDP)
			p := g.preflight(t, written(t, e.name, port), e.name)
			p.compare(t, []string{"flux", "issuer", "node-version"}, look)
			for _, f := range []string{`"WO674"`, `"production.gitops.flux"`} {
				if !strings.Contains(p.found, f) {
					t.Errorf("no finding has %s:\n%s", f, p.found)
				}
			}
		})
	})
}

// apiPort is where the API server listens. One on a loopback address does not
// publish it, so that is done here.
func (g *ground) apiPort(t *testing.T) int32 {
	t.Helper()
	at, err := url.Parse(g.plane.Config.Host)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseInt(at.Port(), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	g.endpoints(t, "default", "kubernetes", "10.0.0.1", int32(port), corev1.ProtocolTCP)
	return int32(port)
}

// endpoints that a Service has.
func (g *ground) endpoints(t *testing.T, namespace, service, address string, port int32, protocol corev1.Protocol) {
	t.Helper()
	_, err := g.set.DiscoveryV1().EndpointSlices(namespace).Create(g.ctx, &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: service, Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{address}}},
		Ports:       []discoveryv1.EndpointPort{{Port: &port, Protocol: &protocol}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// written is a repository whose environment says where the API server listens.
func written(t *testing.T, name string, port int32) string {
	t.Helper()
	root := t.TempDir()
	text, err := os.ReadFile(filepath.Join("../../environments", name+".cue"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "environments"), 0o755); err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "\n%s: cluster: apiServer: ports: [%d]\n", name, port)
	if err := os.WriteFile(filepath.Join(root, "environments", "e.cue"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

// asked is what preflight said.
type asked struct {
	text, found string
}

// preflight runs the command and the script that it prints, which must say the same
// and that something is wrong.
func (g *ground) preflight(t *testing.T, root, environment string) asked {
	t.Helper()
	whiskops, err := place.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	run := func(wants int, program string, args ...string) string {
		t.Helper()
		out, err := exec.Command(program, args...).Output()
		if exit := (*exec.ExitError)(nil); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == wants) {
			t.Fatalf("%s %q: %v\n%s", program, args, err, out)
		}
		return string(out)
	}
	script := filepath.Join(t.TempDir(), "preflight.sh")
	if err := os.WriteFile(script, []byte(run(0, whiskops, "preflight", environment, "-C", root)), 0o644); err != nil {
		t.Fatal(err)
	}
	text := run(1, "sh", script, "--kubeconfig", g.plane.Kubeconfig)
	flags := []string{"preflight", environment, "-C", root, "--run", "--kubeconfig", g.plane.Kubeconfig}
	if ran := run(1, whiskops, flags...); ran != text {
		t.Errorf("the script says\n%s\nand --run\n%s", text, ran)
	}
	return asked{text, run(1, whiskops, append(flags, "--output", "json")...)}
}

var verdicts = regexp.MustCompile(`(?m)^(ok|wrong|unasked|look) +([^:]+):`)

// compare holds the facts that are wrong, and those that a person must look at,
// against what is wanted; all others must be fine.
func (a asked) compare(t *testing.T, wrong, look []string) {
	t.Helper()
	got := map[string][]string{}
	for _, m := range verdicts.FindAllStringSubmatch(a.text, -1) {
		got[m[1]] = append(got[m[1]], m[2])
	}
	fine := len(got["ok"])
	delete(got, "ok")
	for _, key := range slices.Collect(maps.Keys(got)) {
		slices.Sort(got[key])
	}
	if want := map[string][]string{"wrong": wrong, "look": look}; !maps.EqualFunc(want, got, slices.Equal) {
		t.Errorf("it says %v, want %v:\n%s", got, want, a.text)
	}
	const least = 12
	if fine < least {
		t.Errorf("%d facts are fine, want %d at least:\n%s", fine, least, a.text)
	}
}
