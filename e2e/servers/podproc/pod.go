// Package podproc runs a pod as processes of this machine: an adapter for
// machines without a container engine.
//
// A workload of an environment comes in, with the pod's index and address, the
// Secrets that people would have made, and the substitutions. Commands,
// variables, mounted files, users and groups are as the pod's spec says; each
// container is a process group. Out come processes, the answers of probes, and
// the list of the substitutions that were made.
//
// Not as in a container: the root filesystem is this machine's (a user without
// rights keeps most of it from being written), limits are not enforced, and a
// port is bound to the pod's loopback address. A Room makes up for this.
package podproc

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// Options are what a cluster would give the pod.
type Options struct {
	Component string
	Index     int
	// IP is the pod's address, of the loopback range.
	IP    string
	Rules []Rule
	// Secrets are added to those of the environment.
	Secrets map[string]map[string]string
	// Entrypoints are the images' own commands, by the image's name without its
	// tag, for containers that have none. $POD is the pod's folder, as in rules.
	Entrypoints map[string][]string
	// Path is searched for programs before the system's folders.
	Path []string
	// Sizes are volumes that are filesystems of their own, by name, with how large
	// they are, as mount writes it. Who asks for them unmounts them.
	Sizes map[string]string
	// Env are variables that the kubelet and the image add, NAME=value.
	Env []string
	// Room makes a place of the pod's own for its main containers, by the pod's
	// name and mounts. Then paths and addresses there are as they are in the pod,
	// and none is substituted. Without it the pod shares this machine's.
	Room func(name string, mounts []Mount) (Room, error)
}

// Mount is a folder of this machine at a path of a pod.
type Mount struct{ Source, Path string }

// Room is a place where commands run apart from this machine.
type Room interface {
	// Enter is the command that runs args there as a user, its group and another.
	Enter(user, group, fsGroup *uint32, args []string) []string
	Close()
}

// Pod is one pod of a workload.
type Pod struct {
	env      *golden.Env
	guard    *Guard
	options  Options
	workload golden.Workload
	name     string
	folder   string
	rules    *rules
	room     Room
}

// New makes the pod's volumes. Nothing runs yet.
func New(env *golden.Env, guard *Guard, o Options) (*Pod, error) {
	w, err := env.Workload(o.Component)
	if err != nil {
		return nil, err
	}
	p := &Pod{env: env, guard: guard, options: o, workload: w}
	p.name = w.Metadata.Name + "-" + strconv.Itoa(o.Index)
	if p.folder, err = guard.Folder(p.name); err != nil {
		return nil, err
	}
	list := slices.Clone(o.Rules)
	for i := range list {
		list[i].To = strings.ReplaceAll(list[i].To, "$POD", p.folder)
	}
	mounts := p.mounts()
	for _, m := range mounts {
		if o.Room == nil {
			list = append(list, Rule{From: m.path, To: m.link, container: m.container})
		}
	}
	p.rules = newRules(list)
	if err := p.mount(mounts); err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return p, p.furnish(mounts)
}

