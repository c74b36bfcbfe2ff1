package servers

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// Redis proves that redis-server takes the generated arguments, that its probes
// tell its presence, and that what it has acknowledged outlives it.
func Redis(r *Run) error {
	if err := redis(r); err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	return nil
}

func redis(r *Run) error {
	if err := programs.Need("redis-server", "redis-cli"); err != nil {
		return err
	}
	ip, err := r.address("redis")
	if err != nil {
		return err
	}
	pod, err := r.pod(podproc.Options{Component: "redis", IP: ip, Rules: []podproc.Rule{
		{In: "command", From: "0.0.0.0", To: ip, Always: true},
		{In: "command", From: "redis-cli ping", To: "redis-cli -h " + ip + " ping"},
	}})
	if err != nil {
		return err
	}
	version := programs.Version("redis-server", "--version")
	if err := r.probesFail(pod, "redis"); err != nil {
		return err
	}
	ask := func(args ...string) (string, error) {
		out, err := pod.Exec(r.Context, "redis", append([]string{"redis-cli", "-h", ip}, args...))
		return strings.TrimSpace(out), err
	}
	start := func() (*podproc.Process, error) {
		process, err := pod.Start("redis")
		if err != nil {
			return nil, err
		}
		if err := r.probesPass(pod, "redis", 20*time.Second); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, tail(process.Log()))
		}
		return process, nil
	}
	process, err := start()
	if err != nil {
		return err
	}
	r.proved(version, "redis-server takes the generated arguments; its probes are answered, and were not before")
	if err := r.strangers(pod, ip); err != nil {
		return err
	}

	for i := range 100 {
		if out, err := ask("SET", fmt.Sprintf("resources:%d", i), strings.Repeat("x", i)); err != nil || out != "OK" {
			return wrong(err, "SET: %s", out)
		}
	}
	// Nothing may wait in memory for the disk, however busy that is.
	if out, err := ask("CONFIG", "GET", "appendfsync"); err != nil || !strings.HasSuffix(out, "always") {
		return wrong(err, "CONFIG GET appendfsync: %q", out)
	}
	process.Kill()
	if err := r.probesFail(pod, "redis"); err != nil {
		return fmt.Errorf("after SIGKILL: %w", err)
	}
	kept := "the process: it is in the emptyDir"
	if pod.Claimed("/data") {
		kept = "the pod: it is in the claim"
		if err := pod.Replace(); err != nil {
			return err
		}
	}
	if process, err = start(); err != nil {
		return err
	}
	if out, err := ask("DBSIZE"); err != nil || out != "100" {
		return wrong(err, "after SIGKILL and a new pod there are %q keys of 100", out)
	}
	if out, err := ask("GET", "resources:42"); err != nil || out != strings.Repeat("x", 42) {
		return wrong(err, "after SIGKILL a value is %q", out)
	}
	if files, err := filepath.Glob(filepath.Join(pod.Path("/data"), "*")); err != nil || len(files) == 0 {
		return wrong(err, "/data is empty")
	}
	r.proved(version, "after a SIGKILL 100 keys are there; the data outlives %s", kept)

	if err := process.Stop(syscall.SIGTERM, 20*time.Second); err != nil {
		return err
	}
	if process, err = start(); err != nil {
		return err
	}
	if out, err := ask("DBSIZE"); err != nil || out != "100" {
		return wrong(err, "after SIGTERM there are %q keys of 100", out)
	}
	r.proved(version, "SIGTERM ends it within the grace, and nothing is lost")
	process.Kill()
	return pod.Checked()
}

// probesFail is an error if a probe of a container is answered although nothing
// runs.
func (r *Run) probesFail(pod *podproc.Pod, container string) error {
	names, err := pod.Probes(container)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := pod.Probe(r.Context, container, name); err == nil {
			return fmt.Errorf("%s of %s is answered although nothing runs", name, container)
		}
	}
	return nil
}

// probesPass waits until all probes of a container are answered, and one after
// the other, as a cluster would ask.
func (r *Run) probesPass(pod *podproc.Pod, container string, patience time.Duration) error {
	names, err := pod.Probes(container)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New(container + " has no probes")
	}
	for _, name := range names {
		if err := eventually(r.Context, patience, func() error { return pod.Probe(r.Context, container, name) }); err != nil {
			return err
		}
	}
	return nil
}
