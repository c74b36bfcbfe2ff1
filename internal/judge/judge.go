// Package judge says whether a change may be made: it turns the effects of a change
// (internal/change) into findings at the lines of the user's files, and knows what a person accepted.
//
// In: an environment, and what golden/<environment>/ had and will have. Out:
// effects, findings WO4xx, and the file of acceptances that belongs to the new
// state. Nothing is read or written.
package judge

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/guide"
	"github.com/whiskops/whiskops/internal/tree"
)

// Input of a judgement: one environment before and after.
type Input struct {
	Values *derived.Values
	// Folder of the golden files, below the root.
	Folder string
	// Old and New are the golden files by their names, those of acceptances too. Old is
	// empty for an environment that is new: nothing happens to what is not there.
	Old, New map[string][]byte
	// Known was accepted in runs before, beside what Old and New say.
	Known []Acceptance
	// Accept is what a person accepts in this run.
	Accept []Accept
	// Against is the revision that Old is of, as a person names it; empty: what is on
	// the disk.
	Against string
}

// Judged is what came of it.
type Judged struct {
	// New: there was no such environment.
	New bool
	// Effects of what people changed, and Tool those of what whiskops makes otherwise than
	// the version before; see Sides.
	Effects, Tool []change.Effect
	// Findings of all effects.
	Findings []finding.Finding
	// Accepted holds for this change, Kept for the new state: those of earlier
	// changes too.
	Accepted, Kept []Acceptance
	// Used are those of Input.Accept that were about an effect.
	Used []Accept
	// Files that differ, by their names; nil unless they are asked for: see Sides.
	Files []Differing
}

// Differing is a file of golden/<environment>/ that differs. Old or New is nil where it is not there.
type Differing struct {
	Name     string
	Old, New []byte
}

// files that differ, but for the list of them.
func files(old, new map[string][]byte) []Differing {
	all := map[string]bool{}
	for _, side := range []map[string][]byte{old, new} {
		for name := range side {
			all[name] = name != tree.ManifestName
		}
	}
	var differ []Differing
	for _, name := range slices.Sorted(maps.Keys(all)) {
		was, there := old[name]
		is, stays := new[name]
		if all[name] && (there != stays || !bytes.Equal(was, is)) {
			differ = append(differ, Differing{name, was, is})
		}
	}
	return differ
}

// Change judges one environment.
func Change(in Input) Judged {
	var out Judged
	if len(in.Old) == 0 {
		return Judged{New: true}
	}
	before, after, unreadable := change.Read(in.Old, in.New)
	for _, name := range unreadable {
		if tree.Records(in.Old[tree.ManifestName], name, in.New[name]) {
			continue // it had what it will have
		}
		out.Findings = append(out.Findings, finding.Finding{
			Code: codeUnreadable, Severity: finding.Warning, Position: finding.Position{File: path.Join(in.Folder, name)},
			Path: environment.JoinPath(in.Values.Env.Name), Message: "it is not there, or no YAML of one object: what its change does was not judged",
			Help: "git checkout the file to have it judged",
		})
	}
	facts := factsOf(in.Values)
	if slices.ContainsFunc(before, change.Related) {
		facts.Same = change.Same(in.Old, in.New)
	}
	out.Effects = change.Compare(before, after, facts)
	known := slices.Concat(in.Known, parse(in.Old[File]), parse(in.New[File]))
	spares := lenient(in.Values, in.Old)
	for _, e := range out.Effects {
		out.judge(in, e, known, spares)
	}
	out.keep(in, known, facts)
	return out
}

// factsOf an environment.
func factsOf(v *derived.Values) change.Facts {
	facts := change.Facts{
		Catalog: v.Catalog,
		Holds:   func(when catalog.When) bool { return when.Holds(v.Env) },
		Votes:   func(component string) bool { return v.Voter(component) != nil },
		Prunes:  v.Env.GitOps.Flux != nil || v.Env.GitOps.ArgoCD != nil,
	}
	if facts.Prunes && !v.Catalog.Protect.Except.Holds(v.Env) {
		facts.Kept = v.Catalog.Protect.Kinds
	}
	return facts
}

