package guide

import (
	"regexp"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/overlay"
)

// slug is a heading's anchor, as GitHub and GitLab make it.
func slug(heading string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(strings.TrimLeft(heading, "#"))), " ", "-")
}

var anchor = regexp.MustCompile(`\]\(#([^)]*)\)`)

// What a guide links to is in it, and each symptom is under its id, to which alerts
// lead.
func TestLinks(t *testing.T) {
	c, err := catalog.Load("2.0.0")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for name, text := range everything(t) {
		headings := map[string]bool{}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "##") {
				headings[slug(line)] = true
			}
		}
		links := anchor.FindAllStringSubmatch(text, -1)
		for _, m := range links {
			if !headings[m[1]] {
				t.Errorf("%s: nothing is at #%s", name, m[1])
			}
		}
		if len(links) < 20 {
			t.Errorf("%s: %d links", name, len(links))
		}
		for heading := range headings {
			seen[heading] = true
		}
		for id := range c.Symptoms.Value() {
			if !headings[id] && strings.Contains(text, "`"+id+"`") {
				t.Errorf("%s: %s is spoken of, and cannot be", name, id)
			}
		}
	}
	for id := range c.Symptoms.Value() {
		if !seen[id] {
			t.Errorf("no guide has the symptom %s", id)
		}
	}
}

// TestAlertsLeadHere: each alert that an environment has names a section that its
// guide has.
func TestAlertsLeadHere(t *testing.T) {
	alerts := 0
	for name, v := range values(t) {
		text := string(Markdown(v, overlay.NoCustom))
		for _, a := range v.Alerts() {
			alerts++
			if !strings.Contains(text, "\n### "+a.Symptom+"\n") {
				t.Errorf("%s: the alert %s leads to %s, and there is no such section", name, a.Name, a.Symptom)
			}
		}
	}
	if alerts < 20 {
		t.Errorf("%d alerts", alerts)
	}
}

// ownLog is where an alert sends its reader: to the log of pods that it names.
var ownLog = regexp.MustCompile(`\b(\w+)s' log\b`)

// An alert that speaks of a component's log leads to where that log is shown.
func TestAlertsLeadToTheirLog(t *testing.T) {
	alerts := 0
	for name, v := range values(t) {
		text := string(Markdown(v, overlay.NoCustom))
		for _, a := range v.Alerts() {
			whose := ownLog.FindStringSubmatch(a.Description)
			if whose == nil {
				continue
			}
			alerts++
			_, section, _ := strings.Cut(text, "\n### "+a.Symptom+"\n")
			section, _, _ = strings.Cut(section, "\n### ")
			if shows := regexp.MustCompile(`logs .*\b` + whose[1] + `\b`); !shows.MatchString(section) {
				t.Errorf("%s: the alert %s speaks of the log of %s, which %s does not show", name, a.Name, whose[1], a.Symptom)
			}
		}
	}
	if alerts == 0 {
		t.Error("no alert speaks of a log")
	}
}

// Where a symptom cannot be, it is not spoken of.
func TestSymptomsThatApply(t *testing.T) {
	all := values(t)
	for name, absent := range map[string][]string{
		"production":  {"api-create-fails", "database-node-lost", "database-copies", "database-restore"},
		"ci":          {"api-create-fails", "quorum-at-risk", "zone-lost", "database-node-lost", "database-copies", "database-restore"},
		"development": {"api-create-fails", "quorum-at-risk", "zone-lost", "node-lost", "database-node-lost", "database-copies", "database-restore"},
		"outside":     {"api-create-fails", "broker-disk-full", "database-disk-full", "zone-lost", "database-node-lost", "database-copies", "database-restore"},
		"nodes":       {"api-create-fails"},
	} {
		v, ok := all[name]
		if !ok {
			t.Fatalf("there is no environment %s", name)
		}
		symptoms, err := view{Values: &v}.Symptoms()
		if err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for _, s := range symptoms {
			there[s.ID] = true
			if len(s.Look) == 0 || len(s.Causes) == 0 {
				t.Errorf("%s: %s has %d commands and %d causes", name, s.ID, len(s.Look), len(s.Causes))
			}
			for _, c := range s.Causes {
				if c.Remedy == "" && len(c.Run) == 0 && len(c.Fields) == 0 {
					t.Errorf("%s: %s says nothing to do about %q", name, s.ID, c.What)
				}
			}
		}
		for _, id := range absent {
			if there[id] {
				t.Errorf("%s has no %s", name, id)
			}
		}
		if want := len(v.Catalog.Symptoms.Value()) - len(absent); len(symptoms) != want {
			t.Errorf("%s: %d symptoms, want %d", name, len(symptoms), want)
		}
	}
}

// A Secret's values are shown by no command: what reads one passes it on.
var shown = regexp.MustCompile(`-o (?:yaml|json)\b|--show-managed|get secrets? [^|]*\{\.data[^|]*$|env\b.*\| *(?:grep|sort)`)

func TestNoCommandShowsASecret(t *testing.T) {
	read := 0
	for name, text := range everything(t) {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "kubectl") && !strings.HasPrefix(line, "for ") {
				continue
			}
			read++
			// What is made and piped on is shown to nobody.
			if made := strings.Contains(line, "--dry-run=client -o json | kubectl"); !made && shown.MatchString(line) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
	if read < 100 {
		t.Errorf("%d commands were read", read)
	}
}

// Of fields that do nothing here, none is offered.
func TestFieldsThatWork(t *testing.T) {
	for name, v := range values(t) {
		g := view{Values: &v}
		if got := g.working([]string{"kafka.resources", "controller.resources"}); (len(got) == 1) != (v.Env.Kafka.External != nil) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Each condition holds for one of the environments here: no command and no cause is
// read by nobody.
func TestConditionsHoldSomewhere(t *testing.T) {
	held := map[string]bool{}
	for _, v := range values(t) {
		f := &filler{view: view{Values: &v}}
		for _, s := range v.Catalog.Symptoms.Value() {
			there := f.holds(s.If)
			conditions := []string{s.If}
			for _, l := range s.Look {
				conditions = append(conditions, l.If)
			}
			for _, c := range s.Causes {
				conditions = append(conditions, c.If)
			}
			for _, c := range conditions {
				held[c] = held[c] || there && f.holds(c)
			}
		}
		if f.err != nil {
			t.Error(f.err)
		}
	}
	for condition, ok := range held {
		if !ok {
			t.Errorf("%s holds nowhere", condition)
		}
	}
}
