// Package guide writes the README of an environment: what it consists of, what
// must be there before it is applied, how it is applied, watched, tried and
// taken down. The environment's own names are filled in, so that each command
// can be pasted.
//
// In: the derived values of a checked environment. Out: Markdown, from the
// template guide.md beside this file, with the others in it. No secret is ever in it, not even one
// that stands in the environment.
package guide

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/preflight"
	"github.com/whiskops/whiskops/internal/quantity"
)

//go:embed *.md
var files embed.FS

// Markdown is the README of an environment, with what its custom/ holds.
func Markdown(v derived.Values, custom overlay.Custom) []byte { return execute("guide.md", v, custom) }

// Secrets is the part of it about the installation's Secrets.
func Secrets(v derived.Values) []byte {
	if v.Env.Secrets.Plain != nil {
		return nil
	}
	return append(bytes.TrimSpace(execute("secrets", v, overlay.NoCustom)), '\n')
}

func execute(name string, v derived.Values, custom overlay.Custom) []byte {
	functions := template.FuncMap{"list": list, "code": code, "count": count, "next": next, "upper": upper, "has": slices.Contains[[]string], "keys": sorted[catalog.Value]}
	t := template.Must(template.New("guide.md").Funcs(functions).ParseFS(files, "*.md"))
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, view{Values: &v, Custom: custom}); err != nil {
		// The template is in the binary, and nothing that it calls returns
		// an error: the tests run every branch of it.
		panic(fmt.Sprintf("the guide's template is broken: %v", err))
	}
	return tidy(b.Bytes())
}

// gaps are what a branch of the template leaves behind that was not taken.
var gaps = regexp.MustCompile(`\n{3,}`)

