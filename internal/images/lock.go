package images

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/registry"
)

// Registries tell what a reference is. An error that is a *registry.Refusal is
// the user's to mend.
type Registries interface {
	// Look tells the digest and the platforms of a reference.
	Look(ctx context.Context, reference string) (environment.Locked, error)
	// Digest tells the digest alone.
	Digest(ctx context.Context, reference string) (string, error)
}

// atOnce is how many images are asked for at a time: registries count.
const atOnce = 6

// wanted is an image that can be locked, and the field that first asks for it.
type wanted struct {
	reference string
	at        finding.Position
	path      string
}

// wants are the images that can be locked, each once, in order.
func wants(all []*derived.Values) []wanted {
	by := map[string]wanted{}
	for _, v := range all {
		for _, i := range v.Images() {
			if _, ok := by[i.Reference]; ok || !i.Lockable() {
				continue
			}
			field := "runtimes"
			if i.Name != "" {
				field = environment.JoinPath("images", i.Name)
			}
			if m := v.Env.Mirror; m != "" && strings.HasPrefix(i.Reference, m+"/") {
				field = "mirror"
			}
			by[i.Reference] = wanted{i.Reference, v.Env.Source.Position(field), environment.JoinPath(v.Env.Name) + "." + field}
		}
	}
	var list []wanted
	for _, reference := range slices.Sorted(maps.Keys(by)) {
		list = append(list, by[reference])
	}
	return list
}

// Lock asks what all images are now. With a finding there is no lock.
func Lock(ctx context.Context, all []*derived.Values, r Registries) (environment.Lock, []finding.Finding) {
	list := wants(all)
	answers := ask(list, func(w wanted) (environment.Locked, error) { return r.Look(ctx, w.reference) })
	lock := environment.Lock{}
	var found []finding.Finding
	for i, w := range list {
		if err := answers[i].err; err != nil {
			found = append(found, refused(w, err))
			continue
		}
		lock[w.reference] = answers[i].value
	}
	if len(found) > 0 {
		return nil, finding.Sort(found)
	}
	return lock, nil
}

// Check says how the lock of the environments differs from what registries say
// now; file is where the lock file is.
func Check(ctx context.Context, all []*derived.Values, r Registries, lock environment.Lock, file string) []finding.Finding {
	list := wants(all)
	answers := ask(list, func(w wanted) (finding.Finding, error) { return check(ctx, w, r, lock, file) })
	var found []finding.Finding
	used := map[string]bool{}
	for i, w := range list {
		used[w.reference] = true
		switch a := answers[i]; {
		case a.err != nil:
			found = append(found, refused(w, a.err))
		case a.value != finding.Finding{}:
			found = append(found, a.value)
		}
	}
	for reference := range lock {
		if !used[reference] {
			f := about(file, codeMoved, fmt.Sprintf("%q is locked, and no environment runs it", reference), "run `whiskops images lock`, which leaves it out")
			f.Severity = finding.Warning
			found = append(found, f)
		}
	}
	return finding.Sort(found)
}

// check compares one image with its entry.
func check(ctx context.Context, w wanted, r Registries, lock environment.Lock, file string) (finding.Finding, error) {
	entry, locked := lock[w.reference]
	is, err := r.Digest(ctx, w.reference)
	switch {
	case !locked && err == nil:
		return about(file, codeMoved, fmt.Sprintf("%q is not locked", w.reference), "run `whiskops images lock`"), nil
	case !locked || err != nil && !gone(err):
		return finding.Finding{}, err
	case is == entry.Digest:
		return finding.Finding{}, nil
	}
	now, help := "the tag has gone from its registry", "what is locked can still be pulled, as long as the registry keeps it; name a tag that is there"
	if err == nil {
		now, help = "it is "+is+" now", "what is locked can still be pulled; `whiskops images lock` takes the new one"
	}
	repository, _, pinned := strings.Cut(w.reference, "@")
	if !pinned {
		repository, _, _ = derived.Image{Reference: w.reference}.Parts()
	}
	_, err = r.Digest(ctx, repository+"@"+entry.Digest)
	switch {
	case gone(err):
		return about(file, codeGone, fmt.Sprintf("%q is locked to %s, which has gone: no pod that starts can pull it; %s", w.reference, entry.Digest, now),
			"run `whiskops images lock` and `whiskops generate`, or name an image under images that is there"), nil
	case err != nil:
		return finding.Finding{}, err
	}
	return about(file, codeMoved, fmt.Sprintf("%q is locked to %s, and %s", w.reference, entry.Digest, now), help), nil
}

// gone tells whether a registry says that there is no such thing.
func gone(err error) bool {
	var r *registry.Refusal
	return errors.As(err, &r) && r.Gone
}

func about(file, code, message, help string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Position: finding.Position{File: file}, Message: message, Help: help}
}

// refused is the finding at the field that asks for the image.
func refused(w wanted, err error) finding.Finding {
	f := finding.Finding{Code: codeRefused, Severity: finding.Error, Position: w.at, Path: w.path, Message: err.Error()}
	var r *registry.Refusal
	if errors.As(err, &r) {
		f.Help = r.Help
		if r.Gone {
			f.Code = codeGone
		}
	}
	return f
}

type answer[T any] struct {
	value T
	err   error
}

// ask about all, some at a time; the answers are in the order of the list.
func ask[T any](list []wanted, about func(wanted) (T, error)) []answer[T] {
	answers := make([]answer[T], len(list))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, w := range list {
		g.Go(func() error {
			answers[i].value, answers[i].err = about(w)
			return nil // each keeps its own
		})
	}
	_ = g.Wait()
	return answers
}
