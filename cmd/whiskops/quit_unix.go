//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// quit has SIGQUIT, which Ctrl-\ sends, end the process as Ctrl-C does: by
// itself Go prints a trace of what it was doing, which is nothing to a user.
func quit() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGQUIT)
	go func() {
		<-asked
		// No handler is there for it, so it ends the process by its number.
		_ = syscall.Kill(syscall.Getpid(), syscall.SIGINT)
	}()
}
