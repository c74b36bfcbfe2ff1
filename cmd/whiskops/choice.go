package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	cues "github.com/whiskops/whiskops/internal/place"
)

// choice is the environments that a command is about, by name; with none, all.
type choice []string

// take brings the names into order.
func (c *choice) take(names []string) {
	*c = slices.Compact(slices.Sorted(slices.Values(names)))
}

// of are the chosen ones of the environments that were read, and what was found
// about them: a mistake in another one is no matter. met are the names of all, the
// broken ones too; none where the files are no CUE, which stops each of them.
func (c choice) of(envs []environment.Environment, met []string, found []finding.Finding) ([]environment.Environment, []finding.Finding, error) {
	if len(c) == 0 {
		return envs, found, nil
	}
	for _, name := range c {
		if len(met) > 0 && !slices.Contains(met, name) {
			return nil, nil, unknownEnvironment(name, met)
		}
	}
	var chosen []environment.Environment
	for _, e := range envs {
		if slices.Contains(c, e.Name) {
			chosen = append(chosen, e)
		}
	}
	others := slices.DeleteFunc(slices.Clone(met), func(name string) bool { return slices.Contains(c, name) })
	about := slices.DeleteFunc(slices.Clone(found), func(f finding.Finding) bool {
		// A reference to nothing was taken out, wherever it stood: whoever refers to
		// what it stood in lacks a value, and nobody sees which.
		return f.Code != cues.CodeReference && slices.ContainsFunc(others, func(name string) bool { return concerns(f, name) })
	})
	if len(chosen) < len(c) && !finding.HasErrors(about) {
		// A mistake in what several share is said once, of one of them.
		about = found
	}
	return chosen, about, nil
}

// concerns tells whether a finding is about an environment.
func concerns(f finding.Finding, environmentName string) bool {
	name := environment.JoinPath(environmentName)
	return f.Path == name || strings.HasPrefix(f.Path, name+".")
}

// named finds an environment.
func named(envs []environment.Environment, name string) (*environment.Environment, error) {
	i := slices.IndexFunc(envs, func(e environment.Environment) bool { return e.Name == name })
	if i >= 0 {
		return &envs[i], nil
	}
	names := make([]string, len(envs))
	for i, e := range envs {
		names[i] = e.Name
	}
	return nil, unknownEnvironment(name, names)
}

// mostNames of environments are listed in an error.
const mostNames = 20

func unknownEnvironment(name string, known []string) error {
	text := strings.Join(known[:min(len(known), mostNames)], ", ")
	if more := len(known) - mostNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return didYouMean(fmt.Sprintf("there is no environment %q; there are %s", name, text), "", name, known)
}

// names completes the names of environments, where a command's first argument is
// one.
func (p *place) names(s streams) cobra.CompletionFunc {
	complete := p.manyNames(s)
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, typed)
	}
}

// manyNames completes the names of environments where all arguments are such, but
// for those that are there already.
func (p *place) manyNames(s streams) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		p.resolve(s)
		root, environments, done := p.open()
		defer done()
		var all []string
		met := func(name string) {
			if !slices.Contains(args, name) {
				all = append(all, name)
			}
		}
		// What is wrong with them is no matter here.
		_, _, _ = environment.Repository{FS: root, Dir: p.root, Met: met}.Load(environments, p.environments)
		slices.Sort(all)
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}
