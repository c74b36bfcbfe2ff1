package main

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/secret"
	"github.com/whiskops/whiskops/internal/sops"
)

func secretsRotate(s streams) *cobra.Command {
	k := &keeper{streams: s}
	stop := false
	cmd := &cobra.Command{
		Use:   "rotate ENVIRONMENT [SECRET/KEY]",
		Short: "Make one value anew, and say which workloads have to start anew",
		Long: `rotate changes one value, and leaves the others. SECRET is a field of secrets, such
as couchdb or redis, and KEY a key of it; of tenants, a namespace. Without them all
are listed. A password of a user of the databases gets a new name with it, so that
pods keep the old user until they have rolled. What sops encrypted is decrypted for
it by your sops with your key, through a pipe; what is sealed needs no key. A value
that pods may not have in two forms at once is refused, with what to do, unless
--stop says that you do so.`,
		Example: `  whiskops secrets rotate production couchdb/controller-password
  whiskops secrets rotate production subjects/guest`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			return k.one(args[0], func(root fs.FS, _ []environment.Environment, v *derived.Values) error {
				if len(args) == 1 {
					_, err := fmt.Fprintln(k.streams.out, strings.Join(keyNames(v), "\n"))
					return err
				}
				return k.rotate(root, v, args[1], stop)
			})
		},
	}
	k.flags(cmd)
	cmd.Flags().BoolVar(&k.stdin, "stdin", false, "take the value from standard input: SECRET/KEY=VALUE")
	cmd.Flags().BoolVar(&stop, "stop", false, "make a value that may not roll: all that reads it is stopped while it changes")
	return cmd
}

func (k *keeper) rotate(root fs.FS, v *derived.Values, name string, stop bool) error {
	s, key, err := keyNamed(v, name)
	if err != nil {
		return err
	}
	rolling := v.Rolling(s.Values[key])
	stop = stop && slices.ContainsFunc(rolling, func(r catalog.Rolling) bool { return r.Stop })
	for _, r := range rolling {
		if r.Stop && !stop {
			return fmt.Errorf("%s of %s may not roll: %s\n  help: %s. If you do so, `whiskops secrets rotate %s %s --stop` makes it", name, v.Env.Name, r.Because, r.Instead, v.Env.Name, name)
		}
	}
	fixed := fmt.Errorf("%s is the name of a user, and no secret\n  help: rotate its password", name)
	isFixed := secret.Form(s, key).Fixed != ""
	if !v.SecretFiles() {
		if isFixed {
			return fixed
		}
		k.rotateElsewhere(v, s, key)
		if v.Env.Secrets.Plain == nil && !stop {
			if err := k.rolls(v, s, key); err != nil {
				return err
			}
		}
		_, err := fmt.Fprint(k.streams.out, meanwhile(rolling))
		return err
	}
	given := map[string]string{}
	if k.stdin {
		if given, err = k.given(v); err != nil {
			return err
		}
	}
	have, err := secret.Read(root.(fs.ReadLinkFS), v)
	if err != nil {
		return err
	}
	if len(have.Findings) > 0 && !have.Mendable() {
		return secret.Findings(have.Findings)
	}
	if isFixed && have.Has(v, s.Name, key) {
		return fixed
	}
	maker, err := k.maker(root, v, given)
	if err != nil {
		return err
	}
	files, err := maker.Rotate(have, s, key)
	if err != nil {
		return err
	}
	if err := secret.Write(k.root, files); err != nil {
		return err
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(k.streams.out, "%s has a new %s\n", file, key)
	}
	if stop {
		fmt.Fprintf(k.streams.out, "next: commit it\n")
	} else if err := k.rolls(v, s, key); err != nil {
		return err
	}
	if login := s.Values[key].Login; login != "" {
		fmt.Fprintf(k.streams.out, "it is the password of a new user, whose name %s has: nobody is refused meanwhile; golden/%s/README.md says when the old one can go\n", login, v.Env.Name)
	}
	_, err = fmt.Fprint(k.streams.out, meanwhile(rolling))
	return err
}

// meanwhile are lines about what a new value does until all pods have it.
func meanwhile(all []catalog.Rolling) string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "meanwhile: %s\n  help: %s\n", r.Because, r.Instead)
	}
	return b.String()
}

// rolls says which workloads read the value when they start.
func (k *keeper) rolls(v *derived.Values, s derived.Secret, key string) error {
	workloads, path, next, err := secret.Rolls(v, s, key)
	if err != nil {
		return err
	}
	if len(workloads) == 0 {
		fmt.Fprintf(k.streams.out, "nothing has to start anew\nnext: commit it\n")
		return nil
	}
	fmt.Fprintf(k.streams.out, "next: write %s to environment %s, so that these start anew, and `whiskops generate`: %s\n",
		fieldWith(path, next), v.Env.Name, strings.Join(workloads, ", "))
	return nil
}

