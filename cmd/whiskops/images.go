package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/images"
	"github.com/whiskops/whiskops/internal/lockfile"
	"github.com/whiskops/whiskops/internal/registry"
)

func imagesCommand(s streams) *cobra.Command {
	var at place
	var out printer
	var most limits
	cmd := &cobra.Command{
		Use:   "images [ENVIRONMENT...]",
		Short: "List the images of environments, and lock them by digest",
		Long: `images lists every image that environments run: those of all containers, and
those in which actions run, with the digest and the platforms that are locked.
What overlays/<environment>/custom/ adds is yours, and not in the list.`,
		Example: `  whiskops images
  whiskops images production --output json
  whiskops images lock          # asks the registries, and writes images.lock.yaml
  whiskops images lock --check  # says what has moved since`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			at.chosen.take(args)
			return at.with(out.watched(s), &most, read, func(envs []environment.Environment, findings []finding.Finding) error {
				lock, wrong, failed := at.lock()
				if failed != nil {
					return failed
				}
				if findings = append(findings, wrong...); finding.HasErrors(findings) {
					return out.print(s, findings)
				}
				values, err := valuesOf(envs, lock)
				if err != nil {
					return err
				}
				if out.form == "json" {
					return writeJSON(s.out, images.List(values))
				}
				return images.WriteText(s.out, images.List(values))
			})
		},
	}
	cmd.ValidArgsFunction = at.manyNames(s)
	at.flags(cmd)
	out.flags(cmd)
	most.flags(cmd)
	cmd.Flag("output").Usage = "form of the answer: text or json"
	cmd.AddCommand(lockCommand(s))
	return cmd
}

// lock reads the lock file of the repository.
func (p *place) lock() (environment.Lock, []finding.Finding, error) {
	root, done := inside(p.root)
	defer done()
	return lockfile.Load(root, p.root)
}

func valuesOf(envs []environment.Environment, lock environment.Lock) ([]*derived.Values, error) {
	var all []*derived.Values
	for i := range envs {
		envs[i].Lock = lock
		v, err := derived.New(&envs[i])
		if err != nil {
			return nil, err
		}
		all = append(all, &v)
	}
	return all, nil
}

// asking is how registries are asked: flags that several commands share.
type asking struct {
	patience time.Duration
	insecure bool
}

func (a *asking) flags(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&a.patience, "patience", 30*time.Second, "how long a registry may take over one image, with all tries")
	cmd.Flags().BoolVar(&a.insecure, "insecure", false, "allow plain HTTP to a registry on another machine")
}

func (a *asking) client() (registry.Client, error) {
	if a.patience <= 0 {
		return registry.Client{}, fmt.Errorf("--patience %s: write a time above zero", a.patience)
	}
	return registry.Client{Patience: a.patience, Insecure: a.insecure}, nil
}

func lockCommand(s streams) *cobra.Command {
	var at place
	var out printer
	var most limits
	var ask asking
	check := false
	cmd := &cobra.Command{
		Use:   "lock",
		Short: "Write images.lock.yaml: what each image is by digest",
		Long: `lock asks the registries what the images of all environments are now, as the
user of docker's configuration or as nobody, and writes images.lock.yaml at the
root of the repository: all of it or nothing. The next generate pins the images
by it. Images that users name for their own actions cannot be locked.`,
		Example: `  whiskops images lock && whiskops generate
  whiskops images lock --check  # writes nothing; exit code 1 if anything moved`,
		Args: allOfThem,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.check(); err != nil {
				return err
			}
			client, err := ask.client()
			if err != nil {
				return err
			}
			// What rules say may follow from the lock that is to be replaced.
			return at.with(out.watched(s), &most, read, func(envs []environment.Environment, findings []finding.Finding) error {
				if finding.HasErrors(findings) {
					return out.print(s, findings)
				}
				values, err := valuesOf(envs, nil)
				if err != nil {
					return err
				}
				if check {
					return checkLock(cmd.Context(), s, &at, out, values, client)
				}
				return writeLock(cmd.Context(), s, &at, out, values, client)
			})
		},
	}
	at.flags(cmd)
	out.flags(cmd)
	most.flags(cmd)
	ask.flags(cmd)
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; say what has moved or gone, and exit with 1 if anything has")
	return cmd
}

func checkLock(ctx context.Context, s streams, at *place, out printer, values []*derived.Values, r images.Registries) error {
	lock, wrong, err := at.lock()
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		wrong = images.Check(ctx, values, r, lock, filepath.Join(at.root, environment.LockFile))
	}
	if err := out.print(s, s.secrets.Seal(wrong)); err != nil {
		return err
	}
	if out.form == "text" {
		fmt.Fprintf(s.out, "%s as locked\n", count(len(lock), "image"))
	}
	return nil
}

func writeLock(ctx context.Context, s streams, at *place, out printer, values []*derived.Values, r images.Registries) error {
	lock, found := images.Lock(ctx, values, r)
	if len(found) > 0 {
		return out.print(s, s.secrets.Seal(found))
	}
	// One that cannot be read is replaced as well.
	before, _, err := at.lock()
	if err != nil {
		return err
	}
	changed, err := lockfile.Write(at.root, lock)
	if err != nil {
		return err
	}
	if out.form == "json" {
		return out.print(s, nil)
	}
	if !changed {
		_, err = fmt.Fprintf(s.out, "%s as locked\n", count(len(lock), "image"))
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s locked, %d of them anew\n", count(len(lock), "image"), anew(before, lock))
	return err
}

// anew counts the images that are locked otherwise than before.
func anew(before, after environment.Lock) int {
	n := 0
	for reference, l := range after {
		if b := before[reference]; b.Digest != l.Digest || !slices.Equal(b.Platforms, l.Platforms) {
			n++
		}
	}
	return n
}
