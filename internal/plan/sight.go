package plan

import (
	"fmt"

	"github.com/whiskops/whiskops/generators/monitors"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// Ways in which who reads metrics finds the pods, as the environment names them.
const (
	byAnnotations = derived.ByAnnotations
	byItself      = "none"
)

// plainForm of monitors is what a Prometheus without an operator reads.
const plainForm = "plain"

// sight plans what watches the installation. Nothing waits for it, and it comes
// last: a cluster that does not know its kinds has all the rest.
func (p *planner) sight() error {
	m := p.Env.Metrics
	if m == nil {
		return nil
	}
	own := krm.Owner{Component: monitors.Component, Tier: "observability"}
	s := monitors.Spec{Owner: own, Namespace: p.Env.Namespace, Form: m.Monitors, Labels: m.Labels, Interval: m.Interval}
	if m.Monitors == byAnnotations || m.Monitors == byItself {
		s.Form = plainForm
	} else {
		for _, name := range p.Measured() {
			c := p.Catalog.Components[name]
			s.Targets = append(s.Targets, monitors.Target{Component: name, Port: c.Metrics.Port, Path: c.Metrics.Path})
		}
	}
	var err error
	if s.Alerts, err = p.alerts(); err != nil {
		return err
	}
	if d := m.Dashboard; d != nil {
		board := monitors.Dashboard{File: "openwhisk-" + p.Env.Name, Title: "OpenWhisk " + p.Env.Name, Labels: map[string]string{d.Label: d.Value}}
		if board.Panels, err = p.panels(); err != nil {
			return err
		}
		s.Dashboard = &board
	}
	if len(s.Targets)+len(s.Alerts) > 0 || s.Dashboard != nil {
		p.add(Function{monitors.Kind, own.Component, s})
	}
	return nil
}

// alerts of what the environment has.
func (p *planner) alerts() ([]monitors.Alert, error) {
	var all []monitors.Alert
	for _, a := range p.Alerts() {
		expr, err := catalog.Text(a.Expr, &p.Values)
		if err != nil {
			return nil, fmt.Errorf("plan alert %s: %w", a.Name, err)
		}
		all = append(all, monitors.Alert{
			Name: a.Name, Expr: expr, For: a.For, Severity: a.Severity, Summary: a.Summary, Description: a.Description,
			Runbook: fmt.Sprintf("golden/%s/README.md#%s", p.Env.Name, a.Symptom),
		})
	}
	return all, nil
}

// panels of what the environment has.
func (p *planner) panels() ([]monitors.Panel, error) {
	var all []monitors.Panel
	for _, panel := range p.Panels() {
		made := monitors.Panel{Title: panel.Title, Unit: panel.Unit}
		for _, series := range panel.Series {
			expr, err := catalog.Text(series.Expr, &p.Values)
			if err != nil {
				return nil, fmt.Errorf("plan panel %s: %w", panel.Title, err)
			}
			made.Series = append(made.Series, monitors.Series{Expr: expr, Legend: series.Legend})
		}
		all = append(all, made)
	}
	return all, nil
}
