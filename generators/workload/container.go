package workload

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

// initContainers are the waits, then the functionConfig's own.
func initContainers(s Spec) krm.L {
	var all krm.L
	for _, w := range s.Waits {
		all = append(all, w.Container(s.WaitImage))
	}
	for _, c := range s.Init {
		all = append(all, container(c, c.Name, scratchOf(c.Name)))
	}
	return all
}

// containers that stay, the main one first.
func containers(s Spec) krm.L {
	all := krm.L{mainContainer(s)}
	for _, c := range s.Sidecars {
		all = append(all, container(c, c.Name, scratchOf(c.Name)))
	}
	return all
}

func mainContainer(s Spec) krm.M {
	main := s.Main
	if s.LastingToken {
		main.Mounts = append(slices.Clip(main.Mounts), krm.M{"name": "token", "mountPath": tokenDir, "readOnly": true})
	}
	c := container(main, s.Component, scratchOf(""))
	if s.WritableRoot != "" {
		c["securityContext"].(krm.M)["readOnlyRootFilesystem"] = false
	}
	return c
}

// container leaves out what is empty. Lists keep their order: of env,
// Kubernetes expands $(NAME) from earlier entries only.
func container(c Container, name string, volume func(path string) string) krm.M {
	made := krm.M{"name": name, "image": c.Image, "securityContext": pods.Restricted()}
	if c.RestartPolicy != "" {
		made["restartPolicy"] = c.RestartPolicy
	}
	set(made, "command", c.Command)
	set(made, "args", c.Args)
	set(made, "envFrom", envFrom(c.EnvFrom))
	set(made, "env", c.Env)
	set(made, "ports", ports(c.Ports))
	set(made, "volumeMounts", mounts(c, volume))
	for field, fragment := range map[string]krm.M{
		"resources": c.Resources, "startupProbe": c.Startup, "readinessProbe": c.Readiness,
		"livenessProbe": c.Liveness, "lifecycle": c.Lifecycle,
	} {
		if len(fragment) > 0 {
			made[field] = fragment
		}
	}
	return made
}

func envFrom(configMaps []string) krm.L {
	var from krm.L
	for _, name := range configMaps {
		from = append(from, krm.M{"configMapRef": krm.M{"name": name}})
	}
	return from
}

// ports name the protocol: server-side apply merges the list by port and
// protocol.
func ports(ps []Port) krm.L {
	var all krm.L
	for _, p := range ps {
		all = append(all, krm.M{"name": p.Name, "containerPort": p.Port, "protocol": "TCP"})
	}
	return all
}

func mounts(c Container, volume func(path string) string) krm.L {
	var all krm.L
	for _, m := range c.Mounts {
		all = append(all, m)
	}
	for _, d := range c.Writable {
		all = append(all, krm.M{"name": volume(d.Path), "mountPath": d.Path})
	}
	return all
}

func set[T any](o krm.M, field string, list []T) {
	if len(list) > 0 {
		o[field] = list
	}
}

func scratchOf(container string) func(path string) string {
	return func(path string) string { return scratchName(container, path) }
}

var notInLabels = regexp.MustCompile(`[^a-z0-9]+`)

// scratchName of the volume of a writable directory: var-log for /var/log of
// the main container, prepare-var-log for that of an init container.
func scratchName(container, path string) string {
	name := strings.Trim(notInLabels.ReplaceAllString(strings.ToLower(container+path), "-"), "-")
	if len(name) <= 63 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimRight(name[:54], "-") + "-" + hex.EncodeToString(sum[:4])
}
