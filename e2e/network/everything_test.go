package network

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// everything are the files of the two environments that have all that one can have
// together, by the environments' names.
var everything = sync.OnceValues(func() (map[string]map[string]string, error) {
	dir, err := os.MkdirTemp("", "network")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS("../../internal/render/testdata/everything")); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "-C", "../..", "run", "-tags", "kustomize_disable_go_plugin_support", "./cmd/whiskops", "generate", "--no-cache", "-C", dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("whiskops generate: %w\n%s", err, out)
	}
	all := map[string]map[string]string{}
	for _, name := range []string{"own", "outside"} {
		if all[name], err = Files(filepath.Join(dir, "golden"), name); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// files are those of an environment of golden/, or of one that has everything.
func files(t *testing.T, name string) map[string]string {
	t.Helper()
	all, err := everything()
	if err != nil {
		t.Fatal(err)
	}
	if some, ok := all[name]; ok {
		return some
	}
	some, err := Files(goldenFolder, name)
	if err != nil {
		t.Fatal(err)
	}
	return some
}

// parsed is an environment, among what its file speaks of.
func parsed(t *testing.T, name string, files map[string]string) *Environment {
	t.Helper()
	env, err := Parse(name, files)
	if err != nil {
		t.Fatal(err)
	}
	switch name {
	case "own":
		env.speaksOf()
		env.outside([]string{"api", "private"}, "172.20.0.1")
		env.outside([]string{"private"}, "172.20.0.0", "172.20.0.2")
	case "outside":
		env.speaksOf()
	}
	return env
}

// speaksOf adds places at both sides of the borders of what both say: what added
// containers call, the proxies, who collects logs, and who is beside the reader.
func (e *Environment) speaksOf() {
	e.outside([]string{"agents"}, "198.51.100.0", "198.51.100.255")
	e.outside([]string{"internet", "proxy"}, "192.0.2.64", "192.0.2.77", "192.0.2.95")
	e.outside([]string{"internet"}, "198.51.99.255", "198.51.101.0", "192.0.2.63", "192.0.2.96")
	e.namespace("logs", nil)
	e.Places = append(e.Places,
		Place{Name: "collector of logs", Roles: []string{"logs"}, Namespace: "logs", IP: podIP(0, 4)},
		Place{Name: "pod beside the reader", Namespace: "monitoring", Labels: map[string]string{"app": "x"}, IP: podIP(0, 5)})
}

func (e *Environment) outside(roles []string, addresses ...string) {
	for _, a := range addresses {
		e.Places = append(e.Places, Place{Name: "address " + a, Roles: roles, IP: netip.MustParseAddr(a)})
	}
}
