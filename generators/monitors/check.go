package monitors

import (
	"fmt"
	"regexp"

	"github.com/whiskops/whiskops/internal/krm"
)

var (
	alertName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	duration  = regexp.MustCompile(`^[1-9][0-9]*(s|m|h|d)$`)
	fileName  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
)

// series of a panel are told apart by a letter.
const mostSeries = 26

func check(s Spec) error {
	var c krm.Check
	c.Owner(s.Owner)
	c.Label("spec.namespace", s.Namespace)
	c.OneOf("spec.form", s.Form, "operator", "gke", plain)
	if !duration.MatchString(s.Interval) {
		c.Fail("spec.interval %q is no duration such as 30s", s.Interval)
	}
	seen := map[string]bool{}
	for i, t := range s.Targets {
		at := fmt.Sprintf("spec.targets[%d]", i)
		c.Label(at+".component", t.Component)
		c.Unique(at+".component", t.Component, seen)
		c.Given(at+".port", t.Port)
		c.Path(at+".path", t.Path)
	}
	seen = map[string]bool{}
	for i, a := range s.Alerts {
		checkAlert(&c, fmt.Sprintf("spec.alerts[%d]", i), a, seen)
	}
	if s.Dashboard != nil {
		checkDashboard(&c, *s.Dashboard)
	}
	return c.Err()
}

func checkAlert(c *krm.Check, at string, a Alert, seen map[string]bool) {
	if !alertName.MatchString(a.Name) {
		c.Fail("%s.name %q is no name of an alert: letters, digits and '_'", at, a.Name)
	}
	c.Unique(at+".name", a.Name, seen)
	c.Given(at+".expr", a.Expr)
	if !duration.MatchString(a.For) {
		c.Fail("%s.for %q is no duration such as 5m", at, a.For)
	}
	c.OneOf(at+".severity", a.Severity, "critical", "warning")
	c.Given(at+".summary", a.Summary)
	c.Given(at+".description", a.Description)
	c.Given(at+".runbook", a.Runbook)
}

func checkDashboard(c *krm.Check, d Dashboard) {
	if !fileName.MatchString(d.File) {
		c.Fail("spec.dashboard.file %q is no name of a-z, 0-9 and '-'", d.File)
	}
	c.Given("spec.dashboard.title", d.Title)
	for i, p := range d.Panels {
		at := fmt.Sprintf("spec.dashboard.panels[%d]", i)
		c.Given(at+".title", p.Title)
		if len(p.Series) < 1 || len(p.Series) > mostSeries {
			c.Fail("%s has %d series, wanted 1 to %d", at, len(p.Series), mostSeries)
		}
		for j, series := range p.Series {
			c.Given(fmt.Sprintf("%s.series[%d].expr", at, j), series.Expr)
		}
	}
}
