package rules

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/leak"
	"github.com/whiskops/whiskops/internal/whiskenv"
)

// additions judges what is said beside the fields: it may not say what a field
// says, and must reach who should read it.
func (c *checker) additions() {
	for _, component := range slices.Sorted(maps.Keys(c.Env.Additions)) {
		at := environment.JoinPath("additions", component)
		if !c.Has(component) {
			c.noEffect(at, component+" is not installed")
			continue
		}
		c.added(addition{at, component, c.Env.Additions[component]})
	}
	c.actionPod()
	c.proxy()
}

// addition to a component, and where it stands.
type addition struct {
	at, component string
	environment.Additions
}

// path of a field below the addition's.
func (a addition) path(labels ...string) string { return a.at + "." + environment.JoinPath(labels...) }

func (c *checker) added(a addition) {
	taken, err := c.Taken(a.component)
	if err != nil {
		return // a fault of the catalogue, which planning the workload reports
	}
	c.many(a.at, reflect.ValueOf(a.Additions))
	c.addedSettings(a)
	c.addedOptions(a)
	c.addedVariables(a)
	c.addedNames(a, taken)
	c.addedMeta(a.at, a.Labels, a.Annotations, a.component)
	for _, key := range taken.Annotations {
		if _, is := a.Annotations[key]; is {
			c.saidElsewhere(a.path("annotations", key), fmt.Sprintf("%s.annotations has %q", a.at, key), []string{"metrics.monitors"}, "")
		}
	}
	c.addedPlace(a.at, a.component, a.NodeSelector, a.Tolerations)
	c.addedContainers(a, taken)
	c.refusedPods(a)
}

// mostAdded entries of a list or mapping: more is no addition any more.
const mostAdded = 64

// mostAnnotated bytes of annotations: an object may have 256 KiB of them, and others
// write there too.
const mostAnnotated = 128 << 10

// many refuses more than a pod should have.
func (c *checker) many(at string, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		label, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if k := f.Kind(); (k == reflect.Map || k == reflect.Slice) && f.Len() > mostAdded {
			c.fail("WO554", at+"."+label, fmt.Sprintf("%s.%s has %d entries: more than %d cannot be reviewed, and make pods that no API server wants", at, label, f.Len(), mostAdded),
				"put them into an image, or a ConfigMap that is mounted")
		}
	}
	annotations := v.FieldByName("Annotations").Interface().(map[string]string)
	sum := 0
	for k, text := range annotations {
		sum += len(k) + len(text)
	}
	if sum > mostAnnotated {
		c.fail("WO554", at+".annotations", fmt.Sprintf("%s.annotations has %d bytes, more than %d: an object may have 262144 of them, and others write there too", at, sum, mostAnnotated),
			"put them into a ConfigMap")
	}
}

// saidElsewhere refuses what is derived, and names the field that says it.
func (c *checker) saidElsewhere(path, what string, fields []string, more string) {
	if len(fields) == 0 {
		c.fail("WO541", path, fmt.Sprintf("%s, which is set already: what is generated builds on its value", what), "leave it out"+more)
		return
	}
	help := "write " + cue(fields[0]) + " in its place"
	if len(fields) > 1 {
		help = "write those fields, and leave this out"
	}
	c.fail("WO541", path, fmt.Sprintf("%s, which follows from %s", what, list(fields)), help+more)
}

// plainText refuses a value that looks like a password or a key, or that is one by
// one of the names that it has: it would be in git.
func (c *checker) plainText(path, value string, names ...string) bool {
	named := func(name string) bool { return leak.Named(name, value) }
	if c.development() || !leak.Looks(value) && !leak.Assigned(value) && !slices.ContainsFunc(names, named) {
		return false
	}
	c.fail("WO547", path, path+" looks like a password or a key, and would be in plain text in git",
		"make a Secret with it, and write secretKeyRef where a variable may have one")
	c.found[len(c.found)-1].Hidden = true
	return true
}

