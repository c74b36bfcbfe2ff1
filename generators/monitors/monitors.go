// Package monitors makes what watches an installation, in the form that the one who
// watches reads: monitors that say which pods export, rules that say when to wake
// somebody, and a dashboard.
package monitors

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// Process adds them.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	var objects []krm.M
	if form, ok := forms[spec.Form]; ok {
		for _, target := range spec.Targets {
			objects = append(objects, monitor(spec, form, target))
		}
	}
	if len(spec.Alerts) > 0 {
		rules, err := rules(spec)
		if err != nil {
			return err
		}
		objects = append(objects, rules)
	}
	if spec.Dashboard != nil {
		board, err := dashboard(spec)
		if err != nil {
			return err
		}
		objects = append(objects, board)
	}
	return krm.Add(rl, objects...)
}

// form of an operator's kinds.
type form struct {
	version, monitor, endpoints, rules string
}

// forms that are objects of their own. A plain Prometheus has none.
// Source: the CRDs of prometheus-operator 0.93 (PodMonitor, PrometheusRule) and of
// prometheus-engine 0.17 (PodMonitoring, Rules); what is made was held against them.
var forms = map[string]form{
	"operator": {"monitoring.coreos.com/v1", "PodMonitor", "podMetricsEndpoints", "PrometheusRule"},
	"gke":      {"monitoring.googleapis.com/v1", "PodMonitoring", "endpoints", "Rules"},
}

// plain is the form of who reads files.
const plain = "plain"

// monitor of a component. Each has one of its own: a monitor of all would look for
// the port of one in the pods of the others, and two components have a port of the
// same name that is read at another path.
func monitor(s Spec, f form, t Target) krm.M {
	o := labelled(s.Object(f.version, f.monitor, t.Component), s.Labels)
	o["spec"] = krm.M{
		"selector":  krm.M{"matchLabels": krm.Owner{Component: t.Component}.Selector()},
		f.endpoints: krm.L{krm.M{"port": t.Port, "path": t.Path, "interval": s.Interval}},
	}
	return o
}

// rulesName is the object with the rules.
const rulesName = "openwhisk-alerts"

// rules of all alerts, as one group. Who reads files gets one, in a ConfigMap of a
// fixed name, which can be mounted.
func rules(s Spec) (krm.M, error) {
	var all krm.L
	for _, a := range s.Alerts {
		all = append(all, krm.M{
			"alert": a.Name, "expr": a.Expr, "for": a.For,
			"labels":      krm.M{"severity": a.Severity, "namespace": s.Namespace},
			"annotations": krm.M{"summary": a.Summary, "description": a.Description, "runbook": a.Runbook},
		})
	}
	groups := krm.M{"groups": krm.L{krm.M{"name": "openwhisk", "rules": all}}}
	if f, ok := forms[s.Form]; ok {
		o := labelled(s.Object(f.version, f.rules, rulesName), s.Labels)
		o["spec"] = groups
		return o, nil
	}
	node, err := krm.Node(groups)
	if err != nil {
		return nil, err
	}
	text, err := node.String()
	if err != nil {
		return nil, fmt.Errorf("write the file of rules: %w", err)
	}
	o := labelled(s.Object("v1", "ConfigMap", rulesName), s.Labels)
	o["data"] = krm.M{"openwhisk.rules.yaml": text}
	return o, nil
}

func labelled(o krm.M, labels map[string]string) krm.M {
	own := value.Map(o, "metadata", "labels")
	for key, v := range labels {
		// The labels of the tree are whiskops' own.
		if _, taken := own[key]; !taken {
			own[key] = v
		}
	}
	return o
}
