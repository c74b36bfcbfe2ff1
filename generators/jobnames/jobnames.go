// Package jobnames names Jobs after their content. A Job's pod template
// cannot change; with a name of its own for each content, a change makes a
// new Job that runs, and no change runs nothing again.
//
// The name is <name>-<8 hex digits>. The digits stand for the Job's spec and
// the data of every ConfigMap and Secret of the list that the Job mentions, and
// for a test for those of all workloads, so the function goes last, when these
// are complete.
package jobnames

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// longest name of a Job: its pods carry it as a label's value.
const longest = 63

// OptOut is the annotation of a Job that keeps its name, with the value "off".
const OptOut = "fn.whiskops.github.io/name-jobs"

// hooks are annotations of Jobs that somebody runs by an event, and finds by their
// names (Argo CD, docs/user-guide/resource_hooks.md; Helm, docs/topics/charts_hooks).
var hooks = []string{"argocd.argoproj.io/hook", "helm.sh/hook"}

// process renames Jobs. What an earlier run put behind a name goes first.
func process(r *krm.Run, s Spec) error {
	jobs := jobs(r, s)
	contents, err := readContents(r.All())
	if err != nil {
		return err
	}
	tests := map[*yaml.Node]bool{}
	tested := krm.M{}
	if s.Tests != nil {
		for _, n := range r.Objects("spec.tests", *s.Tests) {
			tests[n.YNode()] = true
		}
		if tested, err = workloads(r.All(), contents); err != nil {
			return err
		}
	}
	for _, n := range jobs {
		if err := r.TakeOver(n); err != nil {
			return err
		}
		job, err := describe(n, contents)
		if err != nil {
			return err
		}
		if tests[n.YNode()] {
			job["tested"] = tested
		}
		if err := rename(r, n, job); err != nil {
			return err
		}
	}
	return nil
}

// rename a Job after what it is.
func rename(r *krm.Run, n *yaml.RNode, job krm.M) error {
	hash, err := hash(job)
	if err != nil {
		return fmt.Errorf("name Job %s: %w", n.GetName(), err)
	}
	base := r.Without(n).GetName()
	if rest, ours := strings.CutPrefix(n.GetName(), base+"-"); !ours || len(rest) != len(hash) {
		base = n.GetName() // which somebody has given it since
	}
	// A Job that has its name already keeps it.
	base = strings.TrimSuffix(base, "-"+hash)
	name := base + "-" + hash
	if len(name) > longest {
		r.FailAt(n, "metadata.name", "the Job's name %q is longer than %d characters with its hash", base, longest)
		return nil
	}
	if err := r.Merge(n, krm.M{"metadata": krm.M{"name": name}}); err != nil {
		return err
	}
	r.Tell(n, "is named after its content")
	return nil
}

// jobs of the list that may have another name.
func jobs(r *krm.Run, s Spec) []*yaml.RNode {
	if s.Selector == nil {
		s.Selector = &krm.Selector{}
	}
	var found []*yaml.RNode
	for _, n := range r.Objects("spec.selector", *s.Selector) {
		if n.GetKind() == "Job" && strings.HasPrefix(n.GetApiVersion(), "batch/") && n.GetName() != "" && renamable(n) {
			found = append(found, n)
		}
	}
	if len(found) == 0 {
		r.None("spec.selector", s.Selector, "Job to name")
	}
	return found
}

func renamable(n *yaml.RNode) bool {
	annotations := n.GetAnnotations(append(hooks, OptOut)...)
	return len(annotations) == 0 || len(annotations) == 1 && annotations[OptOut] != "" && annotations[OptOut] != "off"
}

// describe what an object runs, and what that reads.
func describe(n *yaml.RNode, contents map[reference]content) (krm.M, error) {
	o, err := krm.Object(n)
	if err != nil {
		return nil, err
	}
	mentioned := map[string]content{}
	for _, r := range value.References(o) {
		if c, ok := contents[reference{r.Kind, n.GetNamespace(), r.Name}]; ok {
			mentioned[r.Kind+"/"+r.Name] = c
		}
	}
	return krm.M{"spec": o["spec"], "mentioned": mentioned}, nil
}

// workloads are the pods of all that runs besides Jobs and what runs by the
// clock. How many there are changes nothing for who calls them.
func workloads(items []*yaml.RNode, contents map[reference]content) (krm.M, error) {
	all := krm.M{}
	for _, n := range items {
		switch n.GetKind() {
		case "Deployment", "StatefulSet", "DaemonSet":
		default:
			continue
		}
		o, err := describe(n, contents)
		if err != nil {
			return nil, err
		}
		o["spec"] = value.Map(o["spec"], "template")
		all[n.GetKind()+"/"+n.GetNamespace()+"/"+n.GetName()] = o
	}
	return all, nil
}

// hash of a description. Encoded maps have their keys sorted, so that the order in
// which an object was written does not count.
func hash(of krm.M) (string, error) {
	raw, err := json.Marshal(of)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:4]), nil
}