// addedVariables judges variables by their names and kinds.
func (c *checker) addedVariables(a addition) {
	for _, name := range slices.Sorted(maps.Keys(a.Env)) {
		path, v := a.path("env", name), a.Env[name]
		if !c.oneKind(path, v) || c.plainText(path+".value", v.Value, name) {
			continue
		}
		what := fmt.Sprintf("%s.env has %s", a.at, name)
		key, isKey := whiskenv.Key(name)
		fields, set := c.Derived(a.component, name)
		jvm := c.Catalog.Components[a.component].JVM
		switch {
		case name == jvm:
			c.saidElsewhere(path, what, fields, "; further options are for "+cue(a.at+".jvmOptions"))
		case set:
			c.saidElsewhere(path, what, fields, "")
		case isKey && c.Catalog.Components[a.component].Program != "":
			c.fail("WO541", path, fmt.Sprintf("%s, by which the start script sets the configuration key %q: whether it exists is judged in config alone", what, key),
				"write "+cue(a.path("config", key))+" in its place")
		}
	}
}

// oneKind wants a variable to have one source.
func (c *checker) oneKind(path string, v environment.Variable) bool {
	n := 0
	for _, given := range []bool{v.Value != "", v.SecretKeyRef != nil, v.ConfigMapKeyRef != nil} {
		if given {
			n++
		}
	}
	if n != 1 {
		c.fail("WO548", path, fmt.Sprintf("%s has %d of value, secretKeyRef and configMapKeyRef: a variable has one", path, n), "write one of them")
	}
	return n == 1
}

// addedNames refuses names and places that are taken, in the pod or by another
// addition.
func (c *checker) addedNames(a addition, taken derived.Taken) {
	volumes := slices.Sorted(maps.Keys(a.Volumes))
	for _, name := range volumes {
		if slices.Contains(taken.Volumes, name) {
			c.taken(a.path("volumes", name), "a volume", name, a.component)
		}
		c.volumeKind(a.path("volumes", name), a.Volumes[name])
		if !a.mounted(name) {
			c.noEffect(a.path("volumes", name), "no volumeMounts name it")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Sidecars)) {
		_, twice := a.InitContainers[name]
		if twice || slices.Contains(taken.Containers, name) {
			c.taken(a.path("sidecars", name), "a container", name, a.component)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.InitContainers)) {
		if slices.Contains(taken.Containers, name) {
			c.taken(a.path("initContainers", name), "a container", name, a.component)
		}
	}
	known := unique(volumes, taken.Volumes)
	c.mounts(a.at, a.VolumeMounts, taken.Mounts, known)
}

func (c *checker) taken(path, what, name, component string) {
	c.fail("WO543", path, fmt.Sprintf("%s: the pods of %s have %s %q already", path, component, what, name), "choose another name")
}

// mounts of a container: of volumes that are there, at paths that are free.
func (c *checker) mounts(at string, all []environment.VolumeMount, taken, volumes []string) {
	seen := slices.Clone(taken)
	for i, m := range all {
		path := fmt.Sprintf("%s.volumeMounts[%d]", at, i)
		if !slices.Contains(volumes, m.Name) {
			c.fail("WO543", path+".name", fmt.Sprintf("%s.name is %q, and there is no such volume: the API server refuses the pods", path, m.Name), meant(m.Name, volumes))
		}
		if j := slices.IndexFunc(seen, func(p string) bool { return p == m.MountPath || strings.HasPrefix(p, m.MountPath+"/") }); j >= 0 {
			c.fail("WO543", path+".mountPath", fmt.Sprintf("%s.mountPath is %q, where the container has %q: what is there would be hidden", path, m.MountPath, seen[j]), "choose another path")
		}
		seen = append(seen, m.MountPath)
	}
}

// mounted tells whether any container has a volume.
func (a addition) mounted(volume string) bool {
	all := slices.Clone(a.VolumeMounts)
	for _, containers := range []map[string]environment.Sidecar{a.Sidecars, a.InitContainers} {
		for _, s := range containers {
			all = append(all, s.VolumeMounts...)
		}
	}
	return slices.ContainsFunc(all, func(m environment.VolumeMount) bool { return m.Name == volume })
}

// volumeKind wants a volume to be of one kind.
func (c *checker) volumeKind(path string, v environment.PodVolume) {
	n, of := 0, reflect.ValueOf(v)
	for i := range of.NumField() {
		if !of.Field(i).IsNil() {
			n++
		}
	}
	if n != 1 {
		c.fail("WO548", path, fmt.Sprintf("%s is of %d kinds: a volume is of one", path, n), "write one of configMap, secret, emptyDir, persistentVolumeClaim, csi and hostPath")
	}
}

// unique names of several lists, sorted.
func unique(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}
