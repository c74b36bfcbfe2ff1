package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/budget"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/quantity"
)

// A thousand environments are read in some seconds and 400 MiB, and each is
// built in less than one.
const (
	mostTime   = 2 * time.Minute
	mostMemory = "2Gi"
	// Less is a number that lacks its unit.
	leastMemory = quantity.MiB
)

// every is how often a run is looked at. Memory can grow by some 100 MiB in it.
const every = 20 * time.Millisecond

// limits are the flags of a budget.
type limits struct {
	time   time.Duration
	memory string
}

func (l *limits) flags(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&l.time, "timeout", mostTime, "time for reading the environments, and for building each; 0 is no limit")
	cmd.Flags().StringVar(&l.memory, "memory", mostMemory, "memory for all of it; 0 is no limit")
}

// watch begins to watch. Past a limit it ends the process. Call done at the end.
func (l *limits) watch(s streams) (w *budget.Watch, done func(), err error) {
	memory, err := quantity.Bytes(l.memory)
	if err != nil {
		return nil, nil, fmt.Errorf("--memory: %w", err)
	}
	if memory > 0 && memory < leastMemory {
		return nil, nil, fmt.Errorf("--memory %s: whiskops itself takes more; write %s or so, or 0 for no limit", l.memory, mostMemory)
	}
	if l.time < 0 {
		return nil, nil, fmt.Errorf("--timeout %s: write a time that is not negative", l.time)
	}
	w = budget.New(budget.Limits{Time: l.time, Memory: uint64(memory)}, budget.Machine())
	ticker, ended := time.NewTicker(every), make(chan struct{})
	go w.Guard(ticker.C, ended, func(message string) {
		if s.attended {
			fmt.Fprint(s.err, eraseLine) // of progress
		}
		fmt.Fprintf(s.err, "whiskops: %s\n", finding.Plain(message))
		os.Exit(exitUsage)
	})
	return w, func() { ticker.Stop(); close(ended) }, nil
}
