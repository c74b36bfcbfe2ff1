// Package jobnames names every Job after its content. A Job's pod template
// cannot change; with a name of its own for each content, a change makes a
// new Job that runs, and no change runs nothing again.
//
// The name is <name>-<8 hex digits>. The digits stand for the Job's spec and
// the data of every ConfigMap and Secret of the list that the Job mentions,
// so the function goes last, when these are complete.
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

// Process renames the Jobs of the list. A Job that has its name already keeps
// it.
func Process(rl *krm.ResourceList) error {
	if _, err := krm.Decode[Spec](rl, Kind); err != nil {
		return err
	}
	contents, err := readContents(rl.Items)
	if err != nil {
		return err
	}
	var c krm.Check
	for _, n := range rl.Items {
		if n.GetKind() != "Job" {
			continue
		}
		hash, err := hash(n, contents)
		if err != nil {
			return err
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

// hash of a Job. Encoded maps have their keys sorted, so that the order in
// which an object was written does not count.
func hash(n *yaml.RNode, contents map[reference]content) (string, error) {
	job, err := krm.Object(n)
	if err != nil {
		return "", err
	}
	mentioned := map[string]content{}
	for _, r := range value.References(job) {
		if c, ok := contents[reference{r.Kind, n.GetNamespace(), r.Name}]; ok {
			mentioned[r.Kind+"/"+r.Name] = c
		}
	}
	raw, err := json.Marshal(krm.M{"spec": job["spec"], "mentioned": mentioned})
	if err != nil {
		return "", fmt.Errorf("encode Job %s: %w", n.GetName(), err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:4]), nil
}
