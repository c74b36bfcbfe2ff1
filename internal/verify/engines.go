package verify

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// engines finds what kustomize 5.8.1 (of Flux, Argo CD and kubectl) and 5.8.2 (of
// whiskops) build differently. 5.8.1 writes labels with includeTemplates into the
// volumeClaimTemplates of StatefulSets, which never can change; 5.8.2 does not, and
// has a field of its own for that, which 5.8.1 does not know.
// Source: kustomize#5389, and builds by both.
func (j *judge) engines(all []kustomize.Kustomization) {
	set := ""
	for _, o := range j.of("StatefulSet") {
		if len(list(value.Map(o.Value, "spec")["volumeClaimTemplates"])) > 0 {
			set = o.String()
			break
		}
	}
	for _, k := range all {
		for _, c := range k.Constructs {
			f := finding.Finding{Code: codeEngine, Severity: finding.Error, Position: finding.Position{File: c.At.File, Line: c.At.Line, Column: c.At.Column}}
			switch {
			case c.Field == "includeVolumeClaimTemplates":
				f.Message = "includeVolumeClaimTemplates is a field of kustomize 5.8.2, and Flux, Argo CD and kubectl build with 5.8.1: they stop at it"
				f.Help = "leave it out: labels of claims cannot be changed where they are anyway"
			case set != "":
				f.Severity = finding.Warning
				f.Message = fmt.Sprintf("includeTemplates writes these labels into the volumeClaimTemplates of %s with kustomize 5.8.1, as in Flux, Argo CD and kubectl, and not with 5.8.2, as here: they cannot be changed, so an apply over the other is refused", set)
				f.Help = "write a patch that gives spec.template.metadata.labels the label, or leave includeTemplates out"
			default:
				continue
			}
			j.found = append(j.found, f)
		}
	}
}
