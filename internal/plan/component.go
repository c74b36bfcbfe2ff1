package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/generators/additions"
	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/generators/configmaps"
	"github.com/whiskops/whiskops/generators/couchdbinit"
	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/generators/nginxedge"
	"github.com/whiskops/whiskops/generators/placement"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// component plans what every component has: its ConfigMaps, its workload, its
// volumes, its place and its policy. What some have besides comes before and
// after the workload; one that does not run has that alone.
func (p *planner) component(name string) error {
	c := p.Catalog.Components[name]
	own := krm.Owner{Component: name, Tier: c.Tier}
	if !p.Has(name) {
		return p.make(own, slices.Concat(c.Before, c.After))
	}
	spec, err := p.workload(name, own)
	if err != nil {
		return err
	}
	maps, err := p.configMaps(name)
	if err != nil {
		return err
	}
	p.variables(&spec, name, maps)
	if len(maps) > 0 {
		p.add(Function{configmaps.Kind, name, configmaps.Spec{Owner: own, ConfigMaps: maps}})
	}
	if err := p.make(own, c.Before); err != nil {
		return err
	}
	p.add(Function{workload.Kind, name, spec})
	if err := p.make(own, c.After); err != nil {
		return err
	}
	if err := p.certified(own); err != nil {
		return err
	}
	if c.Data != nil {
		volume, err := p.volume(name, own)
		if err != nil {
			return err
		}
		p.add(Function{volumes.Kind, name, volume})
	}
	if rule := p.Placement(name); p.Env.Placement.Enabled {
		p.add(Function{placement.Kind, name, placement.Spec{
			Selector: krm.Component(name), NodeLabel: p.Env.Placement.NodeLabel, Pool: rule.Pool, Arch: rule.Arch,
			Spread: rule.Spread, Zones: rule.Zones, Tolerations: tolerations(rule.Tolerations),
		}})
	}
	if more, ok := p.additions(name, own); ok {
		p.add(Function{additions.Kind, name, more})
	}
	policy, err := p.policy(name, own)
	if err != nil {
		return err
	}
	p.add(Function{networkpolicies.Kind, name, policy})
	return nil
}

// makers plan the functions that a component of the catalogue may ask for, by
// their kind.
var makers = map[string]func(*planner, krm.Owner) (any, error){
	certificates.Kind: func(p *planner, own krm.Owner) (any, error) { return p.certificates(own), nil },
	couchdbinit.Kind:  func(p *planner, own krm.Owner) (any, error) { return p.couchDBInit(own), nil },
	kafkatopics.Kind:  func(p *planner, own krm.Owner) (any, error) { return p.kafkaTopics(own), nil },
	nginxedge.Kind:    func(p *planner, own krm.Owner) (any, error) { return p.edge(own) },
}

// make plans functions by their kinds.
func (p *planner) make(own krm.Owner, kinds []string) error {
	for _, kind := range kinds {
		maker, ok := makers[kind]
		if !ok {
			return fmt.Errorf("catalogue: there is no function %q to ask for", kind)
		}
		spec, err := maker(p, own)
		if err != nil {
			return err
		}
		p.add(Function{kind, own.Component, spec})
	}
	return nil
}

// scaledShare of the pods of a component that a disruption may take, where their
// number changes.
const scaledShare = "10%"

// workload fills in the catalogue's spec and adds what the environment says.
func (p *planner) workload(name string, own krm.Owner) (workload.Spec, error) {
	c := p.Catalog.Components[name]
	filled, err := p.Workload(name)
	if err != nil {
		return workload.Spec{}, err
	}
	var spec workload.Spec
	if err := decode(filled, &spec); err != nil {
		return spec, err
	}
	if err := p.Access(&spec, name); err != nil {
		return spec, err
	}
	spec.Owner = own
	more, err := p.Sourced(name)
	if err != nil {
		return spec, err
	}
	spec.Volumes = append(spec.Volumes, more...)
	spec.Replicas = p.Replicas(name)
	if spec.Kind == derived.DaemonSet || p.Passes(name) {
		spec.Replicas = 0
	}
	if a := p.Autoscale(name); a != nil {
		spec.Autoscale = &workload.Autoscale{Min: a.Min, Max: a.Max, CPU: a.CPU}
		spec.MaxUnavailable = scaledShare
	}
	spec.Annotations = p.PodAnnotations(name)
	spec.PullSecrets = p.Env.ImagePullSecrets
	spec.Secrets = p.versions
	spec.Main.Image = p.Image(c.Image)
	for i, init := range spec.Init {
		spec.Init[i].Image = p.Image(cmp.Or(init.Image, c.Image))
	}
	for i, sidecar := range spec.Sidecars {
		spec.Sidecars[i].Image = p.Image(sidecar.Image)
	}
	if len(spec.Waits) > 0 {
		spec.WaitImage = p.Image(p.Catalog.WaitImage)
	}
	if r, _ := p.Resources(name); r != nil {
		spec.Main.Resources = resourceFragment(*r)
	}
	spec.Surge = spec.Kind == "Deployment" && !spec.Recreate && p.Placement(name).Spread != "hard"
	if spec.Token = p.CallsAPI(name); !spec.Token {
		spec.Rules = nil
	}
	return spec, nil
}

