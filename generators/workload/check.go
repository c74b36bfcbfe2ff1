package workload

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

func check(s Spec) error {
	var c krm.Check
	c.Owner(s.Owner)
	c.OneOf("spec.kind", s.Kind, deployment, statefulSet, daemonSet, job, cronJob)
	checkKind(&c, s)
	if s.UID < 1 {
		c.Fail("spec.uid is %d: a container must not run as root", s.UID)
	}
	if s.GracePeriod < 0 {
		c.Fail("spec.gracePeriod is %d", s.GracePeriod)
	}
	if len(s.Rules) > 0 && !s.Token {
		c.Fail("spec.rules are of no use without spec.token: the pods have nothing to show to the API server")
	}
	if s.LastingToken && !s.Token {
		c.Fail("spec.lastingToken is of no use without spec.token")
	}
	checkContainers(&c, s)
	if len(s.Waits) > 0 {
		c.Given("spec.waitImage", s.WaitImage)
	}
	pods.Check(&c, "spec.waits", s.Waits)
	checkVolumes(&c, s)
	checkServices(&c, s)
	return c.Err()
}

// checkKind refuses what a kind has no use for: it would be lost in silence.
func checkKind(c *krm.Check, s Spec) {
	scales := s.Kind == deployment || s.Kind == statefulSet
	if scales && s.Replicas < 1 {
		c.Fail("spec.replicas is %d: a %s has at least 1", s.Replicas, s.Kind)
	}
	if a := s.Autoscale; a != nil {
		checkAutoscale(c, s.Kind, scales, *a)
	}
	if !scales && s.Replicas != 0 {
		c.Fail("spec.replicas is %d: a %s has none", s.Replicas, s.Kind)
	}
	if s.MaxUnavailable != "" && (passes(s.Kind) || !s.MaxUnavailable.valid()) {
		c.Fail("spec.maxUnavailable is %q: it is at least 1 or a percentage, and not for a Job", s.MaxUnavailable)
	}
	if s.MinReadySeconds < 0 || s.MinReadySeconds > 0 && passes(s.Kind) {
		c.Fail("spec.minReadySeconds is %d: it is not negative, and not for a Job", s.MinReadySeconds)
	}
	if s.BackoffLimit < 0 || s.BackoffLimit > 0 && !passes(s.Kind) {
		c.Fail("spec.backoffLimit is %d: it is for a Job, and not negative", s.BackoffLimit)
	}
	if s.Recreate && (s.Kind != deployment || s.Surge) {
		c.Fail("spec.recreate is for a Deployment, and not with spec.surge")
	}
	if (s.Schedule != "") != (s.Kind == cronJob) || s.Kind == cronJob && len(strings.Fields(s.Schedule)) != 5 {
		c.Fail("spec.schedule is %q: a CronJob has five fields of cron, and nothing else has a schedule", s.Schedule)
	}
	if s.Suspend && s.Kind != cronJob {
		c.Fail("spec.suspend is for a CronJob")
	}
	if s.DeadlineSeconds < 0 || s.DeadlineSeconds > 0 && !passes(s.Kind) {
		c.Fail("spec.deadlineSeconds is %d: it is for a Job, and not negative", s.DeadlineSeconds)
	}
	if passes(s.Kind) && len(s.Services) > 0 {
		c.Fail("spec.services are of no use to a Job")
	}
	if s.Kind == statefulSet {
		names := 0
		for _, svc := range s.Services {
			if svc.Headless {
				names++
			}
		}
		if names != 1 {
			c.Fail("spec.services has %d headless Services: a StatefulSet wants exactly 1, which names its pods", names)
		}
	}
}

func checkAutoscale(c *krm.Check, kind string, scales bool, a Autoscale) {
	if !scales {
		c.Fail("spec.autoscale is not for a %s", kind)
	}
	if a.Min < 1 || a.Max < a.Min {
		c.Fail("spec.autoscale is from %d to %d pods: there is at least 1, and the most are not fewer than the fewest", a.Min, a.Max)
	}
	if a.CPU < 1 {
		c.Fail("spec.autoscale.cpu is %d: it is a percentage", a.CPU)
	}
}

