// Command controlplane builds a Kubernetes control plane and runs it until it is
// interrupted, for those who want to look at it with kubectl, or to fill the
// cache of a CI machine:
//
//	go run ./cmd/controlplane -release 1.34.4 [-build]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/whiskops/whiskops/e2e/controlplane"
)

func main() {
	release := flag.String("release", controlplane.Default, "Kubernetes release")
	only := flag.Bool("build", false, "build it only")
	flag.Parse()
	if err := run(*release, *only); err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		os.Exit(1)
	}
}

func run(release string, only bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	binary, err := controlplane.Binary(ctx, release, func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	})
	if err != nil || only {
		return err
	}
	plane, err := controlplane.Start(ctx, binary)
	if err != nil {
		return err
	}
	fmt.Printf("Kubernetes %s after %s\nexport KUBECONFIG=%s\n", release, plane.Boot.Round(100e6), plane.Kubeconfig)
	<-ctx.Done()
	return plane.Stop()
}
