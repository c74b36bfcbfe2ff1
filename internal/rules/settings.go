package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/whiskenv"
	"github.com/whiskops/whiskops/internal/whiskenv/keys"
)

// addedSettings judges configuration keys: an unknown one, one that nobody reads,
// and one that is derived.
func (c *checker) addedSettings(a addition) {
	program := c.Catalog.Components[a.component].Program
	for _, key := range slices.Sorted(maps.Keys(a.Config)) {
		path := a.path("config", key)
		if program == "" {
			c.fail("WO542", path, fmt.Sprintf("%s has no program of OpenWhisk: nobody there reads configuration keys", a.component),
				"write it at one of "+list(c.programs()))
			return
		}
		name, ok := whiskenv.Name(key)
		switch {
		case !keys.Known(c.Env.OpenWhisk, key):
			c.unknownKey(path, a.at, key)
		case !ok:
			c.fail("WO542", path, fmt.Sprintf("no variable can set %q: the start script would make another key of it", key), "leave it out")
		case c.derivedKey(a, path, key, name):
		case !keys.Read(c.Env.OpenWhisk, program, key):
			c.unreadKey(path, key, a.component)
		case c.plainText(path, a.Config[key], key):
		default:
			if wrong := whiskenv.CheckValue(a.Config[key]); wrong != "" {
				c.fail("WO275", path, fmt.Sprintf("%s becomes %s of the %s, and %s", path, name, a.component, wrong), "write it in another way, or leave it out")
			}
		}
	}
}

// derivedKey refuses a key whose variable is set already.
func (c *checker) derivedKey(a addition, path, key, name string) bool {
	fields, set := c.Derived(a.component, name)
	list := strings.TrimRight(c.Catalog.Actions.Variables, "0123456789")
	if a.component == c.Catalog.Actions.By && strings.HasPrefix(name, list) && strings.Trim(name[len(list):], "0123456789") == "" {
		fields, set = []string{"actions.pod.env"}, true
	}
	if set {
		c.saidElsewhere(path, fmt.Sprintf("%s.config has %q", a.at, key), fields, "")
	}
	return set
}

// unknownKey says whether another release has the key, or what was meant.
func (c *checker) unknownKey(path, at, key string) {
	known, _ := keys.Of(c.Env.OpenWhisk)
	help := "the keys are those of OpenWhisk's application.conf and reference.conf"
	if near := closest(key, known); near != "" {
		help = fmt.Sprintf("did you mean %q?", near)
	}
	for _, release := range keys.Releases() {
		if keys.Known(release, key) {
			c.fail("WO542", path, fmt.Sprintf("%s.config has %q, which OpenWhisk %s has and %s has not: nobody would read it", at, key, release, c.Env.OpenWhisk), help)
			return
		}
	}
	c.fail("WO540", path, fmt.Sprintf("%s.config has %q, which OpenWhisk %s does not have: it would be handed on, and nobody would read it", at, key, c.Env.OpenWhisk), help)
}

// unreadKey says who reads a key that a component does not.
func (c *checker) unreadKey(path, key, component string) {
	var readers []string
	for _, other := range c.programs() {
		if keys.Read(c.Env.OpenWhisk, c.Catalog.Components[other].Program, key) {
			readers = append(readers, other)
		}
	}
	if len(readers) == 0 {
		c.fail("WO542", path, fmt.Sprintf("%q is read by no program that is installed: it is for a scheduler or for user-events, or for nobody", key), "leave it out")
		return
	}
	c.fail("WO542", path, fmt.Sprintf("%q is not read by the %s: the %s does", key, component, list(readers)), "write it there")
}

// programs are the components that read configuration keys.
func (c *checker) programs() []string {
	return slices.DeleteFunc(c.Components(), func(name string) bool { return c.Catalog.Components[name].Program == "" })
}

// heapOptions of a JVM say what a field does.
var heapOptions = []string{"-Xmx", "-Xms", "-XX:MaxHeapSize", "-XX:InitialHeapSize", "-XX:MaxRAM", "-XX:InitialRAM", "-XX:MinRAM"}

// addedOptions judges options of a JVM.
func (c *checker) addedOptions(a addition) {
	component := c.Catalog.Components[a.component]
	seen := map[string]bool{}
	for i, option := range a.JVMOptions {
		path := fmt.Sprintf("%s.jvmOptions[%d]", a.at, i)
		what := fmt.Sprintf("%s is %q", path, option)
		property, _, _ := strings.Cut(strings.TrimPrefix(option, "-D"), "=")
		switch {
		case component.JVM == "":
			c.fail("WO542", path, fmt.Sprintf("%s runs in no JVM: nobody there reads options of one", a.component), "leave it out")
			return
		case c.plainText(path, option):
		case slices.ContainsFunc(heapOptions, func(p string) bool { return strings.HasPrefix(option, p) }):
			var fields []string
			if component.Heap != nil {
				fields = []string{component.Heap.Field}
			}
			c.saidElsewhere(path, what, fields, "")
		case component.Program != "" && keys.Known(c.Env.OpenWhisk, property) && property != option:
			c.fail("WO541", path, fmt.Sprintf("%s, which sets a configuration key: whether it is derived is judged in config alone", what), "write "+cue(a.path("config", property))+" in its place")
		case seen[option]:
			c.fail("WO543", path, what+" a second time", "leave it out")
		}
		seen[option] = true
	}
}