// furnish makes the pod's room, if it has one, or a new one.
func (p *Pod) furnish(mounts []mount) (err error) {
	if p.options.Room == nil {
		return nil
	}
	if p.room != nil {
		p.room.Close()
	}
	var list []Mount
	for _, m := range mounts {
		if m.container == "" {
			list = append(list, Mount{Source: p.volumeFolder(m.source), Path: m.path})
		}
	}
	if p.room, err = p.options.Room(p.name, list); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// Path is where a path of the main container is on this machine, if it is mounted.
func (p *Pod) Path(path string) string { return filepath.Join(p.folder, "root", path) }

// Name is the pod's name.
func (p *Pod) Name() string { return p.name }

// IP is the pod's address.
func (p *Pod) IP() string { return p.options.IP }

// Substitutions lists what was changed in the generated configuration.
func (p *Pod) Substitutions() []string { return p.rules.made() }

// Checked is an error if a text that must be in the configuration was not there
// to be substituted. It is known after the containers have been started.
func (p *Pod) Checked() error {
	if err := p.rules.missing(); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// Replace gives the pod's emptyDirs up, and keeps its claims: what happens when
// a pod is deleted and made again.
func (p *Pod) Replace() error {
	for _, v := range p.workload.Spec.Template.Spec.Volumes {
		if v.EmptyDir != nil {
			if err := os.RemoveAll(p.volumeFolder(v.Name)); err != nil {
				return err
			}
		}
	}
	mounts := p.mounts()
	if err := p.mount(mounts); err != nil {
		return err
	}
	return p.furnish(mounts)
}

// Start runs a container.
func (p *Pod) Start(container string) (*Process, error) {
	c, err := p.workload.Container(container)
	if err != nil {
		return nil, err
	}
	command := slices.Concat(c.Command, c.Args)
	if len(c.Command) == 0 {
		image, _, _ := strings.Cut(c.Image, ":")
		entrypoint, ok := p.options.Entrypoints[image]
		if !ok {
			return nil, fmt.Errorf("container %s has no command, and that of image %s is not known here", container, image)
		}
		env, err := p.environment(c)
		if err != nil {
			return nil, err
		}
		command = slices.Clone(entrypoint)
		for i := range command {
			command[i] = strings.ReplaceAll(command[i], "$POD", p.folder)
		}
		return p.launch(container, command, env)
	}
	return p.start(c, container, command)
}

// Environment is a container's variables by name.
func (p *Pod) Environment(container string) (map[string]string, error) {
	c, err := p.workload.Container(container)
	if err != nil {
		return nil, err
	}
	env, err := p.environment(c)
	if err != nil {
		return nil, err
	}
	return byName(env), nil
}

func byName(env []string) map[string]string {
	values := map[string]string{}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		values[name] = value
	}
	return values
}

func (p *Pod) start(c golden.Container, log string, command []string) (*Process, error) {
	env, err := p.environment(c)
	if err != nil {
		return nil, err
	}
	known := byName(env[ofImage:])
	args := make([]string, len(command))
	for i, word := range command {
		args[i] = expand(p.rules.apply(c.Name, "command", word), known)
	}
	return p.launch(log, args, env)
}

func (p *Pod) launch(log string, args, env []string) (*Process, error) {
	security := p.workload.Spec.Template.Spec.SecurityContext
	command := Command{Name: p.name + "/" + log, Args: args, Env: append(env, p.options.Env...), Log: p.LogFile(log)}
	if p.room != nil {
		command.Args = p.room.Enter(security.RunAsUser, security.RunAsGroup, security.FSGroup, args)
	} else {
		command.User, command.Group, command.FSGroup = security.RunAsUser, security.RunAsGroup, security.FSGroup
	}
	return p.guard.Start(command)
}

// LogFile is the file of what a container writes.
func (p *Pod) LogFile(container string) string { return filepath.Join(p.folder, container+".log") }

// Run runs a container to its end and returns what it wrote.
func (p *Pod) Run(ctx context.Context, container string) (string, error) {
	process, err := p.Start(container)
	if err != nil {
		return "", err
	}
	err = process.Wait(ctx)
	return process.Log(), err
}

// Exec runs a command in a container, as a probe or a hook does, and returns
// what it wrote.
func (p *Pod) Exec(ctx context.Context, container string, command []string) (string, error) {
	c, err := p.workload.Container(container)
	if err != nil {
		return "", err
	}
	log, err := os.CreateTemp(p.folder, "exec-*.log")
	if err != nil {
		return "", err
	}
	log.Close()
	process, err := p.start(c, strings.TrimSuffix(filepath.Base(log.Name()), ".log"), command)
	if err != nil {
		return "", err
	}
	err = process.Wait(ctx)
	return process.Log(), err
}

func (p *Pod) configMap(name string) (map[string]string, error) {
	if data, ok := p.env.ConfigMaps[name]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("no ConfigMap %q", name)
}

func (p *Pod) secret(name string) (map[string]string, error) {
	if data, ok := p.options.Secrets[name]; ok {
		return data, nil
	}
	if data, ok := p.env.Secrets[name]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("no Secret %q", name)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