func checkContainers(c *krm.Check, s Spec) {
	if s.Main.Name != "" {
		c.Fail("spec.main.name is %q: the main container is named after the component", s.Main.Name)
	}
	checkContainer(c, "spec.main", s.Main)
	seen := map[string]bool{s.Component: true}
	for _, list := range []struct {
		name string
		of   []Container
	}{{"init", s.Init}, {"sidecars", s.Sidecars}} {
		for i, made := range list.of {
			field := fmt.Sprintf("spec.%s[%d]", list.name, i)
			c.Label(field+".name", made.Name)
			c.Unique(field+".name", made.Name, seen)
			checkContainer(c, field, made)
		}
	}
	for i, w := range s.Waits {
		c.Unique(fmt.Sprintf("spec.waits[%d].name", i), w.ContainerName(), seen)
	}
}

// portName is shorter than a DNS label and has a letter.
var portName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

func checkContainer(c *krm.Check, field string, made Container) {
	c.Given(field+".image", made.Image)
	for _, kind := range []string{"requests", "limits"} {
		if m, _ := made.Resources[kind].(map[string]any); len(m) == 0 {
			c.Fail("%s.resources.%s is missing", field, kind)
		}
	}
	seen := map[string]bool{}
	for i, p := range made.Ports {
		at := fmt.Sprintf("%s.ports[%d]", field, i)
		if len(p.Name) > 15 || !portName.MatchString(p.Name) || !strings.ContainsAny(p.Name, "abcdefghijklmnopqrstuvwxyz") {
			c.Fail("%s.name %q is no port name: at most 15 of a-z, 0-9 and '-', at least one letter", at, p.Name)
		}
		c.Unique(at+".name", p.Name, seen)
		c.Port(at+".port", p.Port)
	}
	for i, d := range made.Writable {
		c.Path(fmt.Sprintf("%s.writable[%d].path", field, i), d.Path)
		c.Given(fmt.Sprintf("%s.writable[%d].size", field, i), d.Size)
	}
	checkMounts(c, field, made)
}

// checkMounts wants each path once: the API server refuses a second one.
func checkMounts(c *krm.Check, field string, made Container) {
	seen := map[string]bool{}
	for i, m := range made.Mounts {
		path, _ := m["mountPath"].(string)
		at := fmt.Sprintf("%s.mounts[%d].mountPath", field, i)
		if c.Given(at, path) {
			c.Unique(at, path, seen)
		}
	}
	for i, d := range made.Writable {
		c.Unique(fmt.Sprintf("%s.writable[%d].path", field, i), d.Path, seen)
	}
}

// checkVolumes wants names that differ, also of the writable directories.
func checkVolumes(c *krm.Check, s Spec) {
	seen := map[string]bool{}
	for i, v := range volumes(s) {
		field := fmt.Sprintf("spec.volumes[%d].name", i)
		if i >= len(s.Volumes) {
			field = "the volume of a writable directory"
		}
		name, _ := v.(krm.M)["name"].(string)
		c.Label(field, name)
		c.Unique(field, name, seen)
	}
}

func checkServices(c *krm.Check, s Spec) {
	targets := map[string]int{}
	for _, container := range append([]Container{s.Main}, s.Sidecars...) {
		for _, p := range container.Ports {
			targets[p.Name] = p.Port
		}
	}
	seen := map[string]bool{}
	for i, svc := range s.Services {
		field := fmt.Sprintf("spec.services[%d]", i)
		c.Label(field+".name", svc.Name)
		c.Unique(field+".name", svc.Name, seen)
		if len(svc.Ports) == 0 {
			c.Fail("%s.ports is empty", field)
		}
		if svc.Headless && svc.Ready {
			c.Fail("%s is headless, so it has pods that are not ready too", field)
		}
		names := map[string]bool{}
		for j, p := range svc.Ports {
			at := fmt.Sprintf("%s.ports[%d]", field, j)
			c.Label(at+".name", p.Name)
			c.Unique(at+".name", p.Name, names)
			c.Port(at+".port", p.Port)
			switch port, ok := targets[p.Target]; {
			case !ok:
				c.Fail("%s.target %q is no port of spec.main or of a sidecar", at, p.Target)
			case (svc.Headless || svc.Ready) && port != p.Port:
				c.Fail("%s.port is %d: clients get the pods' own addresses, where %s is %d", at, p.Port, p.Target, port)
			}
		}
	}
}
