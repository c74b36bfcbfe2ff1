package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/guide"
	"github.com/whiskops/whiskops/internal/secret"
)

func secretsCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secrets",
		Short: "Make, change and check an environment's Secrets, which are never plain on the disk",
		Long: `secrets fills clusters/<environment>/secrets/, where secrets: source: is sops or
sealed. Values are random, and are encrypted before they are written: whiskops
shows none, and hands none to anyone but sops, through a pipe. Where the Secrets
come from elsewhere, it says what to do there.`,
		Example: `  whiskops secrets create production
  whiskops secrets rotate production couchdb/controller-password
  whiskops secrets check`,
		Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(secretsCreate(s), secretsRotate(s), secretsCheck(s))
	return cmd
}

// keeper is one run of a command about Secrets.
type keeper struct {
	streams
	place
	most    limits
	out     printer
	timeout time.Duration
	stdin   bool
}

func (k *keeper) flags(cmd *cobra.Command) {
	k.place.flags(cmd)
	k.out.flags(cmd)
	k.most.flags(cmd)
	cmd.Flags().DurationVar(&k.timeout, "sops-timeout", time.Minute, "how long each run of sops may take")
	cmd.ValidArgsFunction = k.names(k.streams)
}

// one runs do with an environment that nothing is wrong with, and all that can be
// read.
func (k *keeper) one(name string, do func(root fs.FS, envs []environment.Environment, v *derived.Values) error) error {
	if err := k.out.check(); err != nil {
		return err
	}
	k.chosen = choice{name}
	return k.with(k.out.watched(k.streams), &k.most, load, func(envs []environment.Environment, findings []finding.Finding) error {
		if finding.HasErrors(findings) {
			return k.out.print(k.streams, findings)
		}
		v, err := derived.New(&envs[0])
		if err != nil {
			return err
		}
		root, _, done := k.open()
		defer done()
		err = do(root, k.all, &v)
		if found := (secret.Findings)(nil); errors.As(err, &found) {
			return k.report(found)
		}
		return err
	})
}

// report prints findings about files below the root, and others.
func (k *keeper) report(found []finding.Finding) error {
	found = slices.Clone(found)
	for i, f := range found {
		if f.File != "" && !path.IsAbs(f.File) {
			found[i] = below(k.root, f)
		}
	}
	return k.out.print(k.streams, finding.Sort(found))
}

// maker of files, with all that it makes hidden from now on.
func (k *keeper) maker(root fs.FS, v *derived.Values, given map[string]string) (*secret.Maker, error) {
	return secret.NewMaker(context.Background(), root, v, secret.Options{
		Given: given, Hide: k.secrets.Add, Timeout: k.timeout, Now: time.Now(),
	})
}

func secretsCreate(s streams) *cobra.Command {
	k := &keeper{streams: s}
	force := false
	cmd := &cobra.Command{
		Use:   "create ENVIRONMENT",
		Short: "Make the Secrets that are not there, encrypted",
		Long: `create makes each Secret that the installation expects and that is not in
clusters/<environment>/secrets/ yet, with random values. What is there stays,
unless --force says that all is to be made anew: then everything that has one of
the old values has to get the new one.`,
		Example: `  whiskops secrets create production
  vault-export | whiskops secrets create production --stdin   # lines: couchdb/password=...`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return k.one(args[0], func(root fs.FS, envs []environment.Environment, v *derived.Values) error {
				return k.create(root, envs, v, force)
			})
		},
	}
	k.flags(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "make all anew, whatever is there")
	cmd.Flags().BoolVar(&k.stdin, "stdin", false, "take values from standard input, a line each: SECRET/KEY=VALUE")
	return cmd
}

func (k *keeper) create(root fs.FS, envs []environment.Environment, v *derived.Values, force bool) error {
	if !v.SecretFiles() {
		return k.elsewhere(v)
	}
	given := map[string]string{}
	if k.stdin {
		var err error
		if given, err = k.given(v); err != nil {
			return err
		}
	}
	have, err := secret.Read(root.(fs.ReadLinkFS), v)
	if err != nil {
		return err
	}
	if len(have.Findings) > 0 && !force {
		return secret.Findings(have.Findings)
	}
	maker, err := k.maker(root, v, given)
	if err != nil {
		return err
	}
	files, err := maker.Create(have, force)
	if err != nil {
		return err
	}
	made := slices.Sorted(maps.Keys(files))
	var add []string
	unlisted := have.Unlisted(made)
	if name, text := secret.Listing(v, files); !have.Exists {
		files[name] = text
	} else if with, extended, ok := have.Extended(v, files); len(unlisted) > 0 && ok {
		files[with] = extended
	} else if len(unlisted) > 0 {
		add = append(add, fmt.Sprintf("add to resources of %s: %s", name, strings.Join(unlisted, ", ")))
	}
	if v.Env.Secrets.Source.SOPS != nil {
		line, err := sopsRules(root, envs, v, files)
		if err != nil {
			return err
		}
		add = append(add, line...)
	}
	if err := secret.Write(k.root, files); err != nil {
		return err
	}
	k.made(v, made, add)
	return nil
}

