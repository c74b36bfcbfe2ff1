package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	nearest "github.com/whiskops/whiskops/internal/place"
)

// unknownCommand refuses what is no command, and guesses which one was meant.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	return didYouMean(fmt.Sprintf("unknown command %q for %q", args[0], cmd.Name()), "", args[0], known)
}

// unknownFlag guesses which flag was meant by one that there is not.
func unknownFlag(cmd *cobra.Command, err error) error {
	unknown := (*pflag.NotExistError)(nil)
	if !errors.As(err, &unknown) {
		return err
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	return didYouMean(err.Error(), "--", unknown.GetSpecifiedName(), known)
}

func didYouMean(message, dashes, word string, known []string) error {
	if better := nearest.Suggest(word, known); better != "" {
		message += fmt.Sprintf("\n  help: did you mean %s%s?", dashes, better)
	}
	return errors.New(message)
}

// allOfThem refuses arguments of a command that is about all environments.
func allOfThem(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no argument, and is given %s: it is about all environments at once", cmd.Name(), strings.Join(args, " "))
}
