package main

import (
	"os/exec"
	"strings"
	"testing"
)

// slow are packages that take long to be initialised, at each start of the
// program, and that nothing here needs.
var slow = []string{
	"k8s.io/kube-openapi/pkg/validation/strfmt", // by kyaml/fn/framework
	"testing",
}

func TestStartsWithoutSlowPackages(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-tags", "kustomize_disable_go_plugin_support", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := "\n" + string(out)
	if !strings.Contains(all, "\ngithub.com/whiskops/whiskops/internal/krm\n") {
		t.Fatalf("no list of packages: %s", all)
	}
	for _, name := range slow {
		if strings.Contains(all, "\n"+name+"\n") {
			t.Errorf("%s is part of the program; go list -deps says by whom", name)
		}
	}
}