// fieldWith is a field and its value, as CUE has it.
func fieldWith(path string, n int64) string {
	return fmt.Sprintf("`%s: %d`", strings.ReplaceAll(path, ".", ": "), n)
}

// rotateElsewhere says how a value changes that no file has. Nothing of it comes
// into the arguments of a process: printf is the shell's own.
func (k *keeper) rotateElsewhere(v *derived.Values, s derived.Secret, key string) {
	source := v.Env.Secrets.Source.External
	switch {
	case v.Env.Secrets.Plain != nil:
		fmt.Fprintf(k.streams.out, "change it in secrets: plain of %s: what reads it rolls by itself\n", v.Env.Name)
		return
	case source != nil && !source.Generate:
		fmt.Fprintf(k.streams.out, "change the property %s of %s%s in the %s %s; the Secret follows within %s\n",
			key, source.Prefix, s.Name, source.Store.Kind, source.Store.Name, source.RefreshInterval)
		return
	}
	made := `"$(openssl rand -hex 24)"`
	if secret.Form(s, key).Subject {
		fmt.Fprintln(k.streams.out, `uuid() { openssl rand -hex 16 | sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/\1-\2-4\3-8\4-\5/'; }`)
		made = `"$(uuid):$(openssl rand -hex 32)"`
	}
	login := s.Values[key].Login
	if login != "" {
		// A new user: pods keep the old one until they have rolled.
		fmt.Fprintf(k.streams.out, "printf '{\"stringData\":{\"%s\":\"%s-%%s\",\"%s\":\"%%s\"}}' \"$(openssl rand -hex 3)\" %s |\n  kubectl -n %s patch secret %s --patch-file=/dev/stdin\n",
			login, s.Values[login].Fixed, key, made, v.Env.Namespace, s.Name)
		return
	}
	fmt.Fprintf(k.streams.out, "printf '{\"stringData\":{\"%s\":\"%%s\"}}' %s |\n  kubectl -n %s patch secret %s --patch-file=/dev/stdin\n", key, made, v.Env.Namespace, s.Name)
}

func secretsCheck(s streams) *cobra.Command {
	k := &keeper{streams: s}
	open := false
	cmd := &cobra.Command{
		Use:   "check [ENVIRONMENT]",
		Short: "Say what is wrong with the Secrets: missing, plain, for the wrong people, or soon not to be sealed",
		Long: `check looks at the Secrets of one environment or of all, and at the dates of
sealing certificates, which generate does not look at. --open decrypts what sops
encrypted, with your key, to see that nobody changed it.`,
		Example: `  whiskops secrets check
  whiskops secrets check production --open`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return k.check(args, open) },
	}
	k.flags(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "decrypt what sops encrypted, with your key, and show nothing of it")
	return cmd
}

func (k *keeper) check(args []string, open bool) error {
	if err := k.out.check(); err != nil {
		return err
	}
	k.chosen = args
	return k.with(k.out.watched(k.streams), &k.most, load, func(envs []environment.Environment, findings []finding.Finding) error {
		if finding.HasErrors(findings) {
			return k.out.print(k.streams, findings)
		}
		var all []finding.Finding
		var fine []string
		for i := range envs {
			found, what, err := k.checkOne(&envs[i], open)
			if err != nil {
				return err
			}
			all = append(all, found...)
			if !finding.HasErrors(found) {
				fine = append(fine, fmt.Sprintf("%s: %s", envs[i].Name, what))
			}
		}
		err := k.report(all)
		if k.out.form == "text" && len(fine) > 0 {
			fmt.Fprintln(k.streams.out, strings.Join(fine, "\n"))
		}
		return err
	})
}

// checkOne says what is wrong with an environment's Secrets, or what is right.
func (k *keeper) checkOne(env *environment.Environment, open bool) (found []finding.Finding, what string, err error) {
	v, err := derived.New(env)
	if err != nil {
		return nil, "", err
	}
	source := env.Secrets.Source
	switch {
	case env.Secrets.Plain != nil:
		return nil, "in plain text, in the environment", nil
	case source.External != nil:
		return nil, "made in the cluster by External Secrets", nil
	case !v.SecretFiles():
		return nil, "made by somebody else", nil
	}
	root, _, done := k.open()
	defer done()
	have, err := secret.Read(root.(fs.ReadLinkFS), &v)
	if err != nil {
		return nil, "", err
	}
	found = append(have.Findings, have.Missing...)
	if source.Sealed != nil {
		_, wrong := secret.Certificate(root, &v, time.Now())
		return append(found, wrong...), "sealed", nil
	}
	what = fmt.Sprintf("encrypted for %s", count(len(source.SOPS.Recipients), "recipient"))
	if !open {
		return found, what, nil
	}
	program, err := sops.Find(context.Background(), k.timeout)
	if err != nil {
		return append(found, secret.Refused(&v, err)...), "", nil
	}
	wrong, err := have.Open(context.Background(), program, &v)
	return append(found, wrong...), what + ", and all of it opens", err
}
