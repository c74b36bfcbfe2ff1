package krm

import (
	"encoding/json"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/edit"
)

// Annotations of the functions.
const (
	// AppliedAnnotation of an object says which function, with which config, put what
	// into it. It is for the next run alone.
	AppliedAnnotation = "fn.whiskops.github.io/applied"
	// RecordAnnotation of a functionConfig with the value "none" leaves no
	// AppliedAnnotation: for lists that are made from their sources each time.
	RecordAnnotation = "fn.whiskops.github.io/record"
)

// annotationPath is where the AppliedAnnotation is.
var annotationPath = edit.Paths(M{"metadata": M{"annotations": M{AppliedAnnotation: ""}}})[0]

// note is what one config did to an object.
type note struct {
	// Made is the identity with which the config made the whole object.
	Made string `json:"made,omitempty"`
	// Name that the config gave it, where that is another than in Made: with a hash.
	Name string `json:"name,omitempty"`
	edit.Record
}

// notes are those of all configs. The one of "" is about the annotation itself.
type notes map[string]note

// records of an object.
func (r *Run) records(n *yaml.RNode) notes {
	if !r.recording {
		return nil
	}
	text := annotation(n.YNode(), AppliedAnnotation)
	if text == "" {
		return nil
	}
	var all notes
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		if r.unread[n.YNode()] {
			return nil
		}
		r.unread[n.YNode()] = true
		r.FailAt(n, "metadata.annotations", "the annotation %s is not as a function wrote it: write it back, or remove it with what the function put there", AppliedAnnotation)
		return nil
	}
	return all
}

// annotation of an object, without making a map of all.
func annotation(n *yaml.Node, key string) string {
	for _, meta := range values(n, "metadata") {
		for _, annotations := range values(target(meta), "annotations") {
			for _, v := range values(target(annotations), key) {
				return target(v).Value
			}
		}
	}
	return ""
}

// keep writes the note of this config into the object; an empty one is taken out.
func (r *Run) keep(n *yaml.RNode, all notes, mine note) error {
	if !r.recording {
		return nil
	}
	own := ownRecord(all)
	kept := notes{}
	for by, other := range all {
		if by != "" && by != r.by {
			kept[by] = other
		}
	}
	if mine.Made != "" || !mine.Record.Empty() {
		kept[r.by] = mine
	}
	if len(kept) == 0 {
		edit.Undo(n.YNode(), own)
		return nil
	}
	// What was there in the place of the annotations is known once they are made.
	made, _, err := edit.Merge(n.YNode(), M{"metadata": M{"annotations": M{AppliedAnnotation: ""}}}, own)
	if err != nil {
		return fmt.Errorf("annotate %s %s: %w", n.GetKind(), n.GetName(), err)
	}
	if len(made.Was) > 0 {
		kept[""] = note{Record: made}
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("annotate %s %s: %w", n.GetKind(), n.GetName(), err)
	}
	_, _, err = edit.Merge(n.YNode(), M{"metadata": M{"annotations": M{AppliedAnnotation: string(text)}}}, made)
	return err
}

// ownRecord is that of the annotation itself.
func ownRecord(all notes) edit.Record {
	own := all[""].Record
	if len(own.Put) == 0 {
		own.Put = []string{annotationPath}
	}
	return own
}

// Forget takes the record of what functions did out of an object, for a list that nobody
// gives to functions again. One that no function wrote is left.
func Forget(n *yaml.RNode) {
	var all notes
	if text := annotation(n.YNode(), AppliedAnnotation); text != "" && json.Unmarshal([]byte(text), &all) == nil {
		edit.Undo(n.YNode(), ownRecord(all))
	}
}
