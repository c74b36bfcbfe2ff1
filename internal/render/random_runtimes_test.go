package render

import (
	"fmt"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// ownManifest is a file that an environment may name.
const ownManifest = `{
	"runtimes": {
		"nodejs": [
			{"kind": "nodejs:20", "default": true, "image": {"prefix": "acme", "name": "node", "tag": "20"}, "stemCells": [{"count": 1, "memory": "256 MB"}]},
			{"kind": "nodejs:18", "deprecated": true, "image": {"registry": "ghcr.io", "prefix": "acme/old", "name": "node", "tag": "18"}}
		],
		"python": [{"kind": "python:3.11", "image": {"name": "python", "tag": "3.11"}, "requireMain": true, "sentinelledLogs": false}]
	},
	"blackboxes": [{"registry": "", "prefix": "acme", "name": "base", "tag": "1"}]
}`

// kinds of the environment's own, and a manifest of its own.
func (r random) kinds(env *environment.Environment) {
	rt := &env.Runtimes
	if r.chance(20) {
		rt.Manifest = "languages/runtimes.json"
		rt.Families = nil
		m, faults := runtimes.Parse(rt.Manifest, []byte(ownManifest))
		if len(faults) > 0 {
			panic(fmt.Sprint(faults))
		}
		env.Manifest = m
	}
	pulled := func() (bool, []string) {
		return r.chance(70), pick(r, nil, nil, []string{"/bin/proxy", "{{.Env}} $$(HOME)"})
	}
	for n := range r.IntN(3) {
		i := environment.Image{Repository: pick(r, "acme/action", "ghcr.io/acme/deep/action", "action"), Tag: fmt.Sprintf("1.%d", n)}
		maybe(r, &i.Digest, fmt.Sprintf("sha256:%064x", r.Uint64()))
		maybe(r, &i.Arch, "amd64")
		k := environment.OwnKind{Image: &i, Default: n == 0}
		maybe(r, &k.State, "offered", "deprecated")
		maybe(r, &k.Main, "required", "optional")
		maybe(r, &k.Code, "attached", "inline")
		maybe(r, &k.Logs, "sentinelled", "plain")
		k.PrePull, k.PrePullCommand = pulled()
		if rt.Kinds == nil {
			rt.Kinds = map[string]environment.OwnKind{}
		}
		rt.Kinds[fmt.Sprintf("%s:own-%d.0", pick(r, "acme", "nodejs"), n)] = k
	}
	if r.chance(20) {
		if rt.Kinds == nil {
			rt.Kinds = map[string]environment.OwnKind{}
		}
		rt.Kinds["nodejs:18"] = environment.OwnKind{State: pick(r, "removed", "deprecated"), PrePull: true}
		rt.Kinds["nodejs:20"] = environment.OwnKind{Default: !rt.Kinds["nodejs:own-0.0"].Default && r.chance(50), Image: &environment.Image{Tag: "20.1"}, PrePull: true}
	}
	for n := range r.IntN(3) {
		b := environment.Blackbox{Repository: pick(r, "acme/base", "ghcr.io/acme/base", "openwhisk/dockerskeleton"), Tag: fmt.Sprintf("1.%d", n)}
		b.PrePull, b.PrePullCommand = pulled()
		rt.Blackboxes = append(rt.Blackboxes, b)
	}
	for _, kind := range slices.Sorted(maps.Keys(rt.StemCells)) {
		cell := rt.StemCells[kind]
		if r.chance(50) {
			cell.Reactive = &environment.Reactive{
				Min: r.IntN(2), Max: 1 + r.IntN(3), TTL: pick(r, "2m", "90s"), Threshold: 1 + r.IntN(3), Increment: pick(r, 1, 1, 2),
			}
			cell.Reactive.Increment = min(cell.Reactive.Increment, cell.Reactive.Max)
			rt.StemCells[kind] = cell
		}
	}
}