// configMaps of a component: its variables, and its files.
func (p *planner) configMaps(name string) ([]configmaps.ConfigMap, error) {
	c := p.Catalog.Components[name]
	env, err := p.env(c.Env)
	if err != nil {
		return nil, err
	}
	for variable, list := range c.Lists {
		for i := range p.Replicas(name) {
			if !list.When.Holds(p.Env) {
				break
			}
			env[fmt.Sprintf("%s%d", variable, i)], err = catalog.Text(list.Each, i)
			if err != nil {
				return nil, err
			}
		}
	}
	if err := p.addVariables(name, env); err != nil {
		return nil, err
	}
	var all []configmaps.ConfigMap
	if len(env) > 0 {
		all = append(all, configmaps.ConfigMap{Name: ownEnv(name), Data: env})
	}
	files, err := p.files(name)
	if err != nil {
		return nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		all = append(all, configmaps.ConfigMap{Name: file, Data: files[file]})
	}
	return all, nil
}

// files of a component by ConfigMap and key.
func (p *planner) files(name string) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for configMap, files := range p.Catalog.Components[name].Files.Value() {
		all[configMap] = map[string]string{}
		for key, text := range files {
			filled, err := catalog.Text(text, &p.Values)
			if err != nil {
				return nil, err
			}
			// A file that is empty is not there.
			if filled != "" {
				all[configMap][key] = filled
			}
		}
		if len(all[configMap]) == 0 {
			delete(all, configMap)
		}
	}
	if actions := p.Catalog.Actions; name == actions.By {
		pod, err := p.actionPod()
		if err != nil {
			return nil, err
		}
		all[actions.File.ConfigMap] = map[string]string{actions.File.Key: pod}
	}
	if name == p.Catalog.Tenancy.By {
		return all, p.tenantFiles(all)
	}
	return all, nil
}

// env fills in variables, and leaves out those that turn out empty: OpenWhisk's
// start script ignores them, and Kafka's does not.
func (p *planner) env(templates map[string]string) (map[string]string, error) {
	env := map[string]string{}
	for name, text := range templates {
		value, err := catalog.Text(text, &p.Values)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", name, err)
		}
		if value != "" {
			env[name] = value
		}
	}
	return env, nil
}

func resourceFragment(r environment.Resources) krm.M {
	return krm.M{"requests": resourceList(r.Requests), "limits": resourceList(r.Limits)}
}

func resourceList(r environment.ResourceList) krm.M {
	m := krm.M{}
	if r.CPU != "" {
		m["cpu"] = r.CPU
	}
	if r.Memory != "" {
		m["memory"] = r.Memory
	}
	return m
}

// fragments turns values into the mappings that functionConfigs pass through.
func fragments[T any](values []T) []krm.M {
	var all []krm.M
	for _, v := range values {
		m, err := value.Of(v)
		if err != nil {
			panic(err) // a struct of strings encodes
		}
		all = append(all, value.Map(m))
	}
	return all
}

// tolerations of a pool as the function has them.
func tolerations(of []derived.Toleration) []placement.Toleration {
	var all []placement.Toleration
	for _, t := range of {
		all = append(all, placement.Toleration{Key: t.Key, Operator: t.Operator, Value: t.Value, Effect: t.Effect})
	}
	return all
}

// decode moves a value from one shape to another, strictly.
func decode(from, to any) error {
	if err := value.Into(from, to); err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	return nil
}
