// Package alerts holds what is told to people on call against made-up series: each
// alert fires when it should, as late as it says, and not just beside that.
//
// It is a module of its own, since it has Prometheus' own library, which is large.
// What it tests is testdata/rules.yaml and testdata/queries.yaml, which a test of
// internal/plan writes from the catalogue. The cases are in testdata/cases.yaml; the
// same ones, for promtool, in testdata/promtool.yaml.
package alerts

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// Rule of Prometheus.
type Rule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// Case is a few series, and what an alert makes of them.
type Case struct {
	// Says what it is, in a few words.
	Says string `json:"says"`
	// Series by their names and labels, with values as promtool writes them, one a
	// minute. @pod stands for the labels that a pod of the installation has.
	Series map[string]string `json:"series"`
	// At is when to look, as a duration since the first value; an hour if it is not
	// said. Fires is how many alerts fire then; none has begun before if it is 0.
	At    string `json:"at"`
	Fires int    `json:"fires"`
}

// interval of values, and of the looks at a rule.
const interval = time.Minute

func (c Case) at() (time.Duration, error) {
	if c.At == "" {
		return time.Hour, nil
	}
	return time.ParseDuration(c.At)
}

var pod = regexp.MustCompile(`@([a-z0-9-]+)`)

// series of a case, with all labels, in order.
func (c Case) series() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(c.Series)) {
		all = append(all, pod.ReplaceAllString(name, `namespace="openwhisk",pod="$1"`)+" "+c.Series[name])
	}
	return all
}

// read a file of testdata.
func read[T any](file string) (T, error) {
	var into T
	text, err := os.ReadFile("testdata/" + file)
	if err == nil {
		err = yaml.UnmarshalStrict(text, &into)
	}
	if err != nil {
		return into, fmt.Errorf("%s: %w", file, err)
	}
	return into, nil
}

// rules by name.
func rules() (map[string]Rule, error) {
	file, err := read[struct {
		Groups []struct {
			Name  string `json:"name"`
			Rules []Rule `json:"rules"`
		} `json:"groups"`
	}]("rules.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string]Rule{}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			all[r.Alert] = r
		}
	}
	return all, nil
}

// promtool is the file of rule tests that says the same as the cases do.
func promtool(cases map[string][]Case) (string, error) {
	var text strings.Builder
	text.WriteString("# Made by `go test . -update` from cases.yaml.\nrule_files: [rules.yaml]\nevaluation_interval: 1m\ntests:\n")
	for _, alert := range slices.Sorted(maps.Keys(cases)) {
		for _, c := range cases[alert] {
			at, err := c.at()
			if err != nil {
				return "", fmt.Errorf("%s, %s: %w", alert, c.Says, err)
			}
			fmt.Fprintf(&text, "- name: %q\n  interval: 1m\n  input_series:\n", alert+": "+c.Says)
			for _, s := range c.series() {
				end := strings.LastIndex(s, "}") + 1
				fmt.Fprintf(&text, "  - {series: '%s', values: '%s'}\n", s[:end], strings.TrimSpace(s[end:]))
			}
			samples := "[]"
			if c.Fires > 0 {
				samples = fmt.Sprintf("[{labels: '{}', value: %d}]", c.Fires)
			}
			fmt.Fprintf(&text, "  promql_expr_test:\n  - {expr: 'count(ALERTS{alertname=\"%s\",alertstate=\"firing\"})', eval_time: %s, exp_samples: %s}\n", alert, at, samples)
		}
	}
	return text.String(), nil
}
