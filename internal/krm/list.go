package krm

import (
	"bytes"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
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
}

// Function is a KRM function. What is wrong with its functionConfig or its
// items is Complaints, everything else a fault.
type Function func(*ResourceList) error

// Complaints are all that a function has against what it was given, in the
// words of the person who wrote that.
type Complaints []string

func (c Complaints) Error() string { return strings.Join(c, "\n") }

// Execute reads a ResourceList, as the functions specification has it, gives it
// to the function and writes what came of it.
func Execute(function Function, stream *kio.ByteReadWriter) error {
	input, err := io.ReadAll(stream.Reader)
	if err != nil {
		return err
	}
	if err := checkInput(input); err != nil {
		return err
	}
	stream.Reader = bytes.NewReader(input)
	items, err := stream.Read()
	if err != nil {
		return err
	}
	list := &ResourceList{FunctionConfig: stream.FunctionConfig, Items: items}
	// The annotations of paths have an old and a new name. Whichever the
	// function changes, the other follows.
	annotations, err := kio.PreprocessResourcesForInternalAnnotationMigration(items)
	if err != nil {
		return err
	}
	if err := function(list); err != nil {
		return err
	}
	if err := kio.ReconcileInternalAnnotations(list.Items, annotations); err != nil {
		return err
	}
	return stream.Write(list.Items)
}
