package guide

import (
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// symptom of the runbook as this environment has it. ID is its heading, to which
// alerts lead.
type symptom struct {
	ID, Title, Sees string
	Look            []looked
	Causes          []cause
}

// looked is a command and what it means, cause what to do.
type looked struct{ Run, Says string }

type cause struct {
	What, Shown, Remedy string
	Run, Fields         []string
}

// Symptoms that the environment can have, by id, each with what applies here.
func (v view) Symptoms() ([]symptom, error) {
	f := &filler{view: v}
	var all []symptom
	for _, id := range sorted(v.Catalog.Symptoms.Value()) {
		s := v.Catalog.Symptoms.Value()[id]
		if !f.holds(s.If) {
			continue
		}
		out := symptom{ID: id, Title: f.prose(s.Title), Sees: f.prose(s.Sees)}
		for _, l := range s.Look {
			if f.holds(l.If) {
				out.Look = append(out.Look, looked{f.text(l.Run), f.prose(l.Says)})
			}
		}
		for _, c := range s.Causes {
			if !f.holds(c.If) {
				continue
			}
			one := cause{What: f.prose(c.What), Shown: f.prose(c.Shown), Remedy: f.prose(c.Remedy), Fields: v.working(c.Fields)}
			for _, run := range c.Run {
				one.Run = append(one.Run, f.text(run))
			}
			out.Causes = append(out.Causes, one)
		}
		all = append(all, out)
	}
	return all, f.err
}

// filler fills in templates, and keeps the first error: a fault of the catalogue.
type filler struct {
	view view
	err  error
}

func (f *filler) text(template string) string {
	text, err := catalog.Text(template, f.view)
	if err != nil && f.err == nil {
		f.err = err
	}
	return text
}

func (f *filler) holds(condition string) bool { return condition == "" || f.text(condition) == "true" }

// linked is [id], a symptom, or [A heading], a section of the guide.
var linked = regexp.MustCompile(`\[([A-Za-z][A-Za-z0-9 -]*)\]`)

// prose with what it names as links. That they lead somewhere, the tests look at.
func (f *filler) prose(template string) string {
	return linked.ReplaceAllStringFunc(f.text(template), func(link string) string {
		return link + "(#" + strings.ReplaceAll(strings.ToLower(strings.Trim(link, "[]")), " ", "-") + ")"
	})
}

// working fields are those with an effect in this environment.
func (v view) working(fields []string) []string {
	return slices.DeleteFunc(slices.Clone(fields), func(path string) bool {
		for _, component := range v.Catalog.Components {
			for _, idle := range component.Idle {
				if idle.When.Holds(v.Env) && slices.ContainsFunc(idle.Fields, func(f string) bool { return path == f || strings.HasPrefix(path, f+".") }) {
					return true
				}
			}
		}
		return false
	})
}

// Zones is in how many zones the nodes are.
func (v view) Zones() int {
	most := 1
	for _, pool := range v.Env.Cluster.Nodes {
		most = max(most, pool.Zones)
	}
	return most
}

// NodeCount is how many nodes there are; 0 where the environment does not say.
func (v view) NodeCount() int {
	n := 0
	for _, pool := range v.Env.Cluster.Nodes {
		n += pool.Count
	}
	return n
}

// Voters is how many pods vote in a quorum of the data.
func (v view) Voters() int {
	n := 0
	for _, name := range v.Components() {
		if v.Voter(name) != nil {
			n += v.Replicas(name)
		}
	}
	return n
}

// ManagedCertificate tells that cert-manager makes it.
func (v view) ManagedCertificate() bool { return v.Env.Edge.TLS.CertManager != nil }
