package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/starter"
)

func initCommand(s streams) *cobra.Command {
	ci, preCommit := "github", false
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Write a repository to start from",
		Long: `init writes two environments with comments, a README, .gitattributes and CI
into DIR, which it makes if need be. It replaces no file: if one is there with
other content, it names it and writes nothing, but for a README, .gitattributes,
.gitlab-ci.yml and .pre-commit-config.yaml: yours stay, and it says what to add.

Where there are environments already, --ci and --pre-commit write their file
alone.`,
		Example: `  whiskops init platform
  whiskops init --ci gitlab --pre-commit platform
  whiskops init .`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			offers, err := offersOf(ci, preCommit)
			if err != nil {
				return err
			}
			dir, put, next := from(s.dir, args[0]), starter.Write, initNext(args[0])
			asked := cmd.Flags().Changed("ci")
			if (asked || preCommit) && starter.Begun(dir) {
				put, next = starter.Add, ""
				if !asked {
					offers = []string{starter.PreCommit}
				}
			}
			written, kept, err := put(dir, offers...)
			if there := (*starter.InTheWay)(nil); errors.As(err, &there) {
				return fmt.Errorf("%w\n  help: move it away, or choose another directory", err)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(s.out, initSummary(args[0], written, kept)+initElsewhere(dir, written)+next)
			return err
		},
	}
	cmd.Flags().StringVar(&ci, "ci", ci, "CI that is written: github, gitlab or none")
	cmd.Flags().BoolVar(&preCommit, "pre-commit", false, "write a hook for pre-commit.com")
	return cmd
}

// offersOf are the files that flags ask for.
func offersOf(ci string, preCommit bool) (offers []string, err error) {
	switch ci {
	case "github":
		offers = append(offers, starter.GitHub)
	case "gitlab":
		offers = append(offers, starter.GitLab)
	case "none":
	default:
		return nil, fmt.Errorf("--ci %q: write github, gitlab or none", ci)
	}
	if preCommit {
		offers = append(offers, starter.PreCommit)
	}
	return offers, nil
}

// initSummary says what was written, and what was left.
func initSummary(dir string, written []string, kept []starter.Kept) string {
	var b strings.Builder
	if len(written) == 0 {
		fmt.Fprintf(&b, "nothing to do: all files are in %s\n", dir)
	} else {
		fmt.Fprintf(&b, "wrote %s to %s:\n", count(len(written), "file"), dir)
		for _, name := range written {
			fmt.Fprintf(&b, "  %s\n", name)
		}
	}
	for _, k := range kept {
		fmt.Fprintf(&b, "left as it is: %s\n", k.File)
		if len(k.Lines) > 0 {
			fmt.Fprintf(&b, "  add these lines%s:\n", k.Why)
		}
		for _, line := range k.Lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	return b.String()
}

// initElsewhere says which of the files that were written nobody reads where they are:
// forges and pre-commit read them at the top of a repository alone.
func initElsewhere(dir string, written []string) string {
	written = slices.DeleteFunc(slices.Clone(written), func(name string) bool {
		return name != starter.GitHub && name != starter.GitLab && name != starter.PreCommit
	})
	at := filepath.Dir(dir)
	top := repositoryOf(at, at)
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || len(written) == 0 {
		return ""
	}
	if _, err := os.Lstat(filepath.Join(top, ".git")); err != nil {
		return ""
	}
	folder, err := filepath.Rel(top, dir)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("read at the top of a git repository alone, which is %s: move there, and write %s for FOLDER as the comments say\n  %s\n",
		top, quoted(filepath.ToSlash(folder)), strings.Join(written, "\n  "))
}

// initNext says what to do when all of it is there.
func initNext(dir string) string {
	root := ""
	if dir != "." {
		root = " --root " + quoted(dir)
	}
	return fmt.Sprintf("next, when environments/production.cue is as you want it:\n  whiskops validate%s\n  whiskops generate%s\n", root, root)
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+@", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
