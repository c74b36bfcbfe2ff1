package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// Check judges one environment. Findings are sorted.
func Check(v *derived.Values) []finding.Finding { return finding.Sort(alone(v).found) }

// alone judges one environment by itself.
func alone(v *derived.Values) *checker {
	c := &checker{Values: v}
	for _, subject := range []func(){
		c.versions, c.placement, c.quorum, c.availability, c.autoscale,
		c.kafka, c.retention, c.topics, c.couchdb,
		c.resources, c.heaps, c.userMemory, c.pools, c.actionDisk,
		c.limits, c.throttles, c.shares, c.chain, c.fronts,
		c.edge, c.host, c.certificate, c.egress, c.family,
		c.secrets, c.volumes, c.records, c.names, c.external, c.runtimes, c.unpublished, c.unlocked, c.architectures, c.registries, c.effects,
		c.gitops, c.metrics, c.additions, c.load, c.packages, c.tenants, c.secured,
	} {
		subject()
	}
	return c
}

// CheckAll judges the environments of one directory, each by itself and in what
// they share. Findings are sorted.
func CheckAll(all []*derived.Values) []finding.Finding {
	checked := make([]*checker, len(all))
	for i, v := range all {
		checked[i] = alone(v)
	}
	shared(checked)
	var found []finding.Finding
	for _, c := range checked {
		found = append(found, c.found...)
	}
	return finding.Sort(found)
}

// checker collects the findings of one environment.
type checker struct {
	*derived.Values
	found []finding.Finding
}

// fail adds an error about the field at path.
func (c *checker) fail(code, path, message, help string) {
	c.add(finding.Error, code, path, message, help)
}

// warn adds a warning about the field at path.
func (c *checker) warn(code, path, message, help string) {
	c.add(finding.Warning, code, path, message, help)
}

func (c *checker) add(s finding.Severity, code, path, message, help string) {
	f := finding.Finding{
		Code: code, Severity: s, Position: c.Env.Source.Position(path),
		Path: path, Message: message, Help: help,
	}
	if c.Env.Name != "" {
		f.Path = environment.JoinPath(c.Env.Name) + "." + path
	}
	c.found = append(c.found, f)
}

// reported tells whether a finding with one of the codes is there already.
func (c *checker) reported(codes ...string) bool {
	for _, f := range c.found {
		for _, code := range codes {
			if f.Code == code {
				return true
			}
		}
	}
	return false
}

// written returns the first of the paths that the user wrote, else the first:
// a finding belongs to what someone can change where they see it.
func (c *checker) written(paths ...string) string {
	for _, p := range paths {
		if c.Env.Source.Written(p) {
			return p
		}
	}
	return paths[0]
}

// show writes a field and its value, and says when it is a default.
func (c *checker) show(path string, value any) string {
	text := fmt.Sprintf("%s %v", path, value)
	if s, ok := value.(string); ok {
		text = fmt.Sprintf("%s %q", path, s)
	}
	if !c.Env.Source.Written(path) {
		text += " (default)"
	}
	return text
}

// cue writes the path of a field, and a value if there is one, as a user would
// write them: kafka: replicas: 3.
func cue(path string, value ...any) string {
	var b strings.Builder
	for i, label := range labels(path) {
		if i > 0 {
			b.WriteString(": ")
		}
		if !identifier.MatchString(label) {
			label = strconv.Quote(label)
		}
		b.WriteString(label)
	}
	for _, v := range value {
		if s, ok := v.(string); ok {
			v = strconv.Quote(s)
		}
		fmt.Fprintf(&b, ": %v", v)
	}
	return b.String()
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// labels of a path of environment.JoinPath that has no elements of lists.
func labels(path string) []string {
	var all []string
	for path != "" {
		quoted, err := strconv.QuotedPrefix(path)
		if err != nil {
			label, rest, _ := strings.Cut(path, ".")
			all, path = append(all, label), rest
			continue
		}
		label, _ := strconv.Unquote(quoted)
		all, path = append(all, label), strings.TrimPrefix(path[len(quoted):], ".")
	}
	return all
}

// production tells that people depend on the environment.
func (c *checker) production() bool { return c.Env.Profile == "production" }

// development tells that nobody does.
func (c *checker) development() bool { return c.Env.Profile == "development" }
