package servers

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// logConfig has a process write the configuration that it runs with.
const logConfig = "CONFIG_akka_logConfigOnStart=on"

// configPrefix is of the variables that become configuration.
const configPrefix = "CONFIG_"

// effective compares the variables of controllers and invokers with the
// configuration that each process says it runs with.
func (v *invokers) effective() error {
	controllers, err := inEffect(v.openWhisk.pods[0], "controller", v.openWhisk.processes[0])
	if err != nil {
		return err
	}
	for i := range v.pods {
		n, err := inEffect(v.pods[i], "invoker", v.processes[i])
		if err != nil {
			return err
		}
		if i == len(v.pods)-1 {
			v.run.proved(invokerServer, "%d variables of controllers and %d of invokers are in the configuration that they run with, each with its value", controllers, n)
		}
	}
	return nil
}

// inEffect counts the variables of a container that are in effect; it fails if one
// is not.
func inEffect(pod *podproc.Pod, container string, process *podproc.Process) (int, error) {
	env, err := pod.Environment(container)
	if err != nil {
		return 0, err
	}
	config, err := written(process.Log())
	if err != nil {
		return 0, fmt.Errorf("%s: %w", pod.Name(), err)
	}
	n := 0
	for _, name := range slices.Sorted(maps.Keys(env)) {
		key, ok := strings.CutPrefix(name, configPrefix)
		if !ok {
			continue
		}
		path := kebab(key)
		if got := at(config, path); got != env[name] {
			return 0, fmt.Errorf("%s: %s is not in effect: %s is %v", pod.Name(), name, strings.Join(path, "."), got)
		}
		n++
	}
	return n, nil
}

var (
	configBegins = regexp.MustCompile(`(?m)^.*\{$`)
	comment      = regexp.MustCompile(`(?m)^\s*#.*$`)
	camel        = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// written is the last configuration in a log: an object of JSON with comments, from
// the end of one line to a line of its own.
func written(log string) (map[string]any, error) {
	begins := configBegins.FindAllStringIndex(log, -1)
	for i := len(begins) - 1; i >= 0; i-- {
		text := log[begins[i][1]-1:]
		end := strings.Index(text, "\n}\n")
		if line := log[begins[i][0]:begins[i][1]]; end < 0 || line[0] == ' ' {
			continue
		}
		var config map[string]any
		if err := json.Unmarshal([]byte(comment.ReplaceAllString(text[:end+2], "")), &config); err == nil && config["whisk"] != nil {
			return config, nil
		}
	}
	return nil, fmt.Errorf("the log has no configuration")
}

// kebab is the path of a variable's configuration, by the image's start script:
// parts that begin with a capital letter are left as they are.
func kebab(key string) []string {
	path := strings.Split(key, "_")
	for i, part := range path {
		if part != "" && (part[0] < 'A' || part[0] > 'Z') {
			path[i] = camel.ReplaceAllStringFunc(part, func(s string) string { return s[:1] + "-" + strings.ToLower(s[1:]) })
		}
	}
	return path
}

// at is the value at a path; nil if there is none.
func at(config any, path []string) any {
	for _, step := range path {
		m, ok := config.(map[string]any)
		if !ok {
			return nil
		}
		config = m[step]
	}
	return config
}
