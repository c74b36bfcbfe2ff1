package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// used is a variable that Kubernetes puts in: $(NAME), but not $$(NAME).
var used = regexp.MustCompile(`\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)`)

// shouted is the form of names in commands: there $(word) may be the shell's.
var shouted = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// variables holds each $(NAME) against the variables of its container. Kubernetes
// puts in only what is defined before, and leaves the rest as it is written.
func (j *judge) variables() {
	for _, p := range j.pods {
		for _, c := range p.containers {
			all, whole := j.variablesOf(p, c)
			for i, v := range all {
				for _, name := range mentioned(v.value) {
					if v.at < 0 { // Kubernetes puts nothing into values of a ConfigMap
						continue
					}
					j.variable(p, c, under(c.path, "env", strconv.Itoa(v.at), "value"), "variable "+v.name, name, all[:i], all[i:], whole)
				}
			}
			for _, field := range []string{"command", "args"} {
				for i, w := range words(c.is[field]) {
					for _, name := range mentioned(w) {
						if shouted.MatchString(name) && !strings.Contains(w, "\n") {
							j.variable(p, c, under(c.path, field, strconv.Itoa(i)), field, name, all, nil, whole)
						}
					}
				}
			}
		}
	}
}

// mentioned are the names in a text.
func mentioned(text string) []string {
	var all []string
	for _, m := range used.FindAllStringSubmatch(text, -1) {
		if m[1] != "" {
			all = append(all, m[1])
		}
	}
	return all
}

// variable holds one name against what is defined before and after.
func (j *judge) variable(p *pod, c container, path []string, where, name string, before, after []variable, whole bool) {
	is := func(v variable) bool { return v.name == name }
	if slices.ContainsFunc(before, is) || j.link(p, name) {
		return
	}
	switch {
	case slices.ContainsFunc(after, is):
		j.fail(fault{
			code: codeVariable, of: p.of, path: path, word: "$(" + name + ")",
			message: fmt.Sprintf("%s of container %s has $(%s), which is defined after it: the container gets the text as it is written", where, c.name, name),
			help:    fmt.Sprintf("put %s before it; a strategic merge patch puts new variables first, so write a JSON 6902 patch that adds at /-", name),
		})
	case whole:
		j.fail(fault{
			code: codeVariable, of: p.of, path: path, word: "$(" + name + ")", warning: true,
			message: fmt.Sprintf("%s of container %s has $(%s), and no variable is called so: the container gets the text as it is written", where, c.name, name),
			help:    fmt.Sprintf("define %s, or write $$(%s) if the text is meant", name, name),
		})
	}
}

// link tells whether a name may be one that Kubernetes makes for a Service.
func (j *judge) link(p *pod, name string) bool {
	return p.spec["enableServiceLinks"] != false && (strings.HasSuffix(name, "_SERVICE_HOST") || strings.Contains(name, "_SERVICE_PORT") || strings.Contains(name, "_PORT_"))
}
