package page

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/report"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/topology"
)

// town is a small topology with one of everything, whose names end with a string.
func town(s string) *topology.Topology {
	const gib = 1 << 30
	front, back := "front"+s, "back"+s
	return &topology.Topology{
		Tiers: []topology.Tier{
			{Name: "edge" + s, Components: []topology.Component{{Name: front, Kind: "Deployment" + s, Pods: 2, Ports: []topology.Port{{Name: "http", Number: 8080}}}}},
			{Name: "middle" + s, Components: []topology.Component{{Name: "middle" + s, Kind: "Job", Pods: 1}}},
			{Name: "data" + s, Components: []topology.Component{{Name: back, Kind: "StatefulSet", Pods: 3, Ports: []topology.Port{{Name: "a", Number: 1}, {Name: "b", Number: 2}}}}},
		},
		Outside: []topology.Outside{{ID: "top", Name: "who calls https://example.com" + s, Above: true}, {ID: "api", Name: "Kubernetes API" + s}},
		Edges: []topology.Edge{
			{From: "top", To: front, Ports: []int{8080}}, {From: front, To: back, Ports: []int{1, 2}}, {From: back, To: back, Ports: []int{2}},
			{From: back, To: "api"}, {From: "api", To: front, Ports: []int{8080}},
		},
		Pools: []rules.Sum{
			{Pool: "core" + s, Nodes: 3, Zones: 3, CPU: rules.Measure{Have: 12000, Components: 3050}, Memory: rules.Measure{Have: 45 * gib, Components: 5 * gib}, Pods: rules.Measure{Have: 300, Components: 5}},
			{Pool: "small" + s, Nodes: 1, Zones: 1, CPU: rules.Measure{Have: 1000, Components: 1500}, Memory: rules.Measure{Have: 4 * gib, Components: gib / 2, Reserve: gib, Actions: 2 * gib}, Pods: rules.Measure{Have: 10, Components: 1, Actions: 9}},
		},
		Zones: []topology.Spread{
			{Component: back, Pool: "core" + s, Rule: "hard", Pods: []int{1, 1, 1}, All: 3, Quorum: 2},
			{Component: front, Pool: "core" + s, Rule: "none", All: 2},
			{Component: "votes" + s, Pool: "small" + s, Rule: "soft", Pods: []int{3}, All: 3, Quorum: 2},
		},
	}
}

// sample is a page with one of everything, whose names and values end with a string.
func sample(s string) Page {
	at := finding.Position{File: "environments/a" + s, Line: 2, Column: 3}
	effect := func(class change.Class, name string) change.Effect {
		return change.Effect{Class: class, Object: change.ID{Kind: "Kind" + s, Namespace: "n" + s, Name: name + s}, Component: name + s, File: name + ".yaml",
			Field: "spec.x" + s, Old: "1" + s, New: "2" + s, Message: "message" + s, Help: "help" + s, Rollout: &change.Rollout{Pods: 3, Away: 1, Seconds: 90, Because: []string{"ConfigMap " + s}}}
	}
	var all []change.Effect
	for i := range 5 { // enough to be folded
		e := effect(change.Added, fmt.Sprint("new", i))
		e.Rollout = nil
		all = append(all, effect(change.Refused, fmt.Sprint("r", i)), e, effect(change.Setting, fmt.Sprint("s", i)))
	}
	environment := func(name string) report.Environment {
		return report.Environment{Name: name + s, State: report.Changed, Effects: all, Tool: []change.Effect{effect(change.Restart, "t")}, Accepted: []string{"WO401 X" + s},
			Findings: []finding.Finding{{Code: "WO205", Severity: finding.Warning, Position: at, Path: name, Message: "found" + s, Help: "do" + s}}}
	}
	r := report.Report{Against: "golden/" + s, Since: "0.1.0" + s, Same: 1,
		Environments: []report.Environment{environment("a"), environment("b"), environment("c"), environment("d")},
		Findings:     []finding.Finding{{Code: "WO112", Severity: finding.Error, Position: at, Message: "one vanished" + s, Help: "say it"}}}
	return Page{Outline: report.OutlineOf(r, report.Options{}), Environments: []Environment{
		{Name: "a" + s, Topology: town(s), Marks: map[string]string{"front" + s: "restarts", "back" + s: "refused"}, Gone: []string{"old" + s}, Files: []File{
			{Name: "came.txt" + s, New: []byte("one\ntwo" + s + "\n")},
			{Name: "changed.txt" + s, Old: []byte("0\n1\n2\n3\n4\n5\nsix\n7\n8\n9\n"), New: []byte("0\n1\n2\n3\n4\n5\nSIX" + s + "\n7\n8\n9\n")},
			{Name: "went.txt" + s, Old: []byte("<b>gone" + s + "</b>")},
		}},
		{Name: "b" + s, Topology: &topology.Topology{}},
		{Name: "c" + s},
	}}
}
