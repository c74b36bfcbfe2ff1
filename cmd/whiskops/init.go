package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/starter"
)

func initCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Write a repository to start from",
		Long: `init writes two environments with comments, a README, .gitattributes and an
example of CI into DIR, which it makes if need be. It replaces no file: if one
is there with other content, it names it and writes nothing, but for a README
and .gitattributes: yours stay, and it says what to add.`,
		Example: `  whiskops init platform
  whiskops init .`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			written, kept, err := starter.Write(from(s.dir, args[0]))
			if there := (*starter.InTheWay)(nil); errors.As(err, &there) {
				return fmt.Errorf("%w\n  help: move it away, or choose another directory", err)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(s.out, initSummary(args[0], written, kept))
			return err
		},
	}
}

// initSummary says what was written, and what to do next.
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
			fmt.Fprintf(&b, "  add these lines, without which git may change line ends, and branches conflict:\n")
		}
		for _, line := range k.Lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	root := ""
	if dir != "." {
		root = " --root " + quoted(dir)
	}
	fmt.Fprintf(&b, "next, when environments/production.cue is as you want it:\n  whiskops validate%s\n  whiskops generate%s\n", root, root)
	return b.String()
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
