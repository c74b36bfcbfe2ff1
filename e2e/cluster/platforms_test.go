package cluster_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	place "github.com/whiskops/whiskops/e2e/ground"
)

// TestPlatforms runs the scripts of docs/platforms as they stand, those that need no
// more than a cluster: they install each environment onto an API server with nodes as
// the page says, again without harm, and make a Job of the suspended CronJob. The nodes
// run nothing, so the test itself writes the report.
//
// What is not as on a cluster: preflight may find that there is no kubelet, no pod has
// a log, and kustomize is kubectl's.
func TestPlatforms(t *testing.T) {
	for _, program := range []string{"kubectl", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	release := releases()[0]
	for _, name := range []string{"kind", "k3s", "eks", "gke", "aks", "openshift"} {
		t.Run(name, func(t *testing.T) {
			p := readPlatform(t, name)
			g := newGround(t, release, []string{p.class}, p.pools...)
			holds(t, name, release, "install.sh of its page installs it, and again changes nothing", func(t *testing.T) {
				p.run(t, g, 0, "install.sh")
				before := p.generations(t, g)
				p.run(t, g, 0, "install.sh")
				if after := p.generations(t, g); after != before {
					t.Errorf("the second run changes workloads: %s, then %s", before, after)
				}
			})
			holds(t, name, release, "load.sh makes a run, has its exit code, and refuses the report of another one", func(t *testing.T) {
				go p.report(g, "load-first")
				p.run(t, g, 0, "load.sh", "first")
				for _, file := range []string{"load-report.json", "load-report.svg"} {
					if text, err := os.ReadFile(filepath.Join(p.dir, file)); err != nil || len(text) == 0 {
						t.Errorf("%s: %q, %v", file, text, err)
					}
				}
				out := p.run(t, g, 2, "load.sh", "second")
				if !strings.Contains(out, "load-report is of another run") {
					t.Errorf("it does not say why:\n%s", out)
				}
			})
		})
	}
}

// platform is what a page says.
type platform struct {
	name, dir, class string
	pools            []fakenode.Pool
}

var (
	pageBlock  = regexp.MustCompile("(?ms)^```(sh|cue)\n(.*?)^```$")
	pagePool   = regexp.MustCompile(`(\w+): \{count: (\d+), cpu: "([^"]+)", memory: "([^"]+)"(?:, pods: (\d+))?`)
	pageClass  = regexp.MustCompile(`storage: class: "([^"]+)"`)
	scriptName = regexp.MustCompile(`^# ci/(\S+\.sh):`)
)

// readPlatform lays a page out as a repository, and generates its environment.
func readPlatform(t *testing.T, name string) *platform {
	t.Helper()
	page, err := os.ReadFile("../../docs/platforms/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{name: name, dir: t.TempDir(), class: "standard"}
	write := func(file, text string, mode os.FileMode) {
		t.Helper()
		at := filepath.Join(p.dir, file)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, block := range pageBlock.FindAllStringSubmatch(string(page), -1) {
		if block[1] == "sh" {
			write("ci/"+scriptName.FindStringSubmatch(block[2])[1], block[2], 0o644)
			continue
		}
		write("environments/"+name+".cue", block[2], 0o644)
		for _, pool := range pagePool.FindAllStringSubmatch(block[2], -1) {
			count, _ := strconv.Atoi(pool[2])
			made := fakenode.Role(pool[1], count, pool[3], pool[4], 1)
			if pool[5] != "" {
				pods, _ := strconv.Atoi(pool[5])
				made = made.Taking(pods)
			}
			if pool[1] == "invoker" {
				made = made.Tainted()
			}
			p.pools = append(p.pools, made)
		}
		if class := pageClass.FindStringSubmatch(block[2]); class != nil {
			p.class = class[1]
		}
	}
	binary, err := place.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "generate", "-C", p.dir).CombinedOutput(); err != nil || len(p.pools) != 3 {
		t.Fatalf("%d pools; whiskops generate: %v\n%s", len(p.pools), err, out)
	}
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Fatal(err)
	}
	write("bin/whiskops", fmt.Sprintf("#!/bin/sh\ncase $1 in\npreflight) %s \"$@\" || test $? -eq 1 ;;\n*) exec %s \"$@\" ;;\nesac\n", binary, binary), 0o755)
	write("bin/kubectl", fmt.Sprintf("#!/bin/sh\ncase \" $* \" in\n*' logs '*) echo no log ;;\n*) exec %s \"$@\" ;;\nesac\n", kubectl), 0o755)
	write("bin/kustomize", fmt.Sprintf("#!/bin/sh\ntest \"$1\" = build && exec %s kustomize \"$2\"\n", kubectl), 0o755)
	return p
}

// run a script of the page, which must end with a code.
func (p *platform) run(t *testing.T, g *ground, code int, script string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(g.ctx, 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", append([]string{"ci/" + p.name + "/" + script}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "KUBECONFIG="+g.plane.Kubeconfig, "PATH="+filepath.Join(p.dir, "bin")+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("%s ends with %d, not %d: %v\n%s", script, got, code, err, out)
	}
	return string(out)
}

// generations of the workloads: they grow when one is changed.
func (p *platform) generations(t *testing.T, g *ground) string {
	t.Helper()
	var all []string
	sets, err := g.set.AppsV1().StatefulSets("openwhisk").List(g.ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sets.Items {
		all = append(all, fmt.Sprint(s.Name, " ", s.Generation))
	}
	deployments, err := g.set.AppsV1().Deployments("openwhisk").List(g.ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range deployments.Items {
		all = append(all, fmt.Sprint(d.Name, " ", d.Generation))
	}
	return strings.Join(all, ", ")
}

// report writes what a run would, once its Job is there.
func (p *platform) report(g *ground, run string) {
	for g.ctx.Err() == nil {
		_, err := g.set.BatchV1().Jobs("openwhisk").Get(g.ctx, run, metav1.GetOptions{})
		if !apierrors.IsNotFound(err) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	_, err := g.set.CoreV1().ConfigMaps("openwhisk").Create(g.ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "load-report"},
		Data:       map[string]string{"report.json": fmt.Sprintf("{\n \"run\": %q\n}", run), "report.svg": "<svg/>"},
	}, metav1.CreateOptions{})
	if err != nil && g.ctx.Err() == nil {
		progress("the report of %s: %v", run, err)
	}
}
