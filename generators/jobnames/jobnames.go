// Package jobnames names every Job after its content. A Job's pod template
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
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// longest name of a Job: its pods carry it as a label's value.
const longest = 63

// Process renames the Jobs of the list. A Job that has its name already keeps
// it.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	contents, err := readContents(rl.Items)
	if err != nil {
		return err
	}
	tested, err := workloads(rl.Items, config.Spec.Tests, contents)
	if err != nil {
		return err
	}
	var c krm.Check
	for _, n := range rl.Items {
		if n.GetKind() != "Job" {
			continue
		}
		job, err := describe(n, contents)
		if err != nil {
			return err
		}
		if slices.Contains(config.Spec.Tests, n.GetLabels()[krm.NameLabel]) {
			job["tested"] = tested
		}
		hash, err := hash(job)
		if err != nil {
			return fmt.Errorf("name Job %s: %w", n.GetName(), err)
		}
		if strings.HasSuffix(n.GetName(), "-"+hash) {
			continue
		}
		name := n.GetName() + "-" + hash
		if len(name) > longest {
			c.Fail("the Job's name %q is longer than %d characters with its hash", n.GetName(), longest)
			continue
		}
		if err := n.SetMapField(yaml.NewStringRNode(name), "metadata", "name"); err != nil {
			return fmt.Errorf("rename Job %s: %w", n.GetName(), err)
		}
	}
	return c.Err()
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
func workloads(items []*yaml.RNode, tests []string, contents map[reference]content) (krm.M, error) {
	all := krm.M{}
	if len(tests) == 0 {
		return all, nil
	}
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
