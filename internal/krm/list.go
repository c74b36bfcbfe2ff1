package krm

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// ResourceList is what a KRM function is given, and changes. kyaml's framework
// has such a type too, and with it a validator of JSON schemas that took a
// quarter of the time in which the program starts.
type ResourceList struct {
	FunctionConfig *yaml.RNode
	// Config is the functionConfig where whoever calls is in the same process: it
	// may have any values that JSON has a form for, and then nothing is made YAML of
	// them first.
	Config M
	Items  []*yaml.RNode
	// Hashed says that kustomize comes after the function, and puts a hash of its content
	// behind the name of each ConfigMap that asks for one.
	Hashed bool
	// Results are what a function says of what it did.
	Results []Result
}

// Function is a KRM function. What is wrong with its functionConfig or its
// items is Complaints, everything else a fault.
type Function func(*ResourceList) error

// ErrRefused says that a function had Complaints, which were printed.
var ErrRefused = errors.New("the function was refused")

// Execute reads a ResourceList, as the functions specification has it, gives it to the
// function and writes what came of it, with results. With Complaints the items come out
// as they came in; they are printed to errs too, since kustomize reads no results. The
// functionConfig, which may have secrets, does not come out.
func Execute(function Function, in io.Reader, out, errs io.Writer) error {
	input, err := io.ReadAll(io.LimitReader(in, longestInput+1))
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	l, err := readInput(input)
	if err != nil {
		return refused(err, errs)
	}
	rl := &ResourceList{FunctionConfig: l.config, Items: l.items}
	var all Complaints
	switch err := function(rl); {
	case errors.As(err, &all):
		// What the function changed before it complained does not count.
		if l, err = readInput(input); err != nil {
			return err
		}
		all = addressed(all, rl.FunctionConfig)
		rl.Items, rl.Results = l.items, append(all, rl.Results...)
	case err != nil:
		return err
	}
	for _, r := range rl.Results {
		if r.Severity != Info {
			fmt.Fprintln(errs, r)
		}
	}
	if err := write(l, rl, out); err != nil {
		return err
	}
	if len(all) > 0 {
		return ErrRefused
	}
	return nil
}

// refused prints why there is no list to write.
func refused(err error, errs io.Writer) error {
	var all Complaints
	if !errors.As(err, &all) {
		return err
	}
	for _, r := range all {
		fmt.Fprintln(errs, r)
	}
	return ErrRefused
}

// addressed complaints name the functionConfig where they are about no item.
func addressed(all Complaints, config *yaml.RNode) Complaints {
	for i, r := range all {
		if r.Object == nil && config != nil && isObject(config) && config.GetKind() != "" {
			all[i].Object, all[i].File = objectOf(config), fileOf(config)
		}
	}
	return all
}

// write the list as kyaml writes one: all of it or nothing, since half a list would be
// taken for a whole one.
func write(l list, rl *ResourceList, out io.Writer) error {
	var text bytes.Buffer
	word := func(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }
	if err := encode(&text, word("apiVersion"), word(l.apiVersion), word("kind"), word("ResourceList")); err != nil {
		return err
	}
	if err := writeItems(&text, rl.Items); err != nil {
		return err
	}
	if len(rl.Results) > 0 {
		results, err := value.Document(rl.Results)
		if err != nil {
			return fmt.Errorf("write results: %w", err)
		}
		if err := encode(&text, word("results"), results); err != nil {
			return err
		}
	}
	if _, err := out.Write(text.Bytes()); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}

// writeItems one by one: of a document that is written as a whole the encoder keeps all
// that it goes through, which is more than the list itself. A comment between two items
// is written as it stands there in a whole list alone.
func writeItems(text *bytes.Buffer, items []*yaml.RNode) error {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	whole := len(items) == 0
	for _, n := range items {
		if err := yaml.ClearEmptyAnnotations(n); err != nil {
			return fmt.Errorf("write %s %s: %w", n.GetKind(), n.GetName(), err)
		}
		all.Content = append(all.Content, n.YNode())
		whole = whole || commented(n.YNode())
	}
	field := &yaml.Node{Kind: yaml.ScalarNode, Value: "items"}
	if whole {
		return encode(text, field, all)
	}
	text.WriteString("items:\n")
	for i, n := range all.Content {
		one := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}}
		if err := encodeNode(text, one); err != nil {
			return fmt.Errorf("write %s %s: %w", items[i].GetKind(), items[i].GetName(), err)
		}
	}
	return nil
}

// commented tells whether an item has a comment before its first field or after its
// last.
func commented(n *yaml.Node) bool {
	if n.HeadComment+n.FootComment != "" {
		return true
	}
	if len(n.Content) == 0 {
		return false
	}
	for first := n.Content[0]; ; first = first.Content[0] {
		if first.HeadComment != "" {
			return true
		}
		if len(first.Content) == 0 {
			break
		}
	}
	for last := n; len(last.Content) > 0; {
		at := len(last.Content) - 1
		if last.Kind == yaml.MappingNode && last.Content[at-1].FootComment != "" {
			return true
		}
		if last = last.Content[at]; last.FootComment != "" {
			return true
		}
	}
	return false
}

// encode fields of a mapping.
func encode(text *bytes.Buffer, fields ...*yaml.Node) error {
	return encodeNode(text, &yaml.Node{Kind: yaml.MappingNode, Content: fields})
}

func encodeNode(text *bytes.Buffer, n *yaml.Node) error {
	encoder := yaml.NewEncoder(text)
	if err := encoder.Encode(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{n}}); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}