// judge one effect.
func (out *Judged) judge(in Input, e change.Effect, known []Acceptance, lenient bool) {
	v := in.Values
	code, severity := judgement(e, lenient)
	if code == "" {
		return
	}
	f := finding.Finding{Code: code, Severity: severity, Message: message(e), Help: e.Help}
	at := said(v.Env, e)
	f.Position, f.Path = v.Env.Source.Position(at), environment.JoinPath(v.Env.Name)
	if at != "" {
		f.Path += "." + at
	}
	if out.accepts(in, code, e, known, f.Message) {
		return
	}
	if severity == finding.Error {
		accept := Accept{code, v.Env.Name, e.Object.Kind, e.Object.Name}
		f.Help += "; if it is meant, generate with "
		if in.Against != "" {
			f.Help += "--against " + in.Against + " " // golden/ may have it already
		}
		f.Help += "--accept " + accept.String()
	}
	out.Findings = append(out.Findings, f)
}

// readme is the file of an environment that tells what it is for.
const readme = "README.md"

// lenient tells whether nobody depends on the data, neither now nor before: a change that says so
// for the first time takes data from those who did.
func lenient(v *derived.Values, old map[string][]byte) bool {
	was := *v.Env
	was.Profile = guide.Profile(old[readme])
	return v.Catalog.Protect.Except.Holds(v.Env) && v.Catalog.Protect.Except.Holds(&was)
}

// accepts tells whether somebody accepted an effect, in this run or before.
func (out *Judged) accepts(in Input, code string, e change.Effect, known []Acceptance, says string) bool {
	a := Acceptance{Code: code, Object: e.Object, Field: e.Field, Before: e.Before, After: e.After, Says: says}
	for _, k := range known {
		if k.Code == a.Code && k.Object == a.Object && k.Field == a.Field && k.Before == a.Before && k.After == a.After {
			out.Accepted = append(out.Accepted, k)
			return true
		}
	}
	for _, accept := range in.Accept {
		if accept.covers(code, in.Values.Env.Name, e) {
			out.Accepted, out.Used = append(out.Accepted, a), append(out.Used, accept)
			return true
		}
	}
	return false
}

// keep are the acceptances that still say something: those of objects that have the
// value that was accepted.
func (out *Judged) keep(in Input, known []Acceptance, facts change.Facts) {
	out.Kept = slices.Clone(out.Accepted)
	if len(known) > 0 {
		_, all, _ := change.Read(nil, in.New)
		for _, a := range known {
			if change.Hash(all, a.Object, a.Field, facts) == a.After {
				out.Kept = append(out.Kept, a)
			}
		}
	}
	out.Kept = sorted(out.Kept)
}

// AcceptanceFile is the file of the acceptances that are kept; nil if there are none.
func (out *Judged) AcceptanceFile() []byte {
	if len(out.Kept) == 0 {
		return nil
	}
	return format(out.Kept)
}

// said is the field of the environment that an effect follows from: the nearest that
// the user wrote, else the nearest.
func said(env *environment.Environment, e change.Effect) string {
	for _, path := range e.Says {
		if env.Source.Written(path) {
			return path
		}
	}
	if len(e.Says) > 0 {
		return e.Says[0]
	}
	return ""
}

// message of an effect: the object, the field, both values, and what comes of it.
func message(e change.Effect) string {
	var b strings.Builder
	b.WriteString(e.Object.String())
	if e.Field != "" {
		b.WriteString(", " + e.Field)
	}
	switch {
	case e.Old != "" && e.New != "":
		fmt.Fprintf(&b, ", was %s and becomes %s", e.Old, e.New)
	case e.Old != "":
		fmt.Fprintf(&b, ", was %s", e.Old)
	case e.New != "":
		fmt.Fprintf(&b, ", becomes %s", e.New)
	}
	return b.String() + ": " + e.Message
}
