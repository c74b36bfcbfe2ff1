// Command proof runs the proof ground and writes down what it proved.
//
//	go run ./cmd/proof -tier ci        # what fits into CI: one environment, the default Kubernetes
//	go run ./cmd/proof                 # all environments, the default Kubernetes
//	go run ./cmd/proof -tier full      # the long measurements and a second Kubernetes too
//	go run ./cmd/proof -only servers -claims FILE    # a stage by itself; the file keeps what was proved
//
// It runs the module's suites one after another, shows their progress, and
// writes docs/proof.md from what they claim. It exits with 1 if one fails.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	tier := flag.String("tier", "all", "ci, all or full")
	out := flag.String("out", "../docs/proof.md", "the report; empty: none")
	only := flag.String("only", "", "stages to run, with commas: "+strings.Join(stageKeys, ", ")+", or none; empty: all")
	claims := flag.String("claims", "", "a file that keeps what is proved, for a report over several runs; empty: none")
	flag.Parse()
	ok, err := prove(*tier, *only, *out, *claims)
	if err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// stage is one suite.
type stage struct {
	key, name string
	// dir of the module that the suite is in, from this module.
	dir  string
	args []string
	env  []string

	took   time.Duration
	peak   int64 // MiB, of the largest process
	failed bool
}

// stageKeys are the names by which stages are chosen, in their order.
var stageKeys = []string{"network", "delivery", "refused", "cluster", "servers"}

// choose the stages that are named, with commas between them; all if none is, and with
// "none" none, for a report on what a file keeps.
func choose(all []*stage, only string) ([]*stage, error) {
	switch only {
	case "":
		return all, nil
	case "none":
		return nil, nil
	}
	var chosen []*stage
	for _, key := range strings.Split(only, ",") {
		i := slices.IndexFunc(all, func(s *stage) bool { return s.key == key })
		if i < 0 {
			return nil, fmt.Errorf("-only %q: write %s", key, strings.Join(stageKeys, ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// stages of a tier. The tests of a tier are chosen by go test's own -run: an
// environment is a subtest.
func stages(tier string) ([]*stage, error) {
	cluster := &stage{key: "cluster", name: "a real control plane", dir: ".", args: []string{"./controlplane", "./cluster"}}
	refused := &stage{key: "refused", name: "what the API server refuses", dir: ".", args: []string{"./refused"}}
	servers := &stage{key: "servers", name: "the real servers", dir: ".", args: []string{"./servers/...", "./page"}}
	delivery := &stage{key: "delivery", name: "delivery by Flux and Argo CD", dir: ".", args: []string{"./controllers", "./secrets", "./delivery"}}
	network := &stage{key: "network", name: "network policies", dir: "network", args: []string{"./..."}}
	switch tier {
	case "ci":
		cluster.args = append(cluster.args, "-run", "TestEnvironments//^ci$")
		refused.args = append(refused.args, "-short")
		// Argo CD ends the wait for what does not come up after two minutes: once
		// is enough here.
		delivery.args = append(delivery.args, "-run", "TestFlux//^ci$|TestArgoCD//^development$",
			"-skip", "TestArgoCD//^development$/a-pod-that-is-refused")
		// Of those without environments of their own, what servers do that are secured.
		servers.args = append(servers.args, "-run", "^Test(Nginx|Redis|Waits|Probes|Drain|Smoke|CouchDB|Kafka|Promtool|RedisSecured|RedisOutside|KafkaOutside)$/^ci$")
	case "all":
		delivery.args = append(delivery.args, "-run", "TestFlux|TestArgoCD|TestTiers|TestEncrypted|TestSOPS")
		servers.args = append(servers.args, "-skip", "TestOpenWhiskMutations")
	case "full":
		cluster.env = []string{"E2E_FULL=1", "E2E_KUBERNETES=1.34.4,1.37.2"}
		refused.env = cluster.env
	default:
		return nil, fmt.Errorf("-tier %q: write ci, all or full", tier)
	}
	return []*stage{network, delivery, refused, cluster, servers}, nil
}

func prove(tier, only, out, claims string) (bool, error) {
	all, err := stages(tier)
	if err != nil {
		return false, err
	}
	chosen, err := choose(all, only)
	if err != nil {
		return false, err
	}
	if claims == "" {
		dir, err := os.MkdirTemp("", "whiskops-proof-")
		if err != nil {
			return false, err
		}
		defer os.RemoveAll(dir)
		claims = filepath.Join(dir, "claims.jsonl")
	} else if claims, err = filepath.Abs(claims); err != nil {
		return false, err
	}
	ok := true
	for _, s := range chosen {
		if err := s.run(claims); err != nil {
			return false, err
		}
		if err := s.keep(claims); err != nil {
			return false, err
		}
		ok = ok && !s.failed
	}
	if out == "" {
		return ok, nil
	}
	text, err := report(tier, all, claims)
	if err != nil {
		return false, err
	}
	return ok, os.WriteFile(out, text, 0o644)
}

// run shows the lines of a suite that say what goes on, and all of them if it
// fails.
func (s *stage) run(claims string) error {
	args := append([]string{"test", "-count=1", "-v", "-timeout", "80m"}, s.args...)
	fmt.Printf("== %s: go %s\n", s.name, strings.Join(args, " "))
	cmd := exec.Command("go", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), append(s.env, "E2E_REPORT="+claims)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	done := make(chan []string)
	go func() { done <- show(read) }()
	start := time.Now()
	err := cmd.Run()
	write.Close()
	lines := <-done
	s.took = time.Since(start)
	if cmd.ProcessState == nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = usage.Maxrss / 1024
	}
	if s.failed = err != nil; s.failed {
		for _, line := range lines {
			fmt.Println(line)
		}
	}
	fmt.Printf("== %s: %s in %s\n", s.name, map[bool]string{true: "failed", false: "proved"}[s.failed], s.took.Round(time.Second))
	return nil
}

// show prints the lines that begin a test, end one or prove something, and
// returns all of the last ones.
func show(r io.Reader) []string {
	const kept = 20_000 // a suite of an hour, whose first failure is shown too
	var lines []string
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := scanner.Text()
		if lines = append(lines, line); len(lines) > kept {
			lines = lines[1:]
		}
		for _, sign := range []string{"=== RUN", "--- ", "proved:", "ok  ", "FAIL"} {
			if strings.HasPrefix(strings.TrimSpace(line), sign) || sign == "proved:" && strings.Contains(line, sign) {
				fmt.Println(line)
				break
			}
		}
	}
	return lines
}
