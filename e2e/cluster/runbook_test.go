package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/e2e/runbook"
)

// TestRunbook takes the README's "When something is wrong" as a person does: each
// command that an API server can answer is run, then things are broken and mended
// by the page.
func TestRunbook(t *testing.T) {
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("without kubectl no command of the README can be run")
	}
	each(t, func(t *testing.T, release string) {
		for _, e := range environments(t) {
			t.Run(e.name, func(t *testing.T) {
				p := newPage(t, newGround(t, release, e.classes, e.pools...), e)
				if !holds(t, e.name, release, "each command of the runbook that asks the API server is answered", p.answered) {
					return
				}
				for _, f := range faults {
					if f.of == "" || f.of == e.name {
						holds(t, e.name, release, "runbook: "+f.about, func(t *testing.T) { f.mend(t, p) })
					}
				}
			})
		}
	})
}

// page is a runbook, the cluster that it is about, and the person's shell.
type page struct {
	*ground
	env      *environment
	commands []runbook.Command
	shell    runbook.Shell
}

// newPage installs the environment, with what delivers it.
func newPage(t *testing.T, g *ground, e *environment) *page {
	t.Helper()
	none(t, g.install(t, e.objects, e.readme).Problems)
	g.up(t, e.namespace())
	commands, err := runbook.Read(e.readme)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{g, e, commands, runbook.Shell{Folder: t.TempDir(), Env: []string{"KUBECONFIG=" + g.plane.Kubeconfig}}}
	if err := os.Symlink(p.path(t, "../../overlays"), filepath.Join(p.shell.Folder, "overlays")); err != nil {
		t.Fatal(err)
	}
	p.must(t, "kubectl apply -f "+p.path(t, "testdata/tools")+" && kubectl wait --for=condition=Established crd --all --timeout=60s")
	for folder, file := range map[string]string{"argocd": "argocd/application.yaml", "flux-system": "flux/sync.yaml"} {
		file = p.path(t, filepath.Join("../../clusters", e.name, file))
		if _, err := os.Stat(file); err == nil {
			p.must(t, "kubectl create namespace "+folder+" && kubectl apply -f "+file)
		}
	}
	if strings.Contains(e.readme, "clusterissuer.cert-manager.io letsencrypt") {
		p.must(t, `echo '{"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"letsencrypt"}}' | kubectl apply -f -`)
	}
	p.must(t, "openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 77 -subj /CN=a -addext subjectAltName=DNS:functions.example.com")
	if strings.Contains(e.readme, "get secret nginx-tls") {
		p.must(t, "kubectl -n "+e.namespace()+" create secret tls nginx-tls --cert=tls.crt --key=tls.key --dry-run=client -o json | kubectl apply --server-side --force-conflicts -f -")
	}
	return p
}

func (p *page) path(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// must run a command of the test's own.
func (p *page) must(t *testing.T, command string) string {
	t.Helper()
	out, said, err := p.shell.Run(p.ctx, command, nil)
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", command, err, out, said)
	}
	return out
}

// look runs the one command of a symptom that has a text in it.
func (p *page) look(t *testing.T, symptom, has string, put ...string) string {
	t.Helper()
	out, said, err := p.try(t, symptom, has, put...)
	if err != nil {
		t.Fatalf("%s: %q: %v\n%s%s", symptom, has, err, out, said)
	}
	return out
}

func (p *page) try(t *testing.T, symptom, has string, put ...string) (out, said string, err error) {
	t.Helper()
	c, err := runbook.Of(p.commands, symptom, has)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	for i := 0; i+1 < len(put); i += 2 {
		words[put[i]] = put[i+1]
	}
	out, said, err = p.shell.Run(p.ctx, c.Run, words)
	progress("%s: %s: %s\n%s%s", p.env.name, symptom, c.Run, out, said)
	return out, said, err
}

// shows fails unless the output has all of the texts.
func shows(t *testing.T, out string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("it does not show %q:\n%s", w, out)
		}
	}
}

// answered runs all that looks and needs nothing but an API server. The rest is
// named with what it needs.
func (p *page) answered(t *testing.T) {
	ran, rest := 0, 0
	for _, c := range p.commands {
		if needs := c.Needs(); c.Remedy || needs != "" {
			if !c.Remedy {
				rest++
				progress("%s: not run here, it needs a %s: %s: %s", p.env.name, needs, c.Symptom, c.Run)
			}
			continue
		}
		out, said, err := p.shell.Run(p.ctx, c.Run, map[string]string{"NODE": p.node(t), "POD": "kafka-0"})
		said = strings.TrimSpace(said)
		if err != nil || said != "" && !strings.HasPrefix(said, "No resources found") {
			t.Errorf("%s: %s: %v\n%s%s", c.Symptom, c.Run, err, out, said)
		}
		ran++
	}
	if ran < 15 {
		t.Errorf("%d commands were run", ran)
	}
	progress("%s: %d commands of the runbook are answered, %d need more than an API server", p.env.name, ran, rest)
}

// node is the name of one.
func (p *page) node(t *testing.T) string {
	t.Helper()
	return look(t, p.ground, p.env).Nodes[0].Name
}
