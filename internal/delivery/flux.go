package delivery

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/generators/monitors"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
)

// Flux's API, and what it reads of an object.
// Source: kustomize-controller 1.9, its API reference and "Garbage collection".
const (
	fluxSources    = "source.toolkit.fluxcd.io/v1"
	fluxKustomize  = "kustomize.toolkit.fluxcd.io/v1"
	fluxPrune      = "kustomize.toolkit.fluxcd.io/prune"
	fluxForce      = "kustomize.toolkit.fluxcd.io/force"
	fluxDisabled   = "disabled"
	fluxEnabled    = "enabled"
	fluxGitKind    = "GitRepository"
	fluxOCIKind    = "OCIRepository"
	fluxKind       = "Kustomization"
	fluxWhole      = "tree"
	fluxTest       = "test"
	fluxCustom     = "custom"
	fluxTiers      = "tiers"
	fluxTimeout    = "5m"
	fluxLeastRound = 60
)

// flux writes the source, the Kustomizations and their folders.
func (d *delivery) flux() error {
	parts, err := d.fluxParts()
	if err != nil {
		return err
	}
	dir := d.folder(fluxFolder)
	files := []string{"source.yaml", "sync.yaml"}
	if err := d.write(path.Join(dir, "source.yaml"), "", d.fluxSource()); err != nil {
		return err
	}
	var syncs []krm.M
	for _, p := range parts {
		syncs = append(syncs, d.fluxSync(p))
		if err := d.wrap(path.Join(dir, p.dir), p.on, p.objects, d.fluxRules(p)); err != nil {
			return err
		}
	}
	if err := d.write(path.Join(dir, "sync.yaml"), "", syncs...); err != nil {
		return err
	}
	if d.Values.Env.GitOps.Flux.ServiceAccount {
		files = append([]string{"account.yaml"}, files...)
		if err := d.write(path.Join(dir, "account.yaml"), "", d.account()...); err != nil {
			return err
		}
	}
	return d.list(dir, files...)
}

// part is what one Kustomization of Flux brings.
type part struct {
	// name ends that of the Kustomization; empty for the whole.
	name string
	// dir below clusters/<environment>/flux, and what it builds on.
	dir string
	on  []Source
	// of are the objects before any annotation, objects with them.
	objects []Annotated
	of      []kustomize.Object
	after   []string
	// leaves objects of the folders out.
	leaves string
}

// fluxParts are one part and one for the tests, or one for each tier.
func (d *delivery) fluxParts() ([]part, error) {
	if d.Values.Env.GitOps.Flux.Shape == fluxTiers {
		return d.tiers()
	}
	rest := part{dir: fluxWhole, on: d.whole(), of: d.all()}
	if !slices.ContainsFunc(d.Built, d.policy.test) {
		return []part{d.annotated(rest)}, nil
	}
	// A Job that fails keeps what it is part of from being ready, for good: the
	// tests are a part of their own, with all that only they need.
	of := labelIn(krm.NameLabel, d.policy.tests)
	rest.of, rest.leaves = nil, of
	test := part{
		name: fluxTest, dir: fluxTest, on: d.whole()[:1], after: []string{""},
		leaves: labelNotIn(krm.NameLabel, d.policy.tests),
	}
	for _, o := range d.Built {
		if slices.Contains(d.policy.tests, label(o, krm.NameLabel)) {
			test.of = append(test.of, o)
		} else {
			rest.of = append(rest.of, o)
		}
	}
	rest.of = append(rest.of, d.Secrets...)
	return []part{d.annotated(rest), d.annotated(test)}, nil
}

// tiers are a part for each tier, and one for what custom/ adds.
func (d *delivery) tiers() ([]part, error) {
	if d.Custom == overlay.CustomComponent {
		return nil, &Refused{
			Message: "the folder is a Component, which may change objects of any tier, and gitops.flux.shape is \"tiers\": no tier would have its changes",
			Help:    "write gitops: flux: shape: \"single\", or make the folder a kustomization of kind Kustomization that adds objects",
		}
	}
	if d.Custom == overlay.CustomFunctions {
		return nil, &Refused{
			Message: "the folder has functions, which may change objects of any tier, and gitops.flux.shape is \"tiers\": no tier would have their changes",
			Help:    "write gitops: flux: shape: \"single\", or take functions/ out of the folder",
		}
	}
	own := d.own()
	var parts []part
	for _, tier := range d.policy.tiers {
		p := part{name: tier, dir: path.Join(fluxWhole, tier), after: d.policy.before(tier)}
		for _, o := range d.Built {
			if !own(o) && label(o, krm.TierLabel) == tier {
				p.of = append(p.of, o)
			}
		}
		p.on = []Source{{path.Join(d.Overlay, tier), p.of}}
		if tier == d.policy.tiers[0] && len(d.Secrets) > 0 {
			p.on, p.of = append(p.on, d.secrets()), append(slices.Clone(p.of), d.Secrets...)
		}
		parts = append(parts, d.annotated(p))
	}
	if d.Custom == overlay.CustomResource {
		p := part{name: fluxCustom, dir: path.Join(fluxWhole, fluxCustom), after: d.policy.tiers[:1]}
		for _, o := range d.Built {
			if own(o) {
				p.of = append(p.of, o)
			}
		}
		p.on = []Source{{path.Join(d.Overlay, fluxCustom), p.of}}
		parts = append(parts, d.annotated(p))
	}
	return parts, nil
}

