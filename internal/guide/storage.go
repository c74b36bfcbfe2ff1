package guide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// volume of a component that keeps data.
type volume struct {
	Component string
	// Where the data is, and what must be there: a sentence.
	Where string
	// Static is the names of its PersistentVolumes, if it has such.
	Static string
	// Claims tells that it has claims, which outlive its pods.
	Claims bool
	// dynamic tells that a StorageClass makes its volumes.
	dynamic bool
}

// Volumes of the components that keep data.
func (v view) Volumes() []volume {
	var all []volume
	for _, name := range v.Components() {
		if s, _ := v.Volume(name); s != nil {
			all = append(all, v.volume(name, *s))
		}
	}
	return all
}

func (v view) volume(name string, s environment.Volume) volume {
	n := v.Replicas(name)
	claims := numbered("data-"+name+"-", n)
	out := volume{Component: name, Claims: true}
	switch {
	case s.None != nil:
		out.Claims = false
		out.Where = "nothing is kept: its data goes with its pods"
		return out
	case s.HostPath != nil:
		out.Claims = false
		out.Where = fmt.Sprintf("the directory `%s` of the node that it lands on. On each node: `%s`", s.HostPath.Path, v.directory(name, s.HostPath.Path))
		return out
	case s.ExistingClaim != "":
		out.Where = fmt.Sprintf("the claim `%s`, which must be there", s.ExistingClaim)
		return out
	case s.NFS != nil:
		paths := []string{s.NFS.Path}
		if v.Catalog.Components[name].Data.Each {
			paths = nil
			for i := range n {
				paths = append(paths, fmt.Sprintf("%s/%d", s.NFS.Path, i))
			}
		}
		out.Where = fmt.Sprintf("%s on the NFS server %s, which nothing keeps to that size: what grows beyond it fills the export. On the server: `%s`", size(n, s.Size), s.NFS.Server, v.directory(name, paths...))
	case s.CSI != nil:
		out.Where = fmt.Sprintf("%s of the CSI driver %s, which must be there: %s", size(n, s.Size), s.CSI.Driver, list(code(s.CSI.Handles)))
	case s.Local != nil:
		out.Where = fmt.Sprintf("the directory `%s` of %s. On each: `%s`", s.Local.Path, list(code(s.Local.Nodes)), v.directory(name, s.Local.Path))
	default:
		out.dynamic = true
		of := "the cluster's default StorageClass"
		if class := cmp.Or(s.Class, v.Env.Cluster.Storage.Class); class != "" {
			of = fmt.Sprintf("StorageClass `%s`", class)
		}
		out.Where = fmt.Sprintf("%s of %s, for %s", size(n, s.Size), of, claims)
		return out
	}
	out.Static = numbered(fmt.Sprintf("%s-data-%s-", v.Env.Namespace, name), n)
	return out
}

// size of one volume or of several alike.
func size(n int, each string) string {
	if n == 1 {
		return each
	}
	return fmt.Sprintf("%d times %s", n, each)
}

// directory makes directories that the component's pods may write to: their
// user is not root, and Kubernetes changes no owner on such volumes.
func (v view) directory(component string, paths ...string) string {
	uid := v.Catalog.Components[component].Workload["uid"]
	return fmt.Sprintf("sudo install -d -o %v -g %v -m 0750 %s", uid, uid, strings.Join(paths, " "))
}

// Static are the names of all PersistentVolumes.
func (v view) Static() []string {
	var all []string
	for _, vol := range v.Volumes() {
		if vol.Static != "" {
			all = append(all, vol.Static)
		}
	}
	return all
}

// Dynamic tells whether there are volumes that a StorageClass makes.
func (v view) Dynamic() bool {
	return slices.ContainsFunc(v.Volumes(), func(vol volume) bool { return vol.dynamic })
}

// Records says how long records of activations are kept, by what, and what they
// take.
func (v view) Records() string {
	a := v.Env.CouchDB.Activations
	if a.Keep == "" {
		return "Kept for ever: nothing deletes them, and the database grows with every activation. `couchdb.activations.keep` has them deleted after a time."
	}
	text := fmt.Sprintf("Kept for %s after the activation's end. The CronJob `couchdb-cleanup` deletes what is older, once an hour, and nothing else; `kubectl -n %s logs -l %s=couchdb-cleanup` says how many, or why it refused.",
		a.Keep, v.Env.Namespace, v.NameLabel())
	if v.Env.CouchDB.External != nil {
		return text
	}
	r := v.Values.Records()
	return text + fmt.Sprintf(" CouchDB compacts its files by itself. With %d activations a minute of %s each they take %dMi of its volume, and what stays of each that was deleted %dMi in a year.",
		a.PerMinute, a.Size, r.Kept>>20, r.Deleted>>20)
}
