package functions

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/value"
)

// Outcome is what came of the functions.
type Outcome struct {
	// Objects are those that were given, edited in place, without those that were taken
	// out and with those that were made. They have no records of the functions.
	Objects []*yaml.RNode
	// Findings are warnings, or else the errors of the first function that refused: those
	// after it would have been given other objects.
	Findings []finding.Finding
	changes  map[called][]change
}

// called is what an object is called, without the hash of its content.
type called struct{ kind, namespace, name string }

// change is what one function did to an object; before is nil if it made it, and after if
// it took it out.
type change struct {
	by            config
	before, after map[string]any
}

// Run gives objects to the functions, one after the other. begin is told of the file of
// each.
func (f Folder) Run(objects []*yaml.RNode, begin func(file string)) (Outcome, error) {
	// Records of runs elsewhere, which somebody may have committed, are not about these.
	records := forget(objects)
	list := &krm.ResourceList{Items: objects, Hashed: true}
	out := Outcome{changes: map[called][]change{}}
	before, err := values(objects)
	if err != nil {
		return out, err
	}
	for _, c := range f.configs {
		begin(c.file)
		list.FunctionConfig, list.Results = c.node, nil
		if err := c.of.Process(list); err != nil {
			if !errors.As(err, new(krm.Complaints)) {
				return out, fmt.Errorf("function %s: %w", c, err)
			}
			out.Findings = c.refused(err)
			return out, nil
		}
		out.Findings = append(out.Findings, c.warned(list.Results)...)
		after, err := values(list.Items)
		if err != nil {
			return out, err
		}
		out.note(c, before, after)
		before = after
	}
	out.Objects = list.Items
	for _, n := range out.Objects {
		krm.Forget(n)
		if record := records[n.YNode()]; record != "" {
			if err := n.PipeE(yaml.SetAnnotation(krm.AppliedAnnotation, record)); err != nil {
				return out, fmt.Errorf("annotate %s %s: %w", n.GetKind(), n.GetName(), err)
			}
		}
	}
	return out, nil
}

// forget takes records out of objects, and gives them by the objects.
func forget(objects []*yaml.RNode) map[*yaml.Node]string {
	records := map[*yaml.Node]string{}
	for _, n := range objects {
		if record := n.GetAnnotations(krm.AppliedAnnotation)[krm.AppliedAnnotation]; record != "" {
			records[n.YNode()] = record
			_ = n.PipeE(yaml.ClearAnnotation(krm.AppliedAnnotation)) // it is there
		}
	}
	return records
}

// values of objects, without records.
func values(objects []*yaml.RNode) (map[*yaml.Node]map[string]any, error) {
	all := make(map[*yaml.Node]map[string]any, len(objects))
	for _, n := range objects {
		o, err := krm.Object(n)
		if err != nil {
			return nil, err
		}
		if annotations := value.Map(o, "metadata", "annotations"); annotations != nil {
			delete(annotations, krm.AppliedAnnotation)
			if len(annotations) == 0 {
				delete(value.Map(o, "metadata"), "annotations")
			}
		}
		all[n.YNode()] = o
	}
	return all, nil
}

// note what a function did.
func (out *Outcome) note(c config, before, after map[*yaml.Node]map[string]any) {
	for n, is := range after {
		was := before[n]
		if was == nil || !value.Equal(was, is) {
			out.changes[calledOf(is)] = append(out.changes[calledOf(is)], change{c, was, is})
		}
		if was != nil && calledOf(was) != calledOf(is) {
			out.changes[calledOf(was)] = append(out.changes[calledOf(was)], change{c, was, nil})
		}
	}
	for n, was := range before {
		if after[n] == nil {
			out.changes[calledOf(was)] = append(out.changes[calledOf(was)], change{c, was, nil})
		}
	}
}

func calledOf(o map[string]any) called {
	meta := value.Map(o, "metadata")
	apiVersion, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	name, _ := meta["name"].(string)
	namespace, _ := meta["namespace"].(string)
	return called{kind, namespace, overlay.PlainName(kustomize.Object{APIVersion: apiVersion, Kind: kind, Name: name, Namespace: namespace, Value: o})}
}

// Place is the function that made a field of an object what it is, the last one of several;
// an empty path is the whole object.
func (out Outcome) Place(o kustomize.Object, path []string) (finding.Position, bool) {
	all := out.changes[called{o.Kind, o.Namespace, overlay.PlainName(o)}]
	for _, c := range slices.Backward(all) {
		if c.before == nil || c.after == nil || !value.Equal(lookup(c.before, path), lookup(c.after, path)) {
			return c.by.place(""), true
		}
	}
	return finding.Position{}, false
}

// lookup is what a path leads to, with the places of lists as numbers, or nil.
func lookup(v any, path []string) any {
	for _, at := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[at]
		case []any:
			v = nil
			for i := range in {
				if fmt.Sprint(i) == at {
					v = in[i]
				}
			}
		default:
			return nil
		}
	}
	return v
}

// refused are the complaints of a function as findings.
func (c config) refused(err error) []finding.Finding {
	var all krm.Complaints
	if !errors.As(err, &all) {
		return nil
	}
	var found []finding.Finding
	for _, r := range all {
		help := "`whiskops fn " + c.of.Command + " --help` says what it may be given"
		if c.about(r) {
			help = "change the object, or the function; which objects it means is in its selector"
		}
		found = append(found, c.finding(codeRefused, finding.Error, r, help))
	}
	return found
}

// warned are warnings among results.
func (c config) warned(results []krm.Result) []finding.Finding {
	var found []finding.Finding
	for _, r := range results {
		if r.Severity == krm.Warning {
			found = append(found, c.finding(codeWarned, finding.Warning, r, "look at the objects in golden/, or delete the function"))
		}
	}
	return found
}

func (c config) finding(code string, severity finding.Severity, r krm.Result, help string) finding.Finding {
	f := finding.Finding{Code: code, Severity: severity, Position: c.place(""), Help: help}
	said := strings.TrimLeft(strings.TrimPrefix(r.Message, "functionConfig of kind "+c.of.Kind), ": ")
	if c.about(r) {
		said = r.Object.String() + ": " + said
	} else if r.Field != nil {
		f.Position = c.place(r.Field.Path)
	}
	f.Message = c.String() + ": " + said
	return f
}

// about tells whether a result is about an object, and not about the config.
func (c config) about(r krm.Result) bool { return r.Object != nil && r.Object.Kind != c.of.Kind }