// own tells whether an object is not generated, whatever its labels say: that of a
// copy is the tier that it was copied from.
func (d *delivery) own() func(kustomize.Object) bool {
	generated := map[identity]bool{}
	for _, o := range d.generated() {
		generated[identityOf(o)] = true
	}
	return func(o kustomize.Object) bool { return !generated[identityOf(o)] }
}

func (d *delivery) annotated(p part) part {
	for _, o := range p.of {
		add := map[string]string{}
		if d.policy.lasting(o) || d.policy.referred(o) {
			add[fluxPrune] = fluxDisabled
		}
		if d.policy.replaced(o) {
			add[fluxForce] = fluxEnabled
		}
		p.objects = append(p.objects, Annotated{o, unwritten(o, add)})
	}
	return p
}

// fluxRules say the same as annotated does, by selectors, where there is anything
// to select.
func (d *delivery) fluxRules(p part) []rule {
	var rules []rule
	if p.leaves != "" {
		rules = append(rules, rule{selects: selector{labels: p.leaves}, leave: true})
	}
	add := func(is func(kustomize.Object) bool, labels string, what map[string]string) {
		if k := matching(p.of, is); k != "" {
			rules = append(rules, polite(p.of, rule{selects: selector{kinds: k, labels: labels}, add: what})...)
		}
	}
	kept := map[string]string{fluxPrune: fluxDisabled}
	add(d.policy.lasting, "", kept)
	referred := generated()
	if slices.ContainsFunc(p.of, func(o kustomize.Object) bool { return o.Kind == configMap && watches(o) }) {
		referred = generated(labelNotIn(krm.NameLabel, []string{monitors.Component}))
	}
	add(d.policy.referred, referred, kept)
	add(d.policy.replaced, "", map[string]string{fluxForce: fluxEnabled})
	return rules
}

// matching are the kinds of objects of which something is so, as a regular
// expression.
func matching(objects []kustomize.Object, is func(kustomize.Object) bool) string {
	var found []string
	for _, o := range objects {
		if is(o) {
			found = append(found, o.Kind)
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), "|")
}

// fluxSync is a Kustomization. It never forces all of its objects, and changes
// nothing in what was built.
func (d *delivery) fluxSync(p part) krm.M {
	f := d.Values.Env.GitOps.Flux
	spec := krm.M{
		"interval": f.Interval, "retryInterval": f.RetryInterval, "timeout": d.fluxTimeout(p),
		"prune": true, "wait": true,
		"path":      "./" + path.Join(d.repository(), d.folder(fluxFolder, p.dir)),
		"sourceRef": krm.M{"kind": d.fluxSourceKind(), "name": d.name()},
	}
	if f.ServiceAccount {
		spec["serviceAccountName"] = d.name()
	}
	if sops := d.Values.Env.Secrets.Source.SOPS; sops != nil && slices.ContainsFunc(p.on, func(s Source) bool { return s.Folder == SecretsOf(d.Values.Env.Name) }) {
		spec["decryption"] = krm.M{"provider": "sops", "secretRef": krm.M{"name": sops.Secret}}
	}
	var after []any
	for _, name := range p.after {
		after = append(after, krm.M{"name": d.fluxName(name)})
	}
	if len(after) > 0 {
		spec["dependsOn"] = after
	}
	if health := d.fluxHealth(p.of); len(health) > 0 {
		spec["healthCheckExprs"] = health
	}
	return krm.M{
		"apiVersion": fluxKustomize, "kind": fluxKind,
		"metadata": krm.M{"name": d.fluxName(p.name), "namespace": f.Namespace},
		"spec":     spec,
	}
}

func (d *delivery) fluxName(part string) string { return kustomization(d.Values.Env.Name, part) }

// fluxTimeout is what is written, or what follows from whether a health check
// ends when there is a newer commit.
func (d *delivery) fluxTimeout(p part) string {
	f := d.Values.Env.GitOps.Flux
	switch {
	case f.Timeout != "":
		return f.Timeout
	case !f.CancelsHealthChecks:
		return fluxTimeout
	default:
		minutes := (slowest(p.of) + fluxLeastRound - 1) / fluxLeastRound
		return fmt.Sprintf("%dm", max(minutes, 5))
	}
}

// fluxHealth are the expressions for kinds that Flux knows nothing of.
func (d *delivery) fluxHealth(objects []kustomize.Object) []any {
	present := kinds(objects...)
	var all []any
	for _, h := range d.policy.Health {
		if slices.Contains(present, groupKind{group(h.APIVersion), h.Kind}) {
			all = append(all, h)
		}
	}
	return all
}
