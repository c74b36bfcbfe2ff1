package source

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/whiskenv"
	"github.com/whiskops/whiskops/internal/whiskenv/keys"
)

// variables turns a release's configuration keys into the names of variables.
type variables struct{ release string }

// marks are @{key} and @file{path} in a text.
var marks = regexp.MustCompile(`@(file)?\{([^{}]+)\}`)

// fill replaces the marks in all texts below v.
func (n variables) fill(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			filled, err := n.fill(v[k])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k, err)
			}
			v[k] = filled
		}
	case []any:
		for i, e := range v {
			filled, err := n.fill(e)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			v[i] = filled
		}
	case string:
		return n.text(v)
	}
	return v, nil
}

func (n variables) text(text string) (string, error) {
	var wrong error
	filled := marks.ReplaceAllStringFunc(text, func(mark string) string {
		parts := marks.FindStringSubmatch(mark)
		resolve := n.name
		if parts[1] != "" {
			resolve = file
		}
		with, err := resolve(parts[2])
		if err != nil && wrong == nil {
			wrong = err
		}
		return with
	})
	return filled, wrong
}

// name of the variable that sets a key which the release has.
func (n variables) name(key string) (string, error) {
	if !keys.Known(n.release, key) {
		return "", fmt.Errorf("OpenWhisk %s has no configuration key %q", n.release, key)
	}
	name, ok := whiskenv.Name(key)
	if !ok {
		return "", fmt.Errorf("no variable can set the configuration key %q", key)
	}
	return name, nil
}

// settle moves what is written by keys to the variables.
func (n variables) settle(c *catalog.Catalog) error {
	for name, shared := range c.Shared.ConfigMaps {
		if shared.Env == nil {
			shared.Env = map[string]string{}
		}
		if err := n.merge(shared.Env, shared.Config); err != nil {
			return fmt.Errorf("shared %s: %w", name, err)
		}
		shared.Config = nil
		c.Shared.ConfigMaps[name] = shared
	}
	for name, component := range c.Components {
		if err := n.merge(component.Env, component.Config); err != nil {
			return fmt.Errorf("component %s: %w", name, err)
		}
		component.Config = nil
		lists := map[string]catalog.List{}
		for key, list := range component.Lists {
			// An element's key ends in its number, and so does its name.
			first, err := n.name(key + ".0")
			if err != nil {
				return fmt.Errorf("component %s: %w", name, err)
			}
			lists[first[:len(first)-1]] = list
		}
		component.Lists = lists
		c.Components[name] = component
	}
	return nil
}

// merge adds the variables of configuration keys.
func (n variables) merge(env, config map[string]string) error {
	for key, value := range config {
		name, err := n.name(key)
		if err != nil {
			return err
		}
		if _, twice := env[name]; twice {
			return fmt.Errorf("%s is set by its name and by the key %q", name, key)
		}
		env[name] = value
	}
	return nil
}
