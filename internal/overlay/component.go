package overlay

import (
	"fmt"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Draft is what an overlay builds, for others to change: a component of the overlay
// then says what they changed.
type Draft struct {
	// Objects are the built ones as a component sees them: the engine has not put the
	// hash of its content behind the name of a ConfigMap yet, nor where it is used.
	// They may be edited in place, taken out and added to.
	Objects []*yaml.RNode
	built   []*object
	of      map[*yaml.Node]*object
}

// NewDraft is of a build, which stays as it is.
func NewDraft(built []kustomize.Object) (*Draft, error) {
	plain := map[placed]string{}
	for _, o := range built {
		if name := kustomize.PlainName(o); name != o.Name {
			plain[placed{o.Namespace, o.Name}] = name
		}
	}
	d := &Draft{of: make(map[*yaml.Node]*object, len(built))}
	for _, o := range built {
		v := value.Rename(o.Value, func(kind, name string) string {
			if p := plain[placed{o.Namespace, name}]; kind == "ConfigMap" && p != "" {
				return p
			}
			return name
		})
		name, hashed := o.Name, false
		if o.Kind == "ConfigMap" && plain[placed{o.Namespace, o.Name}] != "" {
			name, hashed = plain[placed{o.Namespace, o.Name}], true
			v = value.With(v, name, "metadata", "name")
		}
		document, err := value.Document(v)
		if err != nil {
			return nil, fmt.Errorf("draft of %s: %w", o, err)
		}
		was := &object{apiVersion: o.APIVersion, kind: o.Kind, name: name, namespace: o.Namespace, hashed: hashed, value: v}
		d.built, d.of[document] = append(d.built, was), was
		d.Objects = append(d.Objects, yaml.NewRNode(document))
	}
	return d, nil
}

// Component is a generated component of an overlay.
type Component struct {
	// Files by their paths in its folder. There are none if it changes nothing.
	Files map[string][]byte
	want  []*object
}

// componentForms are those of objects that are built, wherever they come from. What is
// built has neither a component's folder nor a namespace that a tier sets.
var componentForms = []finder{findRemovals, findWhole, findGenerators, findStrategic, findOperations}

// Component says what became of the draft's objects: what was made is a resource of it,
// what was changed a patch, what is gone a patch that deletes it.
func (d *Draft) Component(environment string) (*Component, error) {
	pairs, err := d.pairs()
	if err != nil {
		return nil, fmt.Errorf("component of %s: %w", environment, err)
	}
	c := &Component{}
	changed := false
	for _, p := range pairs {
		if p.want != nil {
			c.want = append(c.want, p.want)
		}
		changed = changed || !p.changes() || p.base.name != p.want.name || !value.Equal(p.now, p.want.value)
	}
	if !changed {
		return c, nil
	}
	s := &sheet{folder: newFolder(header(environment))}
	if err := s.say(&tier{pairs: pairs}, componentForms); err != nil {
		return nil, fmt.Errorf("component of %s: %w", environment, err)
	}
	c.Files = s.files
	return c, s.write(fields{{"apiVersion", "kustomize.config.k8s.io/v1alpha1"}, {"kind", "Component"}})
}

// pairs of what was built and what is wanted now. A Job is the same under another name if
// it is the same node.
func (d *Draft) pairs() ([]pair, error) {
	var wanted []*object
	same := map[*object]*object{} // what was built, by what is wanted
	left := map[key]*object{}
	for _, o := range d.built {
		left[o.key()] = o
	}
	nodes := map[*object]*yaml.Node{}
	for _, n := range d.Objects {
		o, err := readObject(n)
		if err != nil {
			return nil, err
		}
		if was := left[o.key()]; was != nil {
			same[o] = was
			delete(left, o.key())
			o.hashed = was.hashed
		}
		wanted, nodes[o] = append(wanted, o), n.YNode()
	}
	for _, o := range wanted {
		was := d.of[nodes[o]]
		if same[o] == nil && was != nil && o.kind == "Job" && left[was.key()] == was {
			same[o] = was
			delete(left, was.key())
		}
	}
	var pairs []pair
	for _, o := range wanted {
		p := pair{base: same[o], want: o}
		if p.base != nil {
			p.now = p.base.value
		}
		pairs = append(pairs, p)
	}
	for _, o := range left {
		pairs = append(pairs, pair{base: o, now: o.value})
	}
	for _, p := range pairs {
		for _, o := range []*object{p.base, p.want} {
			if o != nil {
				o.component = stemOf(o)
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return compare(a.either(), b.either()) })
	return pairs, nil
}

// either object of a pair.
func (p pair) either() *object {
	if p.want != nil {
		return p.want
	}
	return p.base
}

// stemOf is what the files of an object are called after that no component has.
func stemOf(o *object) string {
	name := o.name
	if o.kind == "Job" {
		name = contentHash.ReplaceAllString(name, "")
	}
	return short(fileSafe(name))
}

func (o *object) key() key { return key{o.apiVersion, o.kind, o.namespace, o.name} }

// Prove holds a build of the overlay with the component against what is wanted, as Prove
// does.
func (c *Component) Prove(built []kustomize.Object) error { return expectation(c.want).Prove(built) }

// RenameJobs has Jobs wanted by the names that the function of that name gives them.
func (c *Component) RenameJobs(jobs []kustomize.Object) error {
	for _, job := range jobs {
		other, err := otherName(job)
		if err != nil {
			return fmt.Errorf("rename %s: %w", job, err)
		}
		for _, o := range c.want {
			if o.key() == (key{job.APIVersion, job.Kind, job.Namespace, job.Name}) {
				o.name = other
				o.value = value.With(o.value, other, "metadata", "name")
				break
			}
		}
	}
	return nil
}

// Include adds a component to an overlay's files at dir, after what they have: in a folder
// of that name.
func (c *Component) Include(files map[string][]byte, dir, name string) (map[string][]byte, error) {
	top, err := readTop(files, dir)
	if err != nil {
		return nil, fmt.Errorf("include %s in %s: %w", name, dir, err)
	}
	top.components = append(top.components, name)
	included, err := top.write(files, dir)
	for file, content := range c.Files {
		included[path.Join(dir, name, file)] = content
	}
	return included, err
}
