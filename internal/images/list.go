// Package images lists the images of environments, and asks registries of them:
// for the lock file, and for what has moved since.
//
// In: environments' values, and someone who asks registries. Out: rows for people
// and programs, a lock, or findings at the environments' fields.
package images

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/whiskops/whiskops/internal/derived"
)

// Row is one image of one environment.
type Row struct {
	Environment string `json:"environment"`
	// Image is the reference before it is pinned.
	Image      string `json:"image"`
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
	// Digest is the environment's own, or the locked one; empty if there is none.
	Digest string `json:"digest,omitempty"`
	// Platforms are known of what is locked.
	Platforms []string `json:"platforms,omitempty"`
	// Components that run it, kinds of actions that run in it.
	Components []string `json:"components,omitempty"`
	Kinds      []string `json:"kinds,omitempty"`
	// Lockable: the tree names it. What users name themselves is not.
	Lockable bool `json:"lockable"`
}

// List is of all images of the environments, in their order.
func List(all []*derived.Values) []Row {
	rows := []Row{}
	for _, v := range all {
		for _, i := range v.Images() {
			r := Row{Environment: v.Env.Name, Image: i.Reference, Components: i.Components, Kinds: i.Kinds, Lockable: i.Lockable()}
			r.Repository, r.Tag, r.Digest = i.Parts()
			if l, ok := v.Env.Lock[i.Reference]; ok && r.Lockable {
				r.Digest, r.Platforms = l.Digest, l.Platforms
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// WriteText writes a table for each environment.
func WriteText(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, r := range rows {
		if i == 0 || rows[i-1].Environment != r.Environment {
			if i > 0 {
				fmt.Fprintln(t)
			}
			fmt.Fprintf(t, "%s\n", r.Environment)
		}
		fmt.Fprintf(t, "  %s:%s\t%s\t%s\t%s\n", r.Repository, r.Tag, r.digest(), strings.Join(r.Platforms, " "), r.users())
	}
	return t.Flush()
}

// digest is short, as docker shows it: enough to tell two apart.
func (r Row) digest() string {
	const most = len("sha256:") + 12
	switch {
	case !r.Lockable:
		return "not lockable"
	case r.Digest == "":
		return "by tag"
	}
	return r.Digest[:min(len(r.Digest), most)]
}

func (r Row) users() string {
	if !r.Lockable {
		return "images of users' own, which name it themselves"
	}
	return strings.Join(append(append([]string{}, r.Components...), r.Kinds...), ", ")
}
