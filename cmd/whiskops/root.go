package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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
	cmd.AddCommand(generateCommand(s), validateCommand(s), diffCommand(s), verifyCommand(s), buildCommand(s), planCommand(s), initCommand(s),
		explainCommand(s), schemaCommand(s), showCommand(s), preflightCommand(s), secretsCommand(s), imagesCommand(s), pushCommand(s), fnCommand(s), versionCommand(s))
	return cmd
}

// place is where a repository is: flags that several commands share.
type place struct {
	root         string
	environments string
	// top is how far the root was looked for; empty where it was named.
	top string
	// chosen are the environments that the command is about.
	chosen choice
	// rest is what was read.
	rest
}

func (p *place) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&p.root, "root", "C", "", "directory of the repository (default: the nearest upwards that has environments)")
	_ = cmd.MarkFlagDirname("root") // the flag is there
	cmd.Flags().StringVar(&p.environments, "environments", "environments", "directory of the environments, from the root")
}

// resolve makes both paths absolute.
func (p *place) resolve(s streams) {
	if p.root == "" {
		p.root, p.top = search(s.dir, p.environments)
	}
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

// forms of what is printed.
var forms = [...]string{"text", "json"}

// printer prints findings in the form that was asked for.
type printer struct {
	form   string
	strict bool // warnings count as errors
}

func (p *printer) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&p.form, "output", "o", "text", "form of the findings: text or json")
	// The flag is there, and has no other completion: that is all that can fail.
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(forms[:], cobra.ShellCompDirectiveNoFileComp))
}

// strictFlag is for commands that judge environments.
func (p *printer) strictFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.strict, "strict", false, "warnings count as errors, but for those that the environment acknowledges")
}

// check refuses a form that there is not.
func (p *printer) check() error {
	if !slices.Contains(forms[:], p.form) {
		return didYouMean(fmt.Sprintf("--output %q: write text or json", p.form), "", p.form, forms[:])
	}
	return nil
}

// watched are the streams of a run that shows how far it is, if what it prints is
// for people.
func (p *printer) watched(s streams) streams {
	s.attended = s.attended && p.form == "text"
	return s
}

// mostFiles of one kind of finding are shown to people.
const mostFiles = 50

// print prints findings: JSON on the standard output, for machines; text on
// standard error, for people, with a last line that counts them. It returns
// errFindings if one stops the work.
func (p *printer) print(s streams, fs []finding.Finding) error {
	options := finding.Options{Dir: s.dir, Read: os.ReadFile, Secrets: s.secrets, Most: mostFiles}
	write, to := finding.WriteText, io.Writer(s.err)
	if p.form == "json" {
		write, to = finding.WriteJSON, s.out
	}
	if err := write(to, fs, options); err != nil {
		return fmt.Errorf("print findings: %w", err)
	}
	if p.form == "text" {
		fmt.Fprint(s.err, finding.Total(fs))
	}
	if finding.Stops(fs, p.strict) {
		return errFindings
	}
	return nil
}
