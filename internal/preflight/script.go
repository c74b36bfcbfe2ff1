package preflight

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
)

//go:embed script.sh
var functions string

// header of the script, above the functions that all have.
const header = `#!/bin/sh
# Made by "whiskops preflight %s": what environment %s takes for granted of its
# cluster. It reads, changes nothing, and shows no value of a Secret.
#   sh FILE [--context NAME] [--kubeconfig FILE]
# It ends with 0: all is there; 1: something is not, or kubectl may not ask for it;
# 2: there is no kubectl, or it reaches no cluster.
`

// Script asks for the facts, one after the other. It is POSIX shell with awk, grep
// and sed, and wants one argument at most of each --context and --kubeconfig.
func Script(v *derived.Values) ([]byte, error) {
	facts, err := Of(v)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, header, v.Env.Name, v.Env.Name)
	b.WriteString(functions)
	for _, f := range facts {
		f.write(&b)
	}
	b.WriteString("\nsummary\n")
	return []byte(b.String()), nil
}

// write the lines of a fact: what and why, the command, and the judgement.
func (f Fact) write(b *strings.Builder) {
	why := "else " + f.Breaks
	if f.Field != "" {
		why += "; field: " + f.Field
	}
	fmt.Fprintf(b, "\nfact %s \\\n  %s \\\n  %s\n", quote(f.ID), quote(f.Must), quote(why))
	if len(f.Show) == 0 {
		b.WriteString("person\n")
		return
	}
	if len(f.First) > 0 {
		fmt.Fprintf(b, "kubectl %s >\"$shown\" 2>>\"$said\" &&\n  first=$(cat \"$shown\") &&\n  ", line(f.First, ""))
	}
	fmt.Fprintf(b, "kubectl %s >\"$shown\" 2>>\"$said\" || failed\n", line(f.Show, "$first"))
	if f.Unsure != "" {
		fmt.Fprintf(b, "unsure=%s\n", f.Unsure)
	}
	fmt.Fprintln(b, strings.TrimSpace("judge "+f.Judge+" "+f.wanted()))
}

// wanted are the arguments of the judgement: one text for patterns, else words.
func (f Fact) wanted() string {
	words := strings.Fields(f.Want)
	if f.Judge == "matches" || f.Judge == "lacks" {
		words = []string{f.Want}
	}
	for i, word := range words {
		if f.Judge == "release" {
			word = strings.TrimPrefix(word, catalog.Major)
		}
		words[i] = quote(word)
	}
	return strings.Join(words, " ")
}
