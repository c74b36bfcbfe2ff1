package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/finding"
)

func rootCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "whiskops",
		Short: "Generate and prove Kustomize trees for Apache OpenWhisk",
		Long: `whiskops reads environments written in CUE and generates Kustomize bases and
overlays from them. An overlay is written only if it builds exactly what the
environment asks for.

Exit codes: 0 fine; 1 findings or drift; 2 wrong use, or a fault of the machine.`,
		Example: `  whiskops init platform        # a repository to start from
  whiskops generate             # environments/ -> base/ overlays/ golden/
  whiskops generate --check     # fails if the tree is not what it should be
  whiskops validate             # findings alone
  whiskops verify FOLDER        # findings about any tree of Kubernetes objects`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       built().String(),
		Args:          unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetVersionTemplate("whiskops {{.Version}}\n")
	cmd.SetFlagErrorFunc(unknownFlag)
	cmd.AddCommand(generateCommand(s), validateCommand(s), verifyCommand(s), planCommand(s), initCommand(s),
		explainCommand(s), schemaCommand(s), showCommand(s), secretsCommand(s), imagesCommand(s), pushCommand(s), fnCommand(s), versionCommand(s))
	return cmd
}

// place is where a repository is: flags that several commands share.
type place struct {
	root         string
	environments string
}

func (p *place) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&p.root, "root", "C", ".", "directory of the repository")
	cmd.Flags().StringVar(&p.environments, "environments", "environments", "directory of the environments, from the root")
}

// resolve makes both paths absolute.
func (p *place) resolve(s streams) {
	p.root = from(s.dir, p.root)
	p.environments = from(p.root, p.environments)
}

// open opens both directories. No link in them leads out of the repository, or
// out of the environments' directory where that is elsewhere: what is read is
// shown where it is wrong, and whoever makes a stranger's branch has more on the
// disk than that.
func (p *place) open() (root, environments fs.FS, done func()) {
	root, done = inside(p.root)
	if rel, err := filepath.Rel(p.root, p.environments); err == nil && filepath.IsLocal(rel) {
		// A local path is valid.
		environments, _ = fs.Sub(root, filepath.ToSlash(rel))
		return root, environments, done
	}
	environments, closed := inside(p.environments)
	return root, environments, func() { closed(); done() }
}

// inside is what is below a directory, which no link leads out of. One that
// cannot be opened says so to whoever reads.
func inside(dir string) (files fs.FS, done func()) {
	r, err := os.OpenRoot(dir)
	if err != nil {
		return os.DirFS(dir), func() {}
	}
	return r.FS(), func() { r.Close() }
}

func from(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// printer prints findings in the form that was asked for.
type printer struct{ form string }

func (p *printer) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&p.form, "output", "o", "text", "form of the findings: text or json")
}

// check refuses a form that there is not.
func (p *printer) check() error {
	if p.form != "text" && p.form != "json" {
		return fmt.Errorf("--output %q: write text or json", p.form)
	}
	return nil
}

// mostFiles of one kind of finding are shown to people.
const mostFiles = 50

// print prints findings: JSON on the standard output, for machines; text on
// standard error, for people. It returns errFindings if one stops the work.
func (p *printer) print(s streams, fs []finding.Finding) error {
	options := finding.Options{Dir: s.dir, Read: os.ReadFile, Secrets: s.secrets, Most: mostFiles}
	write, to := finding.WriteText, io.Writer(s.err)
	if p.form == "json" {
		write, to = finding.WriteJSON, s.out
	}
	if err := write(to, fs, options); err != nil {
		return fmt.Errorf("print findings: %w", err)
	}
	if finding.HasErrors(fs) {
		return errFindings
	}
	return nil
}
