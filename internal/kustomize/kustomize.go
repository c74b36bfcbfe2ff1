// Package kustomize is the only place that touches kustomize's engine and the
// process-global OpenAPI state behind it.
//
// A Tree of files goes into Build, and objects come out, each with the exact
// bytes that the kustomize command prints for it. Nothing is fetched: remote
// bases and files are refused before the engine sees them, no program is run but
// this one's functions for a tree that is Running, and files outside a
// kustomization's folder cannot be read.
//
// The exported surface: Tree (what is built), Build and Join (objects and
// their bytes), Builder (the same of overlays, folder by folder, remembered),
// Warm, and four questions to the engine that computing an overlay needs:
// Merge, HasSchema, Namespaced and HashedName. MarshalYAML is how this package
// prints objects.
package kustomize

import (
	"bytes"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Object is one built object.
type Object struct {
	APIVersion, Kind, Name, Namespace string
	// YAML is what `kustomize build` prints for the object, without the
	// "---" line between objects.
	YAML []byte
	// Value is the parsed object, in plain values.
	Value map[string]any
}

// String names the object for people: "Deployment openwhisk/nginx".
func (o Object) String() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// Build runs `kustomize build dir` on a file system and returns the objects in
// the order of its output. A *ReferenceError says that the tree wants something
// from the network, or that is not there, a *BoundError that a file of the
// repository is too large, a *CauseError what else is wrong with its files. Any other error is kustomize's own complaint; a panic
// of the engine is one too.
func Build(files filesys.FileSystem, dir string) ([]Object, error) {
	objects, _, err := build(files, dir)
	tree, ok := files.(*Tree)
	if r, runs := files.(*Running); runs {
		tree, ok = r.Tree, true
	}
	if ok && tree.disk != nil {
		if err = tree.own.instead(err); err != nil {
			err = tree.explain(err)
		}
	}
	return objects, err
}

// build runs the engine with the schema that its objects need, and tells what
// it found in the kustomizations.
func build(files filesys.FileSystem, dir string) (objects []Object, found scanned, err error) {
	defer func() {
		if r := recover(); r != nil {
			objects, err = nil, fmt.Errorf("kustomize build %s: the engine panicked: %v", dir, r)
		}
	}()
	if found, err = scan(files, dir); err != nil {
		return nil, found, err
	}
	if found.openAPI {
		defer alone()()
		objects, err = run(files, dir)
		return objects, found, err
	}
	enough := reducedSchema
	if tree, ok := files.(*Tree); !ok || tree.disk != nil {
		enough = wholeSchema // who knows what users do to their objects
	}
	objects, err = runWith(enough, files, dir)
	for _, o := range objects {
		// A patch may have been merged without it.
		if schemaFor(o.APIVersion, o.Kind) > enough {
			objects, err = runWith(wholeSchema, files, dir)
			break
		}
	}
	return objects, found, err
}

func runWith(enough schema, files filesys.FileSystem, dir string) ([]Object, error) {
	defer reading(enough)()
	return run(files, dir)
}

func run(files filesys.FileSystem, dir string) ([]Object, error) {
	built, err := krusty.MakeKustomizer(&krusty.Options{
		// What the command does without --reorder. MakeDefaultOptions would
		// not sort.
		Reorder:          krusty.ReorderOptionUnspecified,
		LoadRestrictions: types.LoadRestrictionsRootOnly,
		PluginConfig:     plugins(files),
	}).Run(files, dir)
	if err != nil {
		said := err.Error()
		if r, ok := files.(*Running); ok {
			said = strings.ReplaceAll(said, r.root, rootDir)
		}
		return nil, fmt.Errorf("kustomize build %s: %s", dir, shown(said))
	}
	objects := make([]Object, 0, built.Size())
	for _, r := range built.Resources() {
		o, err := object(r)
		if err != nil {
			return nil, fmt.Errorf("kustomize build %s: print %s: %w", dir, r.CurId(), err)
		}
		objects = append(objects, o)
	}
	return objects, nil
}

func object(r *resource.Resource) (Object, error) {
	o := Object{APIVersion: r.GetApiVersion(), Kind: r.GetKind(), Name: r.GetName(), Namespace: r.GetNamespace()}
	value, plain := read(r.YNode())
	var err error
	if plain {
		o.Value, _ = value.(map[string]any)
		o.YAML, err = MarshalYAML(o.Value)
		return o, err
	}
	// The engine's own way goes twice through YAML and once through JSON. It
	// is what the command prints, so whatever read is not sure of takes it.
	if o.YAML, err = r.AsYAML(); err != nil {
		return o, err
	}
	o.Value, err = parse(o.YAML)
	return o, err
}

// separator is the line between two objects.
const separator = "---\n"

// Join puts objects together as the kustomize command prints them.
func Join(objects []Object) []byte {
	parts := make([][]byte, len(objects))
	for i, o := range objects {
		parts[i] = o.YAML
	}
	return bytes.Join(parts, []byte(separator))
}
