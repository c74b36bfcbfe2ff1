package servers

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

const couchInit = "couchdb-init"

// allIsRight is what couchdb-init says when it becomes ready.
const allIsRight = "all is as it should be\n"

// newInit is a pod of couchdb-init, as an environment has it.
func (c *couch) newInit(env *golden.Env) (*podproc.Pod, error) {
	ip, err := c.run.address(couchInit)
	if err != nil {
		return nil, err
	}
	pod, err := podproc.New(env, c.run.Guard, podproc.Options{Component: couchInit, IP: ip, Secrets: c.secrets, Rules: []podproc.Rule{
		{In: "env COUCHDB_URL", From: "http://couchdb:", To: "http://" + c.gate.ip + ":", Always: true},
		{In: "file again.js", From: `"/secrets"`, To: `"$POD/root/secrets"`, Always: true},
	}})
	if err != nil {
		return nil, err
	}
	c.run.atEnd(func() {
		for _, line := range pod.Substitutions() {
			c.run.Print(fmt.Sprintf("%s: substituted in %s: %s", env.Name, pod.Name(), line))
		}
	})
	return pod, nil
}

// runInit runs couchdb-init, in a new pod, until it is ready, and returns what it
// wrote.
func (c *couch) runInit() (string, error) { return c.runPod(c.init) }

func (c *couch) runPod(pod *podproc.Pod) (string, error) {
	if err := pod.Replace(); err != nil {
		return "", err
	}
	before := logOf(pod)
	process, err := pod.Start(couchInit)
	if err != nil {
		return "", err
	}
	defer process.Kill()
	err = c.run.probesPass(pod, couchInit, time.Minute)
	log := strings.TrimPrefix(process.Log(), before)
	if err != nil {
		if !process.Running() {
			err = fmt.Errorf("it has ended (%v): %w", process.Wait(c.run.Context), err)
		}
		return log, fmt.Errorf("%w: %s", err, tail(log))
	}
	if !strings.HasSuffix(log, allIsRight) {
		return log, fmt.Errorf("it is ready, and does not say so: %s", tail(log))
	}
	// It may be told to stop at any moment, and has nothing to end.
	if err := process.Stop(syscall.SIGTERM, 2*time.Second); err != nil {
		return log, err
	}
	return log, c.silent(log)
}

// silent is an error if a log has a password or a key.
func (c *couch) silent(log string) error {
	for secret, data := range c.secrets {
		for name, value := range data {
			if _, key, ok := strings.Cut(value, ":"); ok && secret == "openwhisk-subjects" {
				value = key
			} else if !strings.HasSuffix(name, "password") {
				continue
			}
			// One that no test has brought is empty.
			if value != "" && strings.Contains(log, value) {
				return fmt.Errorf("init.js prints %s of Secret %s", name, secret)
			}
		}
	}
	return nil
}

func logOf(pod *podproc.Pod) string {
	text, err := os.ReadFile(pod.LogFile(couchInit))
	if err != nil {
		return ""
	}
	return string(text)
}

// fromEmpty runs it twice, with those who wait for it before and after.
func (c *couch) fromEmpty() error {
	if err := c.waiting(c.run.Env, false); err != nil {
		return err
	}
	if _, err := c.runInit(); err != nil {
		return err
	}
	if err := c.waiting(c.run.Env, true); err != nil {
		return err
	}
	c.proved("couchdb-init makes all from empty, is ready then and not before, and ends on SIGTERM; controllers and invokers wait until it has, and log in with their own users")
	before, err := c.state()
	if err != nil {
		return err
	}
	log, err := c.runInit()
	if err != nil {
		return err
	}
	for line := range strings.Lines(log) {
		if !strings.Contains(line, ": right") && !strings.Contains(line, ": left to the server") && line != allIsRight {
			return fmt.Errorf("the second run changes something: %s", line)
		}
	}
	after, err := c.state()
	if err != nil {
		return err
	}
	if before != after {
		return fmt.Errorf("the second run leaves the state %s", difference(before, after))
	}
	c.proved("a second run of couchdb-init changes nothing")
	return nil
}
