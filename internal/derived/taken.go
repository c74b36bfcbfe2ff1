package derived

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// Names of what components have beside their catalogue's workload: the directory
// of a certificate, and the volume of the data.
const (
	CertificateDir = "/certs"
	DataVolume     = "data"
)

// Taken is what the pods of a component have already, so that nothing that is added
// may have it too.
type Taken struct {
	// Containers and Volumes by their names.
	Containers, Volumes []string
	// Mounts are the paths in the main container.
	Mounts []string
	// Ports of all containers, by number.
	Ports map[int]string
	// Annotations of the pods, by their keys.
	Annotations []string
	// Variables of the main container's own list, which wins over all others.
	Variables []string
}

// Taken by the pods of a component. An error is a fault of the catalogue.
func (v *Values) Taken(component string) (Taken, error) {
	c := v.Catalog.Components[component]
	t := Taken{Ports: map[int]string{}}
	filled, err := v.Workload(component)
	if err != nil {
		return t, err
	}
	var spec workload.Spec
	if err := value.Into(filled, &spec); err != nil {
		return t, err
	}
	spec.Owner = krm.Owner{Component: component, Tier: c.Tier}
	more, err := v.Sourced(component)
	if err != nil {
		return t, err
	}
	spec.Volumes = append(spec.Volumes, more...)
	if err := v.Access(&spec, component); err != nil {
		return t, err
	}
	pod := workload.Pod(spec)
	for _, field := range []string{"initContainers", "containers"} {
		t.Containers = append(t.Containers, namesIn(pod[field], "name")...)
	}
	t.Volumes = namesIn(pod["volumes"], "name")
	main := value.Map(pod["containers"].(krm.L)[0])
	t.Mounts = namesIn(main["volumeMounts"], "mountPath")
	for _, p := range v.Ports(component) {
		t.Ports[p.Number] = p.Name
	}
	t.Annotations = slices.Sorted(maps.Keys(v.PodAnnotations(component)))
	for _, e := range spec.Main.Env {
		name, _ := e["name"].(string)
		t.Variables = append(t.Variables, name)
	}
	if slices.Contains(slices.Concat(c.Before, c.After), certificates.Kind) {
		t.Volumes, t.Mounts = append(t.Volumes, certificates.VolumeName), append(t.Mounts, CertificateDir)
		if v.Env.Edge.TLS.SelfSigned != nil {
			t.Containers = append(t.Containers, certificates.InitName)
		}
	}
	if c.Data != nil {
		t.Volumes, t.Mounts = append(t.Volumes, DataVolume), append(t.Mounts, c.Data.MountPath)
	}
	return t, nil
}

// namesIn a list of mappings.
func namesIn(list any, key string) []string {
	var all []string
	l, _ := list.(krm.L)
	for _, e := range l {
		if name, ok := value.Map(e)[key].(string); ok {
			all = append(all, name)
		}
	}
	return all
}
