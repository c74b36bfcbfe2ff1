// Package platforms writes the pages of docs/platforms/: for each kind of cluster how
// to make one, the environment for it, the scripts that install, load and remove, and
// the workflows of CI that run them.
//
// In: platforms.yaml beside this file, with what differs, and what the README of the
// environment says of Secrets and of applying. Out: Markdown. Only tests use it: they
// write the pages, and hold each block of them.
package platforms

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"
)

//go:embed platforms.yaml
var data []byte

//go:embed page.md
var page string

//go:embed scripts.sh
var scripts string

//go:embed ci.yaml
var workflows string

// Platform is a kind of cluster.
type Platform struct {
	Name, Title, About, Tools, NotRun, Cost string
	Sources                                 []struct{ What, Where, Read string }
	Differs                                 []struct{ What, Is string }
	// Cluster and Remove are shell, Environment the inside of an environment beside
	// what all have.
	Cluster, Remove, Environment string
	// PublicSecret is one more Secret with the certificate, for what stands before
	// the installation.
	PublicSecret string
	// Permissions, GitHub and Variables are a job's of GitHub: what its token may do
	// besides, its steps before the cluster, its variables.
	Permissions map[string]string
	GitHub      []any
	Variables   map[string]string
	GitLab      struct {
		Tags []string
		Note string
	}

	shared string
	// Readme is what the environment's README says: its script for Secrets and the
	// two that apply and wait.
	Readme Blocks
}

// Blocks of an environment's README that the page repeats.
type Blocks struct{ Secrets, Apply, Wait, Host, Namespace string }

// All platforms in the order of their pages.
func All() ([]*Platform, error) {
	var read struct {
		Shared    string
		Platforms []*Platform
	}
	if err := yaml.UnmarshalStrict(data, &read); err != nil {
		return nil, fmt.Errorf("platforms.yaml: %w", err)
	}
	for _, p := range read.Platforms {
		p.shared = read.Shared
	}
	return read.Platforms, nil
}

// Source is the file of the environment.
func (p *Platform) Source() string {
	return "package environments\n\n" + p.Name + ": {\n" + indented(p.shared+"\n"+p.Environment, "\t") + "}\n"
}

func indented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			line = by + line
		}
		b.WriteString(line)
	}
	return b.String()
}

// Page in Markdown.
func (p *Platform) Page() ([]byte, error) { return p.fill("page", page) }

// Script is a file of the scripts: its name comes first.
func (p *Platform) Script(name string) (string, error) {
	all, err := p.fill("scripts", scripts)
	if err != nil {
		return "", err
	}
	for _, text := range strings.SplitAfter("\n"+string(all), "\n--\n") {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "\n"), "--\n")
		if strings.HasPrefix(text, "# ci/"+p.Name+"/"+name) {
			return strings.TrimRight(text, "\n") + "\n", nil
		}
	}
	return "", fmt.Errorf("no script %s", name)
}

// GitHubWorkflow and GitLabJob are YAML.
func (p *Platform) GitHubWorkflow() (string, error) { return p.workflow(0) }

// GitLabJob is the job of GitLab.
func (p *Platform) GitLabJob() (string, error) { return p.workflow(1) }

func (p *Platform) workflow(n int) (string, error) {
	all, err := p.fill("workflows", workflows)
	if err != nil {
		return "", err
	}
	parts := strings.Split(string(all), "---\n")
	return strings.TrimSpace(parts[n]) + "\n", nil
}

// Yaml of a value, at a depth.
func (p *Platform) Yaml(v any, spaces int) (string, error) {
	text, err := yaml.Marshal(v)
	return strings.TrimRight(indented(string(text), strings.Repeat(" ", spaces)), "\n"), err
}

func (p *Platform) fill(name, text string) ([]byte, error) {
	t, err := template.New(name).Delims("{{", "}}").Funcs(template.FuncMap{"indent": indented}).Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return b.Bytes(), err
}
