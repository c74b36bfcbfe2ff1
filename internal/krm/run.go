package krm

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/edit"
)

// Run is one run of a function of its own API over a list. What the function does goes
// through it, so that the next run knows what this one did.
type Run struct {
	Check
	list    *ResourceList
	objects []*yaml.RNode // the items, and those in Lists
	by      string        // function and config, as records have them
	config  *Ref
	results []Result
	// recording is off where the list is known to begin empty.
	recording bool
	done      map[*yaml.Node]bool
	made      []made
	// told counts objects with a result that says what was done, untold those without.
	told, untold int
}

// newRun of a function with its config.
func newRun(list *ResourceList, apiVersion, kind string, meta Metadata) *Run {
	by := kind + "/" + meta.Name
	if meta.Namespace != "" {
		by = kind + "/" + meta.Namespace + "/" + meta.Name
	}
	return &Run{
		list: list, objects: opened(list.Items), by: by, done: map[*yaml.Node]bool{},
		config:    &Ref{APIVersion: apiVersion, Kind: kind, Name: meta.Name, Namespace: meta.Namespace},
		recording: list.Config == nil && meta.Annotations[RecordAnnotation] != "none",
	}
}

// opened are items, and in the place of each List what is in it.
func opened(items []*yaml.RNode) []*yaml.RNode {
	all := make([]*yaml.RNode, 0, len(items))
	for _, n := range items {
		inner := n.Field("items")
		if !strings.HasSuffix(n.GetKind(), "List") || inner == nil || inner.Value.YNode().Kind != yaml.SequenceNode {
			all = append(all, n)
			continue
		}
		for _, e := range inner.Value.Content() {
			if checkItem(e) == "" {
				all = append(all, yaml.NewRNode(e))
			}
		}
	}
	return all
}

// isConfig tells whether an item is the functionConfig itself: kustomize gives that to
// a generator.
func (r *Run) isConfig(n *yaml.RNode) bool {
	return n.GetKind() == r.config.Kind && n.GetName() == r.config.Name && n.GetApiVersion() == r.config.APIVersion
}

// alone tells whether the list has nothing but the functionConfig.
func (r *Run) alone() bool {
	return len(r.objects) > 0 && !slices.ContainsFunc(r.objects, func(n *yaml.RNode) bool { return !r.isConfig(n) })
}

// say adds a result that is no error.
func (r *Run) say(result Result) { r.results = append(r.results, result) }

// FailAt complains of an object.
func (r *Run) FailAt(n *yaml.RNode, field, format string, args ...any) {
	r.complaints = append(r.complaints, about(n, Error, field, format, args...))
}

// Warn of something in an object.
func (r *Run) Warn(n *yaml.RNode, field, format string, args ...any) {
	r.say(about(n, Warning, field, format, args...))
}

// Tell what was done to an object.
func (r *Run) Tell(n *yaml.RNode, format string, args ...any) {
	switch {
	case r.list.Config != nil: // in process there is nobody to read it
	case r.told < mostTold:
		r.told++
		r.say(about(n, Info, "", format, args...))
	default:
		r.untold++
	}
}

// mostTold objects have a result each that says what was done to them. Nobody reads
// more, and they would be a quarter of what is written.
const mostTold = 100

func about(n *yaml.RNode, severity, field, format string, args ...any) Result {
	result := Result{Severity: severity, Message: fmt.Sprintf(format, args...), Object: objectOf(n), File: fileOf(n)}
	if field != "" {
		result.Field = &Field{Path: field}
	}
	return result
}

// Merge makes an object have what a fragment wants. What the same config put there
// before and does not want now is taken back.
func (r *Run) Merge(n *yaml.RNode, fragment M) error {
	r.done[n.YNode()] = true
	all := r.records(n)
	mine := all[r.by]
	record, conflicts, err := edit.Merge(n.YNode(), fragment, mine.Record)
	if err != nil {
		r.FailAt(n, "", "%s", err)
		return nil
	}
	for _, c := range conflicts {
		if c.Yields {
			r.Warn(n, c.At, "has an entry %s of %s already: it stays as it is", c.Key, c.Field)
		} else {
			r.FailAt(n, c.At, "has another entry %s of %s already", c.Key, c.Field)
		}
	}
	return r.keep(n, all, note{Made: mine.Made, Record: record})
}

// Without is an object as it would be had this config never been there. It is a copy if
// that is another than the object.
func (r *Run) Without(n *yaml.RNode) *yaml.RNode {
	mine := r.records(n)[r.by]
	if mine.Empty() {
		return n
	}
	before := n.Copy()
	edit.Undo(before.YNode(), mine.Record)
	return before
}

// known is an object as a selector knows it: with the name and labels that it had before
// configs of this function gave it others.
func (r *Run) known(n *yaml.RNode) *yaml.RNode {
	all := r.records(n)
	if len(all) == 0 {
		return n
	}
	before := n
	for _, by := range Keys(all) {
		record := all[by].Record
		if all[by].Made == "" && strings.HasPrefix(by, r.config.Kind+"/") && slices.ContainsFunc(record.Put, func(p string) bool { return strings.HasPrefix(p, "/metadata/") }) {
			if before == n {
				before = n.Copy()
			}
			edit.Undo(before.YNode(), record)
		}
	}
	return before
}

// TakeOver takes back what other configs of the same function put into an object: what
// only one may do, the last one does.
func (r *Run) TakeOver(n *yaml.RNode) error {
	all := r.records(n)
	kind := r.config.Kind + "/"
	for _, by := range Keys(all) {
		if by != r.by && strings.HasPrefix(by, kind) && all[by].Made == "" {
			edit.Undo(n.YNode(), all[by].Record)
			delete(all, by)
			r.Tell(n, "is not changed by %s any more", by)
		}
	}
	return r.keep(n, all, all[r.by])
}

// finish takes back what the same config did to objects that it does not mean any
// more, and what it made and does not make now.
func (r *Run) finish() error {
	if !r.recording {
		return nil
	}
	gone := map[*yaml.Node]bool{}
	for _, n := range r.objects {
		if r.done[n.YNode()] {
			continue
		}
		all := r.records(n)
		mine, ok := all[r.by]
		switch {
		case !ok:
		case mine.Made != "":
			gone[n.YNode()] = true
			r.Tell(n, "is not made any more")
		default:
			edit.Undo(n.YNode(), mine.Record)
			r.Tell(n, "is as it was before this function")
			if err := r.keep(n, all, note{}); err != nil {
				return err
			}
		}
	}
	r.remove(gone)
	return nil
}

// remove objects from the list, and from Lists in it.
func (r *Run) remove(gone map[*yaml.Node]bool) {
	if len(gone) == 0 {
		return
	}
	r.list.Items = slices.DeleteFunc(r.list.Items, func(n *yaml.RNode) bool { return gone[n.YNode()] })
	for _, n := range r.list.Items {
		if inner := n.Field("items"); inner != nil && strings.HasSuffix(n.GetKind(), "List") {
			y := inner.Value.YNode()
			y.Content = slices.DeleteFunc(y.Content, func(e *yaml.Node) bool { return gone[e] })
		}
	}
}
