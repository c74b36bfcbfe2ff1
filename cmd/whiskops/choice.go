package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// choice is the environments that a command is about, by name; with none, all.
type choice []string

// take brings the names into order.
func (c *choice) take(names []string) {
	*c = slices.Compact(slices.Sorted(slices.Values(names)))
}

// of are the chosen ones of what was read, and what was found about them: a mistake
// in another one is no matter.
func (c choice) of(r rest, found []finding.Finding) ([]environment.Environment, []finding.Finding, error) {
	if len(c) == 0 {
		return r.all, found, nil
	}
	for _, name := range c {
		// Of files that are no CUE none is known, and each is stopped by them.
		if len(r.met) > 0 && !slices.Contains(r.met, name) {
			return nil, nil, unknownEnvironment(name, r.met)
		}
	}
	var chosen []environment.Environment
	for _, e := range r.all {
		if slices.Contains(c, e.Name) && !slices.Contains(r.lacking, e.Name) {
			chosen = append(chosen, e)
		}
	}
	about := slices.DeleteFunc(slices.Clone(found), func(f finding.Finding) bool {
		return f.Path != "" && !slices.ContainsFunc(c, func(name string) bool { return concerns(f, name) })
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
		met := func(name string, _ bool) {
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
