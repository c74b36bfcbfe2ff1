package krm

import (
	"fmt"
	"reflect"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FunctionVersion is the API of the functions that are for everybody.
const FunctionVersion = "fn.whiskops.github.io/v1alpha1"

// Definition is one function for everybody: what it is called, what its config is, and
// what it does. Its config's schema, help and page are made of it.
type Definition struct {
	// Kind of the functionConfig, and Command, the same as a verb: "set-placement".
	Kind, Command string
	// Short says in one sentence what it does.
	Short string
	// Source is the Go file with the type of the spec, whose comments are its
	// documentation.
	Source string
	// Example is a functionConfig.
	Example string
	// Spec is the type of the config's spec.
	Spec reflect.Type
	run  func(*ResourceList) error
	// form says what is wrong with a config by itself.
	form func(*ResourceList) error
}

// Define a function. process says through r what is wrong and what to do; an error of
// it is a fault.
func Define[Spec any](d Definition, process func(r *Run, spec Spec) error) Definition {
	d.Spec = reflect.TypeFor[Spec]()
	d.form = func(rl *ResourceList) error {
		c, err := decode[Spec](rl, FunctionVersion, d.Kind)
		if err != nil {
			return err
		}
		var check Check
		check.listed("spec", reflect.ValueOf(c.Spec))
		return check.Err()
	}
	d.run = func(rl *ResourceList) error {
		c, err := decode[Spec](rl, FunctionVersion, d.Kind)
		if err != nil {
			return err
		}
		r := newRun(rl, c.APIVersion, c.Kind, c.Metadata)
		r.listed("spec", reflect.ValueOf(c.Spec))
		if err := process(r, c.Spec); err != nil {
			return err
		}
		if err := r.bring(); err != nil {
			return err
		}
		if err := r.Err(); err != nil {
			return err
		}
		if err := r.finish(); err != nil {
			return err
		}
		if r.untold > 0 {
			r.say(Result{Severity: Info, Message: fmt.Sprintf("and so for %d objects more", r.untold), Object: r.config})
		}
		rl.Results = append(rl.Results, r.results...)
		return r.Err()
	}
	return d
}

// Process runs the function.
func (d Definition) Process(rl *ResourceList) error { return d.run(rl) }

// Form says what is wrong with the form of a config, whatever the objects are: Complaints,
// or nil.
func (d Definition) Form(config *yaml.RNode) error {
	return d.form(&ResourceList{FunctionConfig: config})
}

// Labels of made objects come from the config alone.
type Labels map[string]string

// New starts an object with labels, in a namespace unless it is empty.
func New(apiVersion, kind, namespace, name string, labels Labels) M {
	meta := M{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	if len(labels) > 0 {
		all := M{}
		for key, v := range labels {
			all[key] = v
		}
		meta["labels"] = all
	}
	return M{"apiVersion": apiVersion, "kind": kind, "metadata": meta}
}

// All objects of the list, those in Lists too.
func (r *Run) All() []*yaml.RNode { return r.objects }