// sopsRules adds .sops.yaml to files, or says what the user's own lacks.
func sopsRules(root fs.FS, envs []environment.Environment, v *derived.Values, files map[string][]byte) (add []string, err error) {
	text, err := fs.ReadFile(root, secret.RulesFile)
	if errors.Is(err, fs.ErrNotExist) {
		files[secret.RulesFile] = secret.Rules(envs)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", secret.RulesFile, err)
	}
	if lacks := secret.Lacks(text, v.Env); lacks != "" {
		return []string{fmt.Sprintf("%s is as it was; for whoever runs sops by hand, add to its creation_rules, before what matches too:\n%s", secret.RulesFile, strings.TrimRight(lacks, "\n"))}, nil
	}
	return nil, nil
}

// made says what was written, and what is next.
func (k *keeper) made(v *derived.Values, made, add []string) {
	if len(made) == 0 {
		fmt.Fprintf(k.streams.out, "nothing to do: all Secrets of %s are there\n", v.Env.Name)
	}
	for _, name := range made {
		fmt.Fprintf(k.streams.out, "made %s\n", name)
	}
	for _, line := range add {
		fmt.Fprintln(k.streams.out, line)
	}
	if len(made) > 0 {
		fmt.Fprintf(k.streams.out, "next: `whiskops generate`, and commit all of it\n")
	}
}

// elsewhere says what to do where no file is made.
func (k *keeper) elsewhere(v *derived.Values) error {
	if v.Env.Secrets.Plain != nil {
		fmt.Fprintf(k.streams.out, "nothing to do: the values of %s stand in secrets: plain\n", v.Env.Name)
		return nil
	}
	_, err := k.streams.out.Write(guide.Secrets(*v))
	return err
}

// mostGiven is how much of standard input is read, in bytes.
const mostGiven = 64 << 10

// given are values from standard input, by <field>/<key>. No error shows one.
func (k *keeper) given(v *derived.Values) (map[string]string, error) {
	text, err := io.ReadAll(io.LimitReader(k.in, mostGiven+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(text) > mostGiven {
		return nil, fmt.Errorf("standard input has more than %d bytes, which are no passwords", mostGiven)
	}
	all := map[string]string{}
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		name, value, found := strings.Cut(strings.TrimSuffix(string(line), "\r"), "=")
		if !found {
			return nil, fmt.Errorf("line %d of standard input is not SECRET/KEY=VALUE", i+1)
		}
		k.secrets.Add(value)
		s, key, err := keyNamed(v, name)
		if err != nil {
			return nil, fmt.Errorf("line %d of standard input: %w", i+1, err)
		}
		if !secret.Takes(secret.Form(s, key), value) {
			return nil, fmt.Errorf("line %d of standard input: the value of %s has not the form that OpenWhisk reads\n  help: see `whiskops explain secrets.plain`", i+1, name)
		}
		all[name] = value
	}
	return all, nil
}

// keyNamed is a key of a Secret by its name: couchdb/password.
func keyNamed(v *derived.Values, name string) (derived.Secret, string, error) {
	field, key, _ := strings.Cut(name, "/")
	for _, s := range v.Secrets() {
		if _, ok := s.Values[key]; s.Field == field && key != "" && (ok || s.Open && subjectName(key)) {
			return s, key, nil
		}
	}
	known, tenants := keyNames(v), ""
	if len(v.Env.Tenants) > 0 { // who may be a thousand
		known = slices.DeleteFunc(known, func(k string) bool { return strings.HasPrefix(k, "tenants/") })
		tenants = ", or tenants/ with a namespace of one"
	}
	return derived.Secret{}, "", fmt.Errorf("there is no %q\n  help: write one of %s%s", name, strings.Join(known, ", "), tenants)
}

// keyNames are those of all values that are made.
func keyNames(v *derived.Values) []string {
	var known []string
	for _, s := range v.Secrets() {
		for k, form := range s.Values {
			if form.Fixed == "" {
				known = append(known, s.Field+"/"+k)
			}
		}
	}
	slices.Sort(known)
	return known
}

// subjectName tells whether a text can be a key of a Secret.
func subjectName(text string) bool {
	return len(text) <= 253 && !strings.HasPrefix(text, ".") && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r))
	}) < 0
}