// tidy closes gaps and gives each sentence its line: branches that change two
// sentences merge, and a reviewer sees which one changed.
func tidy(text []byte) []byte {
	text = bytes.TrimSpace(gaps.ReplaceAll(text, []byte("\n\n")))
	var b bytes.Buffer
	fenced := false
	for line := range strings.Lines(string(text) + "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " "), "```") {
			fenced = !fenced
		}
		if !fenced && !strings.HasPrefix(line, "<!--") {
			line = sentences(line)
		}
		b.WriteString(line)
	}
	return b.Bytes()
}

// sentences of a line, which may be an item of a list, a line each. What stands
// between backquotes is code.
func sentences(line string) string {
	end := ".\n"
	if strings.HasPrefix(line, "- ") {
		end = ".\n  "
	}
	parts := strings.Split(line, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], ". ", end)
	}
	return strings.Join(parts, "`")
}

// view is what the template sees: the derived values, and the methods here and
// in the other files, each with what one section needs.
type view struct {
	*derived.Values
	Custom overlay.Custom
}

// row of the table of components.
type row struct {
	Name, Kind          string
	Replicas            int
	Pods                string
	Pool, Spread, Zones string
}

// Facts about the cluster that are taken for granted.
func (v view) Facts() []preflight.Fact {
	all, err := preflight.Of(v.Values)
	if err != nil {
		return nil // a fault of the catalogue, which a test of it would have found
	}
	return all
}

// Rows are the components, less those whose pods come and go.
func (v view) Rows() []row {
	var all []row
	for _, name := range v.Components() {
		if v.Passes(name) {
			continue
		}
		kind := v.Kind(name)
		r := v.Placement(name)
		pool := r.Pool
		if pool == "" {
			pool = "any node"
		}
		all = append(all, row{name, kind, v.Replicas(name), v.pods(name), pool, r.Spread, r.Zones})
	}
	return all
}

// Starts is the folder that a person applies so that a tool delivers the
// environment; empty where nobody does.
func (v view) Starts() string {
	a := v.Env.GitOps.ArgoCD
	if a != nil && a.ApplicationSet != "" {
		return path.Join(delivery.SetsFolder, a.Namespace)
	}
	for _, folder := range delivery.Folders(v.Env) {
		return folder
	}
	return ""
}

// Kustomizations of Flux that deliver the environment, the last first.
func (v view) Kustomizations() []string {
	name := delivery.Name(v.Env.Name)
	var all []string
	if v.Env.GitOps.Flux.Shape == "tiers" {
		for _, tier := range slices.Backward(v.Tiers()) {
			all = append(all, name+"-"+tier)
		}
		return all
	}
	for _, component := range v.Planned() {
		if v.Catalog.Components[component].Test {
			all = append(all, name+"-test")
		}
	}
	return append(all, name)
}

// WaitedJobs are those that stay: Argo CD deletes a test that has succeeded.
func (v view) WaitedJobs() []string {
	if v.Env.GitOps.ArgoCD != nil {
		return nil
	}
	return v.Jobs()
}

// pods of a component: a number, or the fewest and the most.
func (v view) pods(component string) string {
	least, most := v.Fewest(component), v.Replicas(component)
	if least == most {
		return strconv.Itoa(most)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// Scaled are the components whose number of pods is an autoscaler's.
func (v view) Scaled() []string {
	var all []string
	for _, name := range v.Components() {
		if v.Autoscale(name) != nil {
			all = append(all, name)
		}
	}
	return all
}

// Jobs are the names of the components that run once.
func (v view) Jobs() []string {
	var all []string
	for _, name := range v.Components() {
		if v.Kind(name) == derived.Job {
			all = append(all, name)
		}
	}
	return all
}

// Workloads are the components as kubectl names them: statefulset/kafka.
func (v view) Workloads() []string {
	var all []string
	for _, r := range v.Rows() {
		all = append(all, v.Workload(r.Name))
	}
	return all
}

// Patience is how long an update may take, in minutes: pods go one after the
// other, and each has its grace period and some minutes to come back.
func (v view) Patience() int {
	const least, start = 15, 3 * 60
	longest := 0
	for _, r := range v.Rows() {
		longest = max(longest, r.Replicas*(v.grace(r.Name)+start))
	}
	return max(least, (longest+59)/60)
}

// Kinds of the workloads, as kubectl takes them: deployment,job,statefulset.
func (v view) Kinds() string {
	kinds := map[string]bool{}
	for _, name := range v.Components() {
		kinds[strings.ToLower(v.Kind(name))] = true
	}
	return strings.Join(sorted(kinds), ",")
}

// Tiers in the order in which they are applied.
func (v view) Tiers() []string {
	used := map[string]bool{"foundation": true, "actions": true, v.Catalog.Shared.Tier: true}
	for _, name := range v.Planned() {
		used[v.Catalog.Components[name].Tier] = true
	}
	var all []string
	for _, tier := range krm.Tiers {
		if used[tier] {
			all = append(all, tier)
		}
	}
	return all
}

// NameLabel and PartOfLabel select what belongs to a component, and to the
// installation.
func (v view) NameLabel() string { return krm.NameLabel }

func (v view) PartOf() string { return krm.PartOfLabel + "=openwhisk" }

// ActionSelector selects action pods.
func (v view) ActionSelector() string {
	var all []string
	for _, key := range sorted(v.Catalog.Actions.Labels) {
		all = append(all, key+"="+v.Catalog.Actions.Labels[key])
	}
	return strings.Join(all, ",")
}

// memory of actions: how many standard ones run at once.
type memory struct {
	// User memory of an invoker, and where it comes from: "31Gi less ...",
	// or empty where the environment says it.
	User, From string
	// Pods is what bounds User where From does not: the pods that a node takes.
	Pods string
	// Standard is the memory of an action that asks for none.
	Standard string
	// Controllers share an invoker's memory among them.
	Controllers int
	// Invokers, and how many standard actions run with one and with all.
	Invokers  int
	Each, All int64
	// Alone tells that no node has two invokers.
	Alone bool
}

// Memory does the sums. Each controller gives away its own part of every
// invoker, so what does not fill a whole action counts once for each of them.
// Source: ShardingContainerPoolBalancer.scala at 2.0.0, getInvokerSlot.
func (v view) Memory() memory {
	e := v.Env
	m := memory{
		User: fmt.Sprintf("%dMi", v.UserMemory), Standard: e.Limits.Memory.Std,
		Controllers: v.Replicas(v.Catalog.Throttle.By), Invokers: v.Replicas(v.Catalog.Actions.By),
		Alone: e.Invoker.Kind == derived.DaemonSet || v.Placement(v.Catalog.Actions.By).Spread == "hard",
	}
	pool := e.Cluster.Nodes[v.InvokerPool]
	switch free := v.FreeMemory(pool) / quantity.MiB; {
	case e.Invoker.UserMemory != "":
	case free > v.UserMemory:
		m.Pods = fmt.Sprintf("enough for the %d pods that a node has room for beside the invoker (%d, less %d of the system's), if each is as small as limits.memory.min allows (%s). Of the %dMi that a node has for actions the rest is only used with a larger limits.memory.min, or on nodes that take more pods",
			v.FreePods(pool), v.NodePods(pool), pool.SystemPods, e.Limits.Memory.Min, free)
	default:
		m.From = fmt.Sprintf("%s of the node less %s for the system and %s for the invoker itself",
			e.Cluster.Nodes[v.InvokerPool].Memory, e.Invoker.Reserve, e.Invoker.Resources.Limits.Memory)
		if sidecars := v.SidecarLimit(v.Catalog.Actions.By); sidecars > 0 {
			m.From += ", and " + quantity.FormatMiB(sidecars) + " for its sidecars"
		}
	}
	standard, controllers := derived.Bytes(e.Limits.Memory.Std)/quantity.MiB, int64(m.Controllers)
	if standard > 0 && controllers > 0 {
		m.Each = v.UserMemory / controllers / standard * controllers
		m.All = m.Each * int64(m.Invokers)
	}
	return m
}
