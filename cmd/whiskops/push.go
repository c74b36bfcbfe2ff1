package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/artifact"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/record"
	"github.com/whiskops/whiskops/internal/registry"
	"github.com/whiskops/whiskops/internal/render"
)

func pushCommand(s streams) *cobra.Command {
	p := push{generation: generation{version: built(), check: true, secrets: s.secrets, notify: func(string) {}}}
	cmd := &cobra.Command{
		Use:   "push ENVIRONMENT oci://HOST/REPOSITORY[:TAG]",
		Short: "Give an environment's tree to a registry, for Flux's OCIRepository",
		Long: `push makes an artifact of what the build of an environment reads: base, its
overlay with what custom/ refers to, and clusters/<environment>/flux. Paths in it
are those of the repository. What is on the disk of them must be as generate writes it.

The same tree is the same digest: there is no time in it.`,
		Example: `  whiskops push production oci://registry.example.com/platform:production
  whiskops push ci oci://localhost:5000/platform:ci --revision "$(git rev-parse HEAD)"`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return p.do(cmd.Context(), s, args[0], args[1]) },
	}
	cmd.ValidArgsFunction = p.names(s)
	p.place.flags(cmd)
	p.out.flags(cmd)
	p.most.flags(cmd)
	p.ask.flags(cmd)
	cmd.Flags().StringVar(&p.origin.Source, "source", "", "address of the repository that the tree is from, as an annotation")
	cmd.Flags().StringVar(&p.origin.Revision, "revision", "", "what the repository is at, as an annotation")
	return cmd
}

// push is one run of it.
type push struct {
	generation
	out    printer
	most   limits
	ask    asking
	origin artifact.Origin
}

func (p *push) do(ctx context.Context, s streams, name, address string) error {
	to, err := artifact.ParseAddress(address)
	if err == nil {
		err = errors.Join(p.out.check(), p.origin.Check())
	}
	if err != nil {
		return err
	}
	client, err := p.ask.client()
	if err != nil {
		return err
	}
	p.resolve(s)
	watch, ended, err := p.most.watch(s)
	if err != nil {
		return err
	}
	defer ended()
	p.watch = watch
	files, found, err := p.content(name, to)
	if err != nil || finding.HasErrors(found) {
		return errors.Join(err, p.out.print(s, found))
	}
	image, err := artifact.Of(files, p.origin)
	if err != nil {
		return err
	}
	digest, err := image.Digest()
	if err != nil {
		return fmt.Errorf("describe the artifact: %w", err)
	}
	var refusal *registry.Refusal
	if err := client.Push(ctx, to.Reference, image); errors.As(err, &refusal) {
		found = append(found, finding.Finding{Code: artifact.CodePush, Severity: finding.Error,
			Position: finding.Position{File: filepath.Join(p.root, render.OverlayFolder, name)}, Message: refusal.Message, Help: refusal.Help})
		return p.out.print(s, s.secrets.Seal(found))
	} else if err != nil {
		return err
	}
	if p.out.form == "json" {
		return writeJSON(s.out, pushed{Address: "oci://" + to.Reference, Digest: digest.String(), Files: len(files)})
	}
	if err := p.out.print(s, found); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "pushed %s to oci://%s\n%s\n", count(len(files), "file"), to.Reference, digest)
	return err
}

// pushed is what was done, for programs.
type pushed struct {
	Address string `json:"address"`
	Digest  string `json:"digest"`
	Files   int    `json:"files"`
}

// content of the artifact, if what the environment has is as generate writes it.
func (p *push) content(name string, to artifact.Address) (map[string][]byte, []finding.Finding, error) {
	root, environments, done := p.open()
	defer done()
	p.chosen = choice{name}
	made, _, err := p.full(record.NewInputs(map[string]fs.FS{"root": root, "environments": environments, "packages": root}), root)
	if err != nil || finding.HasErrors(made.findings) {
		return nil, made.findings, err
	}
	env := &made.envs[0]
	if env.Secrets.Plain != nil && !to.Local() {
		return nil, append(made.findings, finding.Finding{Code: artifact.CodePlain, Severity: finding.Error,
			Position: env.Source.Position("secrets.plain"), Path: environment.JoinPath(name) + ".secrets.plain",
			Message: fmt.Sprintf("secrets.plain is in the tree, and everyone who may pull from %s could read it", to.Host),
			Help:    "push it to a registry on this machine, or leave secrets.plain out"}), nil
	}
	files, found, err := artifact.Content(root, *env)
	for i := range found {
		found[i] = below(p.root, found[i])
	}
	return files, append(made.findings, found...), err
}
